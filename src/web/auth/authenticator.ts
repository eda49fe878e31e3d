/** Authenticates requests by bearer token, session cookie, trusted proxy or open access. */

import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import type { AccessSettings, AuthRefusal, Visitor } from './access.ts';
import { createSessions, secretsMatch, SESSION_COOKIE, type Sessions } from './signedTokens.ts';
import { createHash } from 'node:crypto';
import { BlockList, isIP } from 'node:net';

/** The parts of a request that authentication needs. */
export interface AuthRequest extends Pick<FastifyRequest, 'method' | 'headers' | 'cookies'> {
  /** Address of the peer of the connection, which may be a proxy. */
  readonly peer: string;
  /** Address of the client, according to the trusted proxies. */
  readonly client: string;
}

export interface Authenticator {
  readonly sessions: Sessions | undefined;
  /**
   * The visitor, or why the request is rejected. In a browser, a request that changes something
   * must come from a rentcheck page.
   */
  authenticate(asking: AuthRequest): Visitor | AuthRefusal;
  /** Checks a token, and counts wrong ones by client. */
  checkToken(given: string, client: string): 'right' | AuthRefusal;
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export function createAuthenticator(settings: AccessSettings, clock: Clock): Authenticator {
  const sessions = settings.token === undefined ? undefined : createSessions();
  const throttle = createTokenThrottle();
  const isProxy = createAddressMatcher(settings.proxy?.from ?? []);
  const guard: Authenticator = {
    sessions,
    // A valid token is accepted even when throttled, so that an attacker cannot lock out users.
    checkToken(given, client) {
      if (settings.token !== undefined && secretsMatch(given, settings.token)) return 'right';
      const tried = { address: client, token: given };
      const retryAfterSeconds = throttle.countWrong(tried, clock.nowMs());
      if (retryAfterSeconds > 0) return { status: 429, reason: TOO_MANY, retryAfterSeconds };
      return { status: 401, reason: 'Invalid token.' };
    },
    authenticate(asking) {
      const bearer = /^bearer +(\S+)$/i.exec(asking.headers.authorization ?? '')?.[1];
      // Without a configured token, a bearer token is meant for a proxy and is ignored.
      if (bearer !== undefined && settings.token !== undefined) {
        const tried = guard.checkToken(bearer, asking.client);
        return tried === 'right' ? { by: 'token' } : tried;
      }
      const visitor = browserVisitor(asking, { settings, sessions, isProxy, nowMs: clock.nowMs() });
      if ('status' in visitor || SAFE_METHODS.has(asking.method)) return visitor;
      if (isSameOrigin(asking.headers, settings)) return visitor;
      const remedy = settings.token === undefined ? NO_TOKEN_SET : SEND_TOKEN;
      return { status: 403, reason: `${CROSS_ORIGIN} ${remedy}` };
    },
  };
  return guard;
}

const TOO_MANY = 'Too many invalid tokens from this client.';
const CROSS_ORIGIN = 'This request did not come from a page of rentcheck.';
const SEND_TOKEN =
  'Programs send the header "Authorization: Bearer TOKEN", where TOKEN is the value of web.token.';
const NO_TOKEN_SET =
  'Programs need a token, and none is configured. Set web.token in rentcheck.yaml, or add the ' +
  'job with "rentcheck enqueue".';

interface AuthState {
  readonly settings: AccessSettings;
  readonly sessions: Sessions | undefined;
  readonly isProxy: (address: string) => boolean;
  readonly nowMs: number;
}

function browserVisitor(asking: AuthRequest, state: AuthState): Visitor | AuthRefusal {
  const { peer, headers, cookies } = asking;
  const { settings, sessions, isProxy, nowMs } = state;
  if (sessions?.isOpen(cookies[SESSION_COOKIE], nowMs) === true) {
    return { by: 'session' };
  }
  const { proxy } = settings;
  if (proxy === undefined) {
    return sessions === undefined ? openAccess(headers.host, settings) : SIGN_IN;
  }
  const name = isProxy(peer) ? trimmedHeader(headers[proxy.header]) : undefined;
  if (name === undefined) return sessions === undefined ? NO_PROXY : SIGN_IN;
  if (proxy.users?.includes(name) === false)
    return { status: 403, reason: 'Forbidden: your user is not in web.proxyAuth.users.' };
  const access = openAccess(headers.host, settings);
  return 'status' in access ? access : { by: 'proxy', name };
}

const SIGN_IN: AuthRefusal = { status: 401, reason: `Sign in with the token. ${SEND_TOKEN}` };
const NO_PROXY: AuthRefusal = {
  status: 401,
  reason: 'Open rentcheck through the proxy that signs you in.',
};

function trimmedHeader(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' && header.trim() !== '' ? header.trim() : undefined;
}

/**
 * Accepts only known host names, as protection against DNS rebinding: a foreign site can make its
 * own host name resolve to this server.
 */
function openAccess(
  host: string | undefined,
  { hostNames }: AccessSettings,
): Visitor | AuthRefusal {
  const name = parseHostName(host);
  if (hostNames.includes(name)) return { by: 'open' };
  return {
    status: 421,
    reason: `Unknown host name "${name}". Set web.link to the address of these pages.`,
  };
}

/** Browsers send `Sec-Fetch-Site` or `Origin` with every form and script request. */
function isSameOrigin(headers: AuthRequest['headers'], { publicHost }: AccessSettings): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = parseOriginHost(headers.origin);
  return origin !== undefined && [headers.host?.toLowerCase(), publicHost].includes(origin);
}

