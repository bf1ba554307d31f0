/**
 * What can go wrong with a call: which calls each fault applies to, and what becomes of them.
 *
 * @module
 */

import type { Frames, Kind, Site } from './stage/injector.ts';

/** What a fault can do beside what it does to its call. */
export interface Powers {
  /** The process that makes the call is killed; after so many milliseconds another begins. The call never returns. */
  die(afterMilliseconds: number): Promise<never>;
  /** Something that happens after so many milliseconds, whoever lives then. */
  later(milliseconds: number, effect: () => Promise<unknown>): void;
  /** Sets the controller's time of day forward or back. */
  jump(milliseconds: number): void;
  /** The process that makes the call hangs, until another has led long enough to be done; then it goes on. */
  overtake(): Promise<void>;
}

export interface Fault {
  readonly name: string;
  readonly applies: (call: Kind) => boolean;
  readonly meet: <T>(site: Site<T>, powers: Powers) => Promise<T>;
}

/** Milliseconds after which a process that was killed is there again. */
const soon = 1_000;
/** Longer than an intent is used for a further attempt. */
const late = 20_000;
/** Milliseconds for which a request that was given up is on its way: its sender waits no longer than four seconds. */
const onItsWay = 3_000;
/** Seconds that a server asks to wait. */
const patience = 7;
const hour = 3_600_000;
const decade = 87_600 * hour;

const isCall = ({ side }: Kind) => side !== 'watch';
const isWrite = ({ side, isWrite: writes }: Kind) => side !== 'watch' && writes;
const isClusterWrite = (call: Kind) => call.side === 'cluster' && call.isWrite;
const isWatch = ({ side }: Kind) => side === 'watch';

/** What it would have come to: of that nobody is told. */
async function effectOf(call: Promise<unknown>): Promise<void> {
  await call.catch(() => undefined);
}

/** Fails before anything happened. */
function failing(name: string, applies: Fault['applies'], error: (site: Site<unknown>) => Error): Fault {
  return { name, applies, meet: (site) => Promise.reject(error(site)) };
}

/** Takes effect, and fails all the same. */
function failingAfter(name: string, applies: Fault['applies'], error: (site: Site<unknown>) => Error): Fault {
  return {
    name,
    applies,
    meet: async (site) => {
      await effectOf(site.perform());
      throw error(site);
    },
  };
}

function crashAfter(name: string, away: number): Fault {
  return {
    name,
    applies: isWrite,
    meet: async (site, { die }) => {
      await effectOf(site.perform());
      return die(away);
    },
  };
}

function jumping(name: string, applies: Fault['applies'], milliseconds: number): Fault {
  return {
    name,
    applies,
    meet: (site, { jump }) => {
      jump(milliseconds);
      return site.perform();
    },
  };
}

function watching(name: string, meet: (frames: Frames) => void): Fault {
  return {
    name,
    applies: isWatch,
    meet: async (site) => {
      if (site.frames) meet(site.frames);
      return site.perform();
    },
  };
}

/** In the order in which they are tried. */
export const faults: readonly Fault[] = [
  { name: 'crash before', applies: isCall, meet: (_site, { die }) => die(soon) },
  crashAfter('crash after', soon),
  crashAfter('crash after, long', late),
  {
    name: 'crash, applied late',
    applies: isWrite,
    meet: (site, { die, later }) => {
      later(onItsWay, () => effectOf(site.send()));
      return die(soon);
    },
  },
  failing('error before', isCall, ({ failures }) => failures.unanswered()),
  failingAfter('lost response', isWrite, ({ failures }) => failures.unanswered()),
  {
    name: 'applied late',
    applies: isWrite,
    meet: async (site, { later }) => {
      later(onItsWay, () => effectOf(site.send()));
      throw site.failures.unanswered();
    },
  },
  {
    name: 'duplicate',
    applies: isWrite,
    meet: async (site) => {
      await effectOf(site.perform());
      return site.perform();
    },
  },
  failing(
    'conflict',
    (call) => isClusterWrite(call) && call.verb !== 'create',
    ({ failures }) => failures.conflict(),
  ),
  failing('throttled', isCall, ({ failures }) => failures.throttled()),
  failing('throttled, Retry-After', isCall, ({ failures }) => failures.throttled(patience)),
  failing('denied', isCall, ({ failures }) => failures.denied()),
  failingAfter('garbage', isCall, ({ failures }) => failures.unreadable()),
  {
    name: 'stale read',
    applies: ({ hasPast, isWrite: writes }) => hasPast && !writes,
    meet: async ({ past, perform }) => (past === undefined ? perform() : past()),
  },
  jumping('clock +1 h', isCall, hour),
  jumping('clock -1 h', isCall, -hour),
  jumping('clock +10 y', isWrite, decade),
  jumping('clock -10 y', isWrite, -decade),
  {
    name: 'two leaders',
    applies: isCall,
    meet: async (site, { overtake }) => {
      await overtake();
      return site.perform();
    },
  },
  {
    name: 'two leaders, on its way',
    applies: isClusterWrite,
    meet: async (site, { overtake }) => {
      await overtake();
      return site.send();
    },
  },
  watching('frames late', (frames) => frames.hold()),
  watching('frames twice', (frames) => frames.repeat()),
  watching('frames lost', (frames) => frames.lose()),
];
