/** Checks that a form was shown by us to the browser that sends it back. */

import { type CookieLife, cookieHeader, cookieIn } from './cookies.ts';
import { nonce, randomKey, sameSecret, seal } from './sealing.ts';

/** Sealed anew with each start of the server: a form that was open before is asked for again. */
export interface Forms {
  /** The token for the form's hidden field, and the cookie where the browser has none yet. */
  open(cookies: string | undefined): { readonly token: string; readonly cookie?: string };
  isOurs(cookies: string | undefined, token: string | null): boolean;
}

const NONCE = /^[\w-]{22}$/;
const LIFE_SECONDS = 86_400;

export function createForms({ secure }: Pick<CookieLife, 'secure'>): Forms {
  const key = randomKey();
  const known = (cookies: string | undefined) => {
    const value = cookieIn(cookies, 'rentcheck_form');
    return value !== undefined && NONCE.test(value) ? value : undefined;
  };
  return {
    open(cookies) {
      const present = known(cookies);
      const value = present ?? nonce();
      const token = seal(key, 'form', value);
      if (present !== undefined) return { token };
      const life = { maxAgeSeconds: LIFE_SECONDS, secure };
      return { token, cookie: cookieHeader('rentcheck_form', value, life) };
    },
    isOurs(cookies, token) {
      const value = known(cookies);
      return value !== undefined && sameSecret(token ?? '', seal(key, 'form', value));
    },
  };
}
