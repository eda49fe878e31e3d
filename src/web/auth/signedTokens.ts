/**
 * Signs session cookies, CSRF tokens and URLs of frozen files with HMAC-SHA-256. The keys are
 * generated at each start of the server, so what was signed before a restart is invalid.
 */

import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Compares two texts in constant time. */
export function secretsMatch(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The HMAC of the parts: 43 base64url characters. */
function hmac(key: Uint8Array, ...parts: readonly string[]): string {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
}

function createRandomKey(): Uint8Array {
  return randomBytes(32);
}

/** 128 random bits as 22 base64url characters. */
function createNonce(): string {
  return randomBytes(16).toString('base64url');
}

export const SESSION_COOKIE = 'rentcheck_session';
export const SESSION_SECONDS = 12 * 3600;

/** Sessions in a signed cookie. They end after twelve hours, at sign-out, or at a restart. */
export interface Sessions {
  /** The value of a new session cookie: `EXPIRES.NONCE.SIGNATURE`. */
  begin(nowMs: number): string;
  isOpen(value: string | undefined, nowMs: number): boolean;
  /** Revokes the session, including any copy of its cookie. */
  end(value: string | undefined, nowMs: number): void;
}

/**
 * A restart ends all sessions, so the list of revoked sessions need not be stored. A new token also
 * requires a restart.
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

/** CSRF tokens of forms, each bound to a cookie of the browser that the form was shown to. */
export interface CsrfTokens {
  /** The token for the hidden field. Sets the cookie if the browser has none yet. */
  issue(request: FastifyRequest, reply: FastifyReply): string;
  isValid(request: FastifyRequest, token: string | null): boolean;
}

const FORM_COOKIE = 'rentcheck_form';
const NONCE = /^[\w-]{22}$/;
const FORM_SECONDS = 86_400;

export function createCsrfTokens(): CsrfTokens {
  const key = createRandomKey();
  const nonceIn = ({ cookies }: FastifyRequest) => {
    const value = cookies[FORM_COOKIE];
    return value !== undefined && NONCE.test(value) ? value : undefined;
  };
  return {
    issue(request, reply) {
      const present = nonceIn(request);
      const value = present ?? createNonce();
      if (present === undefined) reply.setCookie(FORM_COOKIE, value, { maxAge: FORM_SECONDS });
      return hmac(key, 'form', value);
    },
    isValid(request, token) {
      const value = nonceIn(request);
      return value !== undefined && secretsMatch(token ?? '', hmac(key, 'form', value));
    },
  };
}

const URL_LIFE_MS = 10 * 60_000;

export interface SignedUrls {
  /** A path segment: `EXPIRES.SIGNATURE`. */
  sign(edition: string, nowMs: number): string;
  isValid(pass: string, edition: string, nowMs: number): boolean;
}

export function createSignedUrls(): SignedUrls {
  const key = createRandomKey();
  return {
    sign(edition, nowMs) {
      const expires = String(nowMs + URL_LIFE_MS);
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
