/** Decides whether a request is let in, and as whom. */

import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import { cookieIn } from './cookies.ts';
import type { Doors, Refusal, Visitor } from './doors.ts';
import { hostName, networks, originHost } from './places.ts';
import { sameSecret } from './sealing.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createThrottle } from './throttle.ts';

/** What of a request tells who asks. */
export interface Asking extends Pick<FastifyRequest, 'method' | 'headers'> {
  /** Address of the other end of the connection: a proxy's, where there is one. */
  readonly peer: string;
  /** Address of the client, as trusted proxies tell it. */
  readonly client: string;
}

export interface Guard {
  readonly sessions: Sessions | undefined;
  /** Who asks, or why it is refused; a method that changes things must come from a page of ours. */
  admit(asking: Asking): Visitor | Refusal;
  /** Looks at a token that a person or a program gave. */
  tryToken(given: string, client: string): 'right' | Refusal;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export function createGuard(doors: Doors, clock: Clock): Guard {
  const sessions = doors.token === undefined ? undefined : createSessions();
  const throttle = createThrottle();
  const isProxy = networks(doors.proxy?.from ?? []);
  const guard: Guard = {
    sessions,
    // The right token always enters: nobody can lock others out with wrong ones.
    tryToken(given, client) {
      if (doors.token !== undefined && sameSecret(given, doors.token)) return 'right';
      const tried = { address: client, token: given };
      const retryAfterSeconds = throttle.wrong(tried, clock.nowMs());
      if (retryAfterSeconds > 0) return { status: 429, reason: TOO_MANY, retryAfterSeconds };
      return { status: 401, reason: 'Invalid token.' };
    },
    admit(asking) {
      const bearer = /^bearer +(\S+)$/i.exec(asking.headers.authorization ?? '')?.[1];
      // Without a token of ours it is one between the browser and a proxy.
      if (bearer !== undefined && doors.token !== undefined) {
        const tried = guard.tryToken(bearer, asking.client);
        return tried === 'right' ? { by: 'token' } : tried;
      }
      const visitor = browserOf(asking, { doors, sessions, isProxy, nowMs: clock.nowMs() });
      if ('status' in visitor || SAFE.has(asking.method)) return visitor;
      if (fromOwnPage(asking.headers, doors)) return visitor;
      const remedy = doors.token === undefined ? NO_TOKEN_SET : SEND_TOKEN;
      return { status: 403, reason: `${FOREIGN} ${remedy}` };
    },
  };
  return guard;
}

const TOO_MANY = 'Too many invalid tokens from this client.';
const FOREIGN = 'This request did not come from a page of rentcheck.';
const SEND_TOKEN =
  'Programs send the header "Authorization: Bearer TOKEN", where TOKEN is the value of web.token.';
const NO_TOKEN_SET =
  'Programs need a token, and none is configured. Set web.token in rentcheck.yaml, or add the ' +
  'job with "rentcheck enqueue".';

interface Known {
  readonly doors: Doors;
  readonly sessions: Sessions | undefined;
  readonly isProxy: (address: string) => boolean;
  readonly nowMs: number;
}

function browserOf({ peer, headers }: Asking, known: Known): Visitor | Refusal {
  const { doors, sessions, isProxy, nowMs } = known;
  if (sessions?.isOpen(cookieIn(headers.cookie, 'rentcheck_session'), nowMs) === true) {
    return { by: 'session' };
  }
  const { proxy } = doors;
  if (proxy === undefined) return sessions === undefined ? open(headers.host, doors) : SIGN_IN;
  const name = isProxy(peer) ? told(headers[proxy.header]) : undefined;
  if (name === undefined) return sessions === undefined ? NO_PROXY : SIGN_IN;
  if (proxy.users?.includes(name) === false)
    return { status: 403, reason: 'Forbidden: your user is not in web.proxyAuth.users.' };
  const called = open(headers.host, doors);
  return 'status' in called ? called : { by: 'proxy', name };
}

const SIGN_IN: Refusal = { status: 401, reason: `Sign in with the token. ${SEND_TOKEN}` };
const NO_PROXY: Refusal = {
  status: 401,
  reason: 'Open rentcheck through the proxy that signs you in.',
};

function told(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' && header.trim() !== '' ? header.trim() : undefined;
}

/**
 * Another site's page may have made its own name lead to this machine. It is then called by a name
 * that is not ours.
 */
function open(host: string | undefined, { names }: Doors): Visitor | Refusal {
  const name = hostName(host);
  if (names.includes(name)) return { by: 'open' };
  return {
    status: 421,
    reason: `Unknown host name "${name}". Set web.link to the address of these pages.`,
  };
}

/** Every browser says from which page a form or a script sends something. */
function fromOwnPage(headers: Asking['headers'], { publicHost }: Doors): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = originHost(headers.origin);
  return origin !== undefined && [headers.host?.toLowerCase(), publicHost].includes(origin);
}
