/**
 * What Linux tells of a process: CPU time and memory (proc(5)).
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts CPU time in hundredths of a second for all programs, whatever it uses itself (USER_HZ). */
const ticksPerSecond = 100;

/** What a process has used so far. */
export interface Usage {
  /** User and system time, in seconds; in steps of 0.01. */
  readonly cpuSeconds: number;
  /** MB (10^6 bytes) of memory it holds now, and the most it ever held. */
  readonly residentMegabytes: number;
  readonly peakMegabytes: number;
}

/** Throws where there is no such process. */
export function usageOf(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    cpuSeconds: cpuSecondsIn(readFileSync(`/proc/${pid}/stat`, 'utf8')),
    residentMegabytes: megabytesIn(status, 'VmRSS'),
    peakMegabytes: megabytesIn(status, 'VmHWM'),
  };
}

/** User and system time out of `/proc/PID/stat`: fields 14 and 15, after a name that may hold blanks and brackets. */
export function cpuSecondsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** A size out of `/proc/PID/status`, which has it in KiB. */
export function megabytesIn(status: string, field: 'VmRSS' | 'VmHWM'): number {
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  if (kibibytes === undefined) throw new Error(`the process has no ${field}: it has ended`);
  return (Number(kibibytes) * 1024) / 1e6;
}

/** The processes whose command line has `text` in it. */
export function processesWith(text: string): readonly number[] {
  const pids = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid);
  return pids.filter((pid) => commandLineOf(pid).includes(text));
}

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has just ended
  }
}
