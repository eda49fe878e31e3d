/**
 * Passes to the frozen files of one edition: a page in a sandbox sends no cookies, so the way
 * to its pictures carries the right to see them, for a short while.
 */

import { randomKey, sameSecret, seal } from './sealing.ts';

const LIFE_MS = 10 * 60_000;

export interface Passes {
  /** Stands in the path: `EXPIRES.SEAL`. */
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
      const [expires = '', sealed = ''] = pass.split('.');
      return sameSecret(sealed, seal(key, 'pass', edition, expires)) && Number(expires) > nowMs;
    },
  };
}
