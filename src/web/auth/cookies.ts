/** Reads and writes the two cookies: one for the session, one for the CSRF token of forms. */

import { createNonce, createRandomKey, hmac, secretsMatch } from './hmac.ts';

/** Scripts cannot read them, and browsers do not send them with cross-site requests. */
export type CookieName = 'rentcheck_session' | 'rentcheck_form';

/** The value of a cookie in a `Cookie` header, or `undefined` if it is absent. */
export function readCookie(header: string | undefined, name: CookieName): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}

export interface CookieOptions {
  /** 0 deletes the cookie. */
  readonly maxAgeSeconds: number;
  readonly secure: boolean;
}

/** A `Set-Cookie` header. The value may contain only base64url characters and dots. */
export function toCookieHeader(
  name: CookieName,
  value: string,
  { maxAgeSeconds, secure }: CookieOptions,
): string {
  const attributes = `HttpOnly; SameSite=Strict; Path=/${secure ? '; Secure' : ''}`;
  return `${name}=${value}; ${attributes}; Max-Age=${maxAgeSeconds}`;
}

/** The key changes at each start of the server, so forms from before a restart are invalid. */
export interface CsrfTokens {
  /** The token for the hidden field, and a cookie header if the browser has no cookie yet. */
  issue(cookies: string | undefined): { readonly token: string; readonly cookie?: string };
  isValid(cookies: string | undefined, token: string | null): boolean;
}

const NONCE = /^[\w-]{22}$/;
const COOKIE_SECONDS = 86_400;

export function createCsrfTokens({ secure }: Pick<CookieOptions, 'secure'>): CsrfTokens {
  const key = createRandomKey();
  const nonceIn = (cookies: string | undefined) => {
    const value = readCookie(cookies, 'rentcheck_form');
    return value !== undefined && NONCE.test(value) ? value : undefined;
  };
  return {
    issue(cookies) {
      const present = nonceIn(cookies);
      const value = present ?? createNonce();
      const token = hmac(key, 'form', value);
      if (present !== undefined) return { token };
      const life = { maxAgeSeconds: COOKIE_SECONDS, secure };
      return { token, cookie: toCookieHeader('rentcheck_form', value, life) };
    },
    isValid(cookies, token) {
      const value = nonceIn(cookies);
      return value !== undefined && secretsMatch(token ?? '', hmac(key, 'form', value));
    },
  };
}
