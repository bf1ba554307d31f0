/**
 * What a request asks for, from either placement of an RPC API: action and version in headers with the parameters in the
 * query, or all of it in the query or in a form.
 *
 * @module
 */

import { type Parameters, readForm, together } from './form.ts';
import { missing, Refusal, refusals } from './refusal.ts';

/** A request as it came over HTTP, nothing of it believed yet. */
export interface WireRequest {
  readonly method: string;
  /** As the request line has it: `/?AppId=1`. */
  readonly target: string;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

/** What is asked for. */
export interface Call {
  /** Such as `CreateApplication`. */
  readonly action: string;
  /** Of the API: a date. */
  readonly version: string;
  /** Those of the query and of the form, the ones that every action has included. */
  readonly parameters: Parameters;
}

const form = 'application/x-www-form-urlencoded';

/** @throws Refusal */
export function readCall(request: WireRequest): Call {
  const { method, target } = request;
  if (target.split('?')[0] !== '/' || (method !== 'GET' && method !== 'POST')) throw refusals.unknownAPI();
  const parameters = together(queryOf(target), formOf(request));
  const format = parameters.get('Format') ?? 'JSON';
  if (format.toUpperCase() !== 'JSON') throw new Refusal(400, 'InvalidParameter.Format', 'Answers are JSON alone.');
  return {
    action: named('Action', request, parameters),
    version: named('Version', request, parameters),
    parameters,
  };
}

/** The parameters of the query alone: a signature covers them one by one, and a form as a whole. */
export function queryOf(target: string): Parameters {
  const at = target.indexOf('?');
  return readForm(at < 0 ? '' : target.slice(at + 1));
}

function formOf({ body, headers }: WireRequest): Parameters {
  if (body.length === 0) return new Map();
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() === form) return readForm(new TextDecoder().decode(body));
  throw new Refusal(400, 'InvalidParameter.ContentType', `A body is read as ${form} alone.`);
}

function named(name: 'Action' | 'Version', { headers }: WireRequest, parameters: Parameters): string {
  const places = [headers[`x-acs-${name.toLowerCase()}`], parameters.get(name)];
  const [value = '', ...others] = new Set(places.filter((place) => place !== undefined));
  if (value === '') throw missing(name);
  if (others.length > 0) throw new Refusal(400, `InvalidParameter.${name}`, `${name} is given twice, and differs.`);
  return value;
}
