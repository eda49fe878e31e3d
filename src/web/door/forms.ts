/** CSRF protection: checks that a form was served to the browser that submits it. */

import { type CookieLife, cookieHeader, cookieIn } from './cookies.ts';
import { nonce, randomKey, sameSecret, seal } from './sealing.ts';

/** The key changes at each start of the server, so forms from before a restart are invalid. */
export interface Forms {
  /** The token for the hidden field, and a cookie header if the browser has no cookie yet. */
  open(cookies: string | undefined): { readonly token: string; readonly cookie?: string };
  isOurs(cookies: string | undefined, token: string | null): boolean;
}

const NONCE = /^[\w-]{22}$/;
const COOKIE_SECONDS = 86_400;

export function createForms({ secure }: Pick<CookieLife, 'secure'>): Forms {
  const key = randomKey();
  const nonceIn = (cookies: string | undefined) => {
    const value = cookieIn(cookies, 'rentcheck_form');
    return value !== undefined && NONCE.test(value) ? value : undefined;
  };
  return {
    open(cookies) {
      const present = nonceIn(cookies);
      const value = present ?? nonce();
      const token = seal(key, 'form', value);
      if (present !== undefined) return { token };
      const life = { maxAgeSeconds: COOKIE_SECONDS, secure };
      return { token, cookie: cookieHeader('rentcheck_form', value, life) };
    },
    isOurs(cookies, token) {
      const value = nonceIn(cookies);
      return value !== undefined && sameSecret(token ?? '', seal(key, 'form', value));
    },
  };
}
