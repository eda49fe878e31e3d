/** Computes the authentication settings from the `web` section of the config. */

import { Failure } from '../../domain/failure.ts';
import type { Secret } from '../../platform/secret.ts';
import type { AccessSettings, ProxyAuth } from './doors.ts';

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
