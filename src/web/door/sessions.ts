/** Sign-in sessions: a sealed cookie that ends after twelve hours, at sign-out, or at a restart. */

import { nonce, randomKey, sameSecret, seal } from './sealing.ts';

export const SESSION_SECONDS = 12 * 3600;

export interface Sessions {
  /** `EXPIRES.NONCE.SEAL`. */
  begin(nowMs: number): string;
  isOpen(value: string | undefined, nowMs: number): boolean;
  /** From now on the cookie opens nothing, whoever kept a copy of it. */
  end(value: string | undefined, nowMs: number): void;
}

/**
 * The key lives as long as this process: what was signed out cannot come back with a restart, and
 * another token needs one.
 */
export function createSessions(): Sessions {
  const key = randomKey();
  /** Nonces of sessions that were signed out, with the second at which each would have ended. */
  const ended = new Map<string, number>();
  const read = (value: string | undefined, nowMs: number) => {
    const [expires = '', chance = '', sealed = ''] = value?.split('.') ?? [];
    if (!sameSecret(sealed, seal(key, expires, chance))) return undefined;
    return Number(expires) * 1000 > nowMs ? { chance, expires: Number(expires) } : undefined;
  };
  return {
    begin(nowMs) {
      const expires = String(Math.floor(nowMs / 1000) + SESSION_SECONDS);
      const chance = nonce();
      return [expires, chance, seal(key, expires, chance)].join('.');
    },
    isOpen(value, nowMs) {
      const session = read(value, nowMs);
      return session !== undefined && !ended.has(session.chance);
    },
    end(value, nowMs) {
      const session = read(value, nowMs);
      if (session !== undefined) ended.set(session.chance, session.expires);
      for (const [chance, expires] of ended) if (expires * 1000 <= nowMs) ended.delete(chance);
    },
  };
}
