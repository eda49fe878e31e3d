/**
 * Signed URLs for the frozen files of one edition. A sandboxed page sends no cookies, so the URLs
 * of its pictures carry a signature that is valid for ten minutes.
 */

import { randomKey, sameSecret, seal } from './sealing.ts';

const LIFE_MS = 10 * 60_000;

export interface Passes {
  /** A path segment: `EXPIRES.SIGNATURE`. */
  issue(edition: string, nowMs: number): string;
  isGood(pass: string, edition: string, nowMs: number): boolean;
}

export function createPasses(): Passes {
  const key = randomKey();
  return {
    issue(edition, nowMs) {
      const expires = String(nowMs + LIFE_MS);
      return `${expires}.${seal(key, 'pass', edition, expires)}`;
    },
    isGood(pass, edition, nowMs) {
      const [expires = '', signature = ''] = pass.split('.');
      return sameSecret(signature, seal(key, 'pass', edition, expires)) && Number(expires) > nowMs;
    },
  };
}
