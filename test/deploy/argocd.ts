/**
 * Argo CD's judgement of an object, by the Lua that we ship for it.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { LuaFactory } from 'wasmoon';
import type { Judged } from './states.ts';

const script = readFileSync(new URL('../../deploy/argocd/health.lua', import.meta.url), 'utf8');

/** As Argo CD reads it. */
export interface Health {
  readonly status: string;
  readonly message: string;
}

/** Judges each object. */
export async function judgedByArgoCD(objects: readonly Judged[]): Promise<readonly Health[]> {
  const lua = await new LuaFactory().createEngine();
  const said: string = await lua.doString(`
    local function judge(obj) ${script} end
    local said = {}
    for index, obj in ipairs(${literal(objects)}) do
      local health = judge(obj)
      said[index] = health.status .. "\\t" .. health.message
    end
    return table.concat(said, "\\n")`);
  lua.global.close();
  return said.split('\n').map((line) => {
    const [status = '', message = ''] = line.split('\t');
    return { status, message };
  });
}

/** JSON as Lua has it. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map(literal).join(', ')}}`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([key, each]) => `[${JSON.stringify(key)}] = ${literal(each)}`)
    .join(', ')}}`;
}