const MOST_WRONG = 10;
const WINDOW_MS = 60_000;
/** The number of counters kept; the oldest are dropped first. */
const MOST_COUNTS = 10_000;

/** A wrong token and the address of the client that sent it. */
export interface WrongToken {
  readonly address: string;
  readonly token: string;
}

export interface TokenThrottle {
  /** Counts a wrong token. Returns the seconds to wait, or 0 below the limit. */
  countWrong(tried: WrongToken, nowMs: number): number;
}

/**
 * A program that repeats an outdated token uses up the ten attempts of that token, but only one of
 * its address. Ten different tokens from one address are an attempt to guess, and are blocked.
 */
function createTokenThrottle(): TokenThrottle {
  const counts = new Map<string, { sinceMs: number; wrong: number }>();
  const current = (key: string, nowMs: number) => {
    const found = counts.get(key);
    return found === undefined || nowMs - found.sinceMs >= WINDOW_MS ? undefined : found;
  };
  const count = (key: string, nowMs: number) => {
    const { sinceMs, wrong } = current(key, nowMs) ?? { sinceMs: nowMs, wrong: 0 };
    counts.delete(key);
    counts.set(key, { sinceMs, wrong: wrong + 1 });
    const [oldest] = counts.keys();
    if (counts.size > MOST_COUNTS && oldest !== undefined) counts.delete(oldest);
  };
  const waitMs = (key: string, nowMs: number) => {
    const found = current(key, nowMs);
    return found === undefined || found.wrong <= MOST_WRONG ? 0 : found.sinceMs + WINDOW_MS - nowMs;
  };
  return {
    countWrong({ address, token }, nowMs) {
      // A digest, because a wrong token may be the secret of another service.
      const digest = createHash('sha256').update(token).digest('base64');
      const own = `${address} ${digest}`;
      if (current(own, nowMs) === undefined) count(address, nowMs);
      count(own, nowMs);
      return Math.ceil(Math.max(waitMs(own, nowMs), waitMs(address, nowMs)) / 1000);
    },
  };
}

/** The name in a `Host` header without its port, in lower case: `[::1]:8480` is `::1`. */
function parseHostName(header: string | undefined): string {
  const text = (header ?? '').toLowerCase();
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1];
  return bracketed ?? text.replace(/:\d+$/, '');
}

/** The host and port in an `Origin` header; `undefined` if it is absent or `null`. */
function parseOriginHost(origin: string | undefined): string | undefined {
  return URL.parse(origin ?? '')?.host.toLowerCase();
}

/** A function that tests whether an address is in a list of addresses and networks. */
function createAddressMatcher(list: readonly string[]): (address: string) => boolean {
  const blocks = new BlockList();
  for (const item of list) {
    const [network = '', bits] = item.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) blocks.addAddress(network, family);
    else blocks.addSubnet(network, Number(bits), family);
  }
  return (address) => {
    // A dual-stack socket reports an IPv4 peer as `::ffff:10.0.0.1`.
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    return blocks.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
  };
}
