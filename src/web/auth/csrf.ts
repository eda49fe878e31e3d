/** CSRF tokens of forms, each bound to a cookie of the browser that the form was shown to. */

import type { FastifyReply, FastifyRequest } from 'fastify';
import { createNonce, createRandomKey, hmac, secretsMatch } from './hmac.ts';

/** The key changes at each start of the server, so forms from before a restart are invalid. */
export interface CsrfTokens {
  /** The token for the hidden field. Sets the cookie if the browser has none yet. */
  issue(request: FastifyRequest, reply: FastifyReply): string;
  isValid(request: FastifyRequest, token: string | null): boolean;
}

const COOKIE = 'rentcheck_form';
const NONCE = /^[\w-]{22}$/;
const COOKIE_SECONDS = 86_400;

export function createCsrfTokens(): CsrfTokens {
  const key = createRandomKey();
  const nonceIn = ({ cookies }: FastifyRequest) => {
    const value = cookies[COOKIE];
    return value !== undefined && NONCE.test(value) ? value : undefined;
  };
  return {
    issue(request, reply) {
      const present = nonceIn(request);
      const value = present ?? createNonce();
      if (present === undefined) reply.setCookie(COOKIE, value, { maxAge: COOKIE_SECONDS });
      return hmac(key, 'form', value);
    },
    isValid(request, token) {
      const value = nonceIn(request);
      return value !== undefined && secretsMatch(token ?? '', hmac(key, 'form', value));
    },
  };
}
