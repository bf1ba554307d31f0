/**
 * Times as Kubernetes writes them, and back. No clock: whoever asks brings the time along.
 *
 * @module
 */

/** Milliseconds that two clocks that both tell the time may differ by: ours, a registry's, the API server's. */
export const allowedSkew = 30_000;

/** Milliseconds since the epoch → RFC 3339 in UTC with whole seconds, as `metav1.Time` has it. */
export function toTimestamp(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** RFC 3339 → milliseconds since the epoch; `undefined` if the text is not a time. */
export function fromTimestamp(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
