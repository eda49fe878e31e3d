/** Reads from the configuration who may sign in: the token, the proxy and the host names. */

import { Failure } from '../../domain/failure.ts';
import type { Secret } from '../../platform/secret.ts';
import type { Doors, ProxyDoor } from './doors.ts';

/** What config tells of the way in. */
export interface DoorWish {
  readonly host: string;
  readonly token?: Secret;
  readonly proxyAuth?: ProxyDoor;
  readonly trustedProxies?: readonly string[];
  /** `https://rentcheck.example.com`. */
  readonly link?: string;
}

/** A shorter one could be guessed. */
const SHORTEST_TOKEN = 16;

const THIS_MACHINE = ['127.0.0.1', '::1', 'localhost'];

/** @throws {Failure} `config` where the token is missing or too short. */
export function doorsFrom({ host, token, proxyAuth, link, trustedProxies = [] }: DoorWish): Doors {
  const address = link === undefined ? undefined : new URL(link);
  const named = address === undefined ? [] : [address.hostname];
  return {
    names: [...THIS_MACHINE, host.toLowerCase(), ...named],
    trustedProxies,
    secureCookies: address?.protocol === 'https:',
    ...(address === undefined ? {} : { publicHost: address.host }),
    ...(proxyAuth === undefined ? {} : { proxy: proxyAuth }),
    ...(token === undefined ? {} : { token: longEnough(token) }),
  };
}

function longEnough(token: Secret): string {
  const value = token.reveal();
  if (value.length >= SHORTEST_TOKEN) return value;
  throw new Failure('config', `Invalid token: the secret ${token.origin} is too short`, {
    where: 'web.token',
    expected: `at least ${SHORTEST_TOKEN} characters`,
    hint: 'make one with: openssl rand -base64 24',
  });
}
