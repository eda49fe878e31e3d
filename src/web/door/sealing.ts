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
