/** Seals values with a key, and compares them in constant time. */

import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Is it the same text? Takes as long for a near miss as for a far one. */
export function sameSecret(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** 43 letters that only who has the key can make of these parts. */
export function seal(key: Uint8Array, ...parts: readonly string[]): string {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
}

export function randomKey(): Uint8Array {
  return randomBytes(32);
}

/** 22 letters nobody can guess. */
export function nonce(): string {
  return randomBytes(16).toString('base64url');
}
