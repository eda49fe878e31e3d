/** Signs values with HMAC-SHA-256, compares secrets in constant time, and makes random keys. */

import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Compares two texts in constant time. */
export function secretsMatch(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The HMAC of the parts: 43 base64url characters. */
export function hmac(key: Uint8Array, ...parts: readonly string[]): string {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
}

export function createRandomKey(): Uint8Array {
  return randomBytes(32);
}

/** 128 random bits as 22 base64url characters. */
export function createNonce(): string {
  return randomBytes(16).toString('base64url');
}

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
