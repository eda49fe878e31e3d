/** Knows how a person stays signed in: a sealed cookie that ends by itself and with its token. */

import { keyFrom, nonce, sameSecret, seal } from './sealing.ts';

export const SESSION_SECONDS = 12 * 3600;

/** Sessions of one token: another token, another key, so a changed token ends them all. */
export interface Sessions {
  /** `EXPIRES.NONCE.SEAL`. */
  begin(nowMs: number): string;
  isOpen(value: string | undefined, nowMs: number): boolean;
}

export function sessionsOf(token: string): Sessions {
  const key = keyFrom(token, 'session');
  return {
    begin(nowMs) {
      const expires = String(Math.floor(nowMs / 1000) + SESSION_SECONDS);
      const chance = nonce();
      return [expires, chance, seal(key, expires, chance)].join('.');
    },
    isOpen(value, nowMs) {
      const [expires = '', chance = '', sealed = ''] = value?.split('.') ?? [];
      if (!sameSecret(sealed, seal(key, expires, chance))) return false;
      return Number(expires) * 1000 > nowMs;
    },
  };
}
