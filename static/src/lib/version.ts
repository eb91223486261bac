/** Versions of documents: (epoch, rev), compared lexicographically and never applied backwards. Pure. */
import type { Version } from "./protocol";

export const NOTHING: Version = [0, -1];

export function compareVersions(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1];
}

export function isNewer(candidate: Version, current: Version): boolean {
  return compareVersions(candidate, current) > 0;
}

export function etagOf(version: Version): string {
  return `"${version[0]}.${version[1]}"`;
}
