/**
 * One call through Alibaba Cloud's SDK: its wire format, its signature, its errors.
 *
 * The core that every product's client is made of is called directly. A product's client would read answers into models,
 * in which an ID that came as a number looks like any other, and brings 850 modules along. It is loaded when it is first
 * needed, which takes a quarter of a second.
 *
 * @module
 */

import { getCACertificates } from 'node:tls';
import type { Sensitive } from '../../core/sensitive.ts';
import type { Parameters } from './codec.ts';

/** Where an API is. */
export interface Host {
  /** `host[:port]`, as users know it. */
  readonly name: string;
  readonly protocol: 'https' | 'http';
  /** Certificates in PEM to trust beside the system's. */
  readonly caBundle: string | undefined;
}

/** An access key, for a time or for good. */
export interface Session {
  readonly accessKeyID: string;
  readonly accessKeySecret: Sensitive;
  readonly securityToken?: Sensitive | undefined;
}

/** What is asked of an API in RPC style. */
export interface Request {
  readonly action: string;
  /** Of the API, such as `2019-08-15`. */
  readonly version: string;
  readonly parameters: Parameters;
  /** `undefined`: it is asked by nobody in particular, and the parameters, which prove who asks, go into the body. */
  readonly session: Session | undefined;
  /** Milliseconds that all of it may take. */
  readonly deadline: number;
}

/** Sends one request and gives the JSON of a good answer; fails as the SDK does, or at the deadline. Never repeats anything. */
export type Send = (request: Request) => Promise<unknown>;

/** Sends to `host`. */
export function sendTo({ name, protocol, caBundle }: Host, userAgent: string): Send {
  const trusted = caBundle === undefined ? {} : { ca: [...getCACertificates('default'), caBundle].join('\n') };
  return async ({ action, version, parameters, session, deadline }) => {
    const { Client, forms, RuntimeOptions } = await sdk();
    const client = new Client(
      new forms.Config({ ...trusted, ...keysOf(session), endpoint: name, protocol, userAgent }),
    );
    const timeouts = new RuntimeOptions({ connectTimeout: deadline, readTimeout: deadline });
    const given = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
    const asked = new forms.OpenApiRequest(session === undefined ? { body: given } : { query: given });
    const call =
      session === undefined
        ? client.doRPCRequest(action, version, protocol, 'POST', 'Anonymous', 'json', asked, timeouts)
        : client.callApi(new forms.Params({ ...style, action, version }), asked, timeouts);
    const { body }: { readonly body?: unknown } = await within(deadline, call);
    return body;
  };
}

const style = {
  protocol: 'HTTPS',
  pathname: '/',
  method: 'POST',
  authType: 'AK',
  style: 'RPC',
  reqBodyType: 'formData',
  bodyType: 'json',
};

/** By default exports alone: in the bundle a CommonJS package has no others. */
async function sdk() {
  const [{ default: core }, { default: forms }] = await Promise.all([
    import('@alicloud/openapi-core'),
    import('@darabonba/typescript'),
  ]);
  return { Client: core.default, forms: core.$OpenApiUtil, RuntimeOptions: forms.RuntimeOptions };
}

function keysOf(session: Session | undefined) {
  return {
    accessKeyId: session?.accessKeyID,
    accessKeySecret: session?.accessKeySecret.reveal(),
    securityToken: session?.securityToken?.reveal(),
  };
}

/** The SDK's own timeouts leave out bodies that come byte by byte, and it knows no signal. */
function within<T>(milliseconds: number, call: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(Object.assign(new Error('no answer in time'), { name: 'RequestTimeoutError' })),
    milliseconds,
  );
  return Promise.race([call, late.promise]).finally(() => clearTimeout(timer));
}
