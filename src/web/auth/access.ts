/** Settings and results of authentication: a token, a trusted proxy, or open access. */

import { Failure } from '../../domain/failure.ts';
import type { Secret } from '../../platform/secret.ts';

/** How visitors authenticate. All secrets are resolved. */
export interface AccessSettings {
  /** Absent if no token is required. */
  readonly token?: string;
  /** A reverse proxy that authenticates users and passes their name in a header. */
  readonly proxy?: ProxyAuth;
  /** Proxies whose `X-Forwarded-For` header is trusted: addresses or networks. */
  readonly trustedProxies: readonly string[];
  /** Host names accepted in requests without a token, in lower case and without a port. */
  readonly hostNames: readonly string[];
  /** Host and port of `web.link`, the public address; absent if it is not configured. */
  readonly publicHost?: string;
  /** Whether cookies are restricted to HTTPS. */
  readonly secureCookies: boolean;
}

export interface ProxyAuth {
  /** In lower case: `x-forwarded-user`. */
  readonly header: string;
  /** Users who are allowed; if absent, every user whom the proxy authenticated. */
  readonly users?: readonly string[];
  /** Addresses or networks (`10.0.0.0/8`) from which the header is trusted. */
  readonly from: readonly string[];
}

/** An authenticated visitor. `session` is a browser that signed in; `open` needs no sign-in. */
export interface Visitor {
  readonly by: 'token' | 'session' | 'proxy' | 'open';
  /** The user name that the proxy sent. */
  readonly name?: string;
}

/** Why a request was rejected. */
export interface AuthRefusal {
  readonly status: 401 | 403 | 421 | 429;
  readonly reason: string;
  readonly retryAfterSeconds?: number;
}

/** The settings of the `web` section that concern authentication. */
export interface AccessConfig {
  readonly host: string;
  readonly token?: Secret;
  readonly proxyAuth?: ProxyAuth;
  readonly trustedProxies?: readonly string[];
  /** `https://rentcheck.example.com`. */
  readonly link?: string;
}

/** In characters. A shorter token could be guessed. */
const SHORTEST_TOKEN = 16;

const LOOPBACK_NAMES = ['127.0.0.1', '::1', 'localhost'];

/** @throws {Failure} `config` if the token is missing or too short. */
export function toAccessSettings({
  host,
  token,
  proxyAuth,
  link,
  trustedProxies = [],
}: AccessConfig): AccessSettings {
  const address = link === undefined ? undefined : new URL(link);
  const publicNames = address === undefined ? [] : [address.hostname];
  return {
    hostNames: [...LOOPBACK_NAMES, host.toLowerCase(), ...publicNames],
    trustedProxies,
    secureCookies: address?.protocol === 'https:',
    ...(address === undefined ? {} : { publicHost: address.host }),
    ...(proxyAuth === undefined ? {} : { proxy: proxyAuth }),
    ...(token === undefined ? {} : { token: tokenValue(token) }),
  };
}

function tokenValue(token: Secret): string {
  const value = token.reveal();
  if (value.length >= SHORTEST_TOKEN) return value;
  throw new Failure('config', `Invalid token: the secret ${token.origin} is too short`, {
    where: 'web.token',
    expected: `at least ${SHORTEST_TOKEN} characters`,
    hint: 'make one with: openssl rand -base64 24',
  });
}
