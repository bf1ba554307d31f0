/**
 * The order of resource versions.
 *
 * @module
 */

/**
 * Negative if `a` is older than `b`, 0 if they are the same, positive if `a` is newer.
 *
 * Decimal numbers without a leading zero, of any length (Kubernetes 1.35, KEP-5504): the longer is newer.
 */
export function compareVersions(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
