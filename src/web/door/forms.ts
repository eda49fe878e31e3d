/** CSRF protection: checks that a form was served to the browser that submits it. */

import { type CookieOptions, toCookieHeader, readCookie } from './cookies.ts';
import { createNonce, createRandomKey, secretsMatch, hmac } from './sealing.ts';

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
