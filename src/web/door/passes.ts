/**
 * Signed URLs for the frozen files of one edition. A sandboxed page sends no cookies, so the URLs
 * of its pictures carry a signature that is valid for ten minutes.
 */

import { createRandomKey, secretsMatch, hmac } from './sealing.ts';

const LIFE_MS = 10 * 60_000;

export interface SignedUrls {
  /** A path segment: `EXPIRES.SIGNATURE`. */
  sign(edition: string, nowMs: number): string;
  isValid(pass: string, edition: string, nowMs: number): boolean;
}

export function createSignedUrls(): SignedUrls {
  const key = createRandomKey();
  return {
    sign(edition, nowMs) {
      const expires = String(nowMs + LIFE_MS);
      return `${expires}.${hmac(key, 'pass', edition, expires)}`;
    },
    isValid(pass, edition, nowMs) {
      const [expires = '', signature = ''] = pass.split('.');
      return (
        secretsMatch(signature, hmac(key, 'pass', edition, expires)) && Number(expires) > nowMs
      );
    },
  };
}
