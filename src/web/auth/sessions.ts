/** Sessions in a signed cookie. They end after twelve hours, at sign-out, or at a restart. */

import { createNonce, createRandomKey, secretsMatch, hmac } from './hmac.ts';

export const SESSION_COOKIE = 'rentcheck_session';
export const SESSION_SECONDS = 12 * 3600;

export interface Sessions {
  /** The value of a new session cookie: `EXPIRES.NONCE.SIGNATURE`. */
  begin(nowMs: number): string;
  isOpen(value: string | undefined, nowMs: number): boolean;
  /** Revokes the session, including any copy of its cookie. */
  end(value: string | undefined, nowMs: number): void;
}

/**
 * The key is generated at start. A restart therefore ends all sessions, so the list of revoked
 * sessions need not be stored. A new token also requires a restart.
 */
export function createSessions(): Sessions {
  const key = createRandomKey();
  /** Nonces of revoked sessions, with the Unix second at which each would have expired. */
  const ended = new Map<string, number>();
  const read = (value: string | undefined, nowMs: number) => {
    const [expires = '', id = '', signature = ''] = value?.split('.') ?? [];
    if (!secretsMatch(signature, hmac(key, expires, id))) return undefined;
    return Number(expires) * 1000 > nowMs ? { id, expires: Number(expires) } : undefined;
  };
  return {
    begin(nowMs) {
      const expires = String(Math.floor(nowMs / 1000) + SESSION_SECONDS);
      const id = createNonce();
      return [expires, id, hmac(key, expires, id)].join('.');
    },
    isOpen(value, nowMs) {
      const session = read(value, nowMs);
      return session !== undefined && !ended.has(session.id);
    },
    end(value, nowMs) {
      const session = read(value, nowMs);
      if (session !== undefined) ended.set(session.id, session.expires);
      for (const [id, expires] of ended) if (expires * 1000 <= nowMs) ended.delete(id);
    },
  };
}
