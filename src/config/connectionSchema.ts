/** Schemas of what the program connects to: providers, the queue, and who may open the pages. */

import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { secretSchema } from '../platform/secret.ts';
import { wholeNumberSchema } from './numbers.ts';
import { isSection } from './paths.ts';
import {
  acrossKeys,
  type Given,
  inMs,
  type Problem,
  renamed,
  type Root,
  valueSchema,
} from './rules.ts';
import { addressSecretSchema, textSchema } from './texts.ts';

const concurrency = wholeNumberSchema(1, 100);
const requestRate = wholeNumberSchema(1, 100_000);

/** `api.runpod.io`, or `prometheus:9090`. */
const host = z.string().regex(/^[A-Za-z0-9.-]+(?::\d{1,5})?$|^\[[0-9A-Fa-f:]+\](?::\d{1,5})?$/);

/** How providers are called; a source's own `timeoutSeconds` takes precedence. */
export const httpSchema = z
  .strictObject({
    retries: wholeNumberSchema(0, 10).default(4),
    timeoutSeconds: wholeNumberSchema(1, 3600).default(30).transform(inMs(1000)),
    /** How long a pull may go without a valid response before it is stopped. */
    pullStallMinutes: wholeNumberSchema(1, 1440).default(10).transform(inMs(60_000)),
    pullMinutes: wholeNumberSchema(1, 10_080).default(240).transform(inMs(60_000)),
    /** Requests in flight at once to a host, from all workers together. */
    concurrent: concurrency.default(4),
    perMinute: requestRate.default(300),
    /** By host, with its port if it has one. */
    hosts: z
      .record(
        host,
        z.strictObject({
          concurrent: concurrency.exactOptional(),
          perMinute: requestRate.exactOptional(),
        }),
      )
      .default({}),
  })
  .transform(({ concurrent, perMinute, hosts, ...rest }) => ({
    ...renamed({
      timeoutSeconds: 'timeoutMs',
      pullStallMinutes: 'pullStallMs',
      pullMinutes: 'pullMostMs',
    })(rest),
    limits: { anyHost: { concurrent, perMinute }, hosts },
  }));

const NODE = /^(?:\[([0-9a-f:]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/i;

/** `10.0.0.5:26379`, `redis-1.example.com:6379`, `[::1]:6379`. */
function node() {
  return valueSchema<{ host: string; port: number }>({
    expected: 'a host and a port like redis-1.example.com:6379',
    json: { type: 'string', pattern: NODE.source },
    read(value) {
      const [, bracketed, plain, digits] =
        typeof value === 'string' ? (NODE.exec(value) ?? []) : [];
      const name = bracketed ?? plain;
      const port = Number(digits);
      return name !== undefined && port >= 1 && port <= 65_535 ? { host: name, port } : undefined;
    },
  });
}

const nodes = z.array(node()).min(1).max(50);

const tls = z.strictObject({
  ca: textSchema('the path of a PEM file').exactOptional(),
  cert: textSchema('the path of a PEM file').exactOptional(),
  key: textSchema('the path of a PEM file').exactOptional(),
  serverName: textSchema('the server name in the certificate').exactOptional(),
});

/** Exactly one of `url`, `sentinels` (with `name`) and `cluster` is set. */
export const redisSchema = z
  .strictObject({
    url: addressSecretSchema(['redis:', 'rediss:']).exactOptional(),
    sentinels: nodes.exactOptional(),
    name: textSchema("the sentinels' name for the master").exactOptional(),
    cluster: nodes.exactOptional(),
    username: textSchema('a Redis user').exactOptional(),
    password: secretSchema.exactOptional(),
    sentinelPassword: secretSchema.exactOptional(),
    tls: tls.exactOptional(),
    prefix: textSchema('the prefix of every key').exactOptional(),
  })
  .meta({
    oneOf: [{ required: ['url'] }, { required: ['sentinels', 'name'] }, { required: ['cluster'] }],
  })
  .check(acrossKeys(redisProblems));

/** Exactly one of these keys gives the address of Redis. */
const ADDRESS_KEYS = ['url', 'sentinels', 'cluster'];

/** Keys that need one of these addresses; a `url` contains its own user and password. */
const KEY_OWNERS: Readonly<Record<string, readonly string[]>> = {
  name: ['sentinels'],
  sentinelPassword: ['sentinels'],
  username: ['sentinels', 'cluster'],
  password: ['sentinels', 'cluster'],
};

function redisProblems(section: Root): Problem[] {
  const [address, second] = ADDRESS_KEYS.filter((key) => key in section);
  if (address === undefined) {
    const problem =
      'found no address, expected url, sentinels (with name) or cluster; add one of them';
    return [{ path: [], problem }];
  }
  if (second !== undefined) {
    const problem = `found both ${second} and ${address}, expected one of them; remove the other`;
    return [{ path: [second], problem }];
  }
  return [
    ...misplacedKeys(section, address),
    ...missingSentinelName(section, address),
    ...incompleteTls(section['tls']),
  ];
}

function misplacedKeys(section: Root, address: string): Problem[] {
  return Object.entries(KEY_OWNERS)
    .filter(([key, owners]) => key in section && !owners.includes(address))
    .map(([key, owners]) => {
      const remedy = owners.includes('cluster') ? 'put it into the URL' : 'remove it';
      const problem = `found together with ${address}, expected with ${owners[0]}; ${remedy}`;
      return { path: [key], problem };
    });
}

function missingSentinelName(section: Root, address: string): Problem[] {
  if (address !== 'sentinels' || 'name' in section) return [];
  const problem = "missing, expected the sentinels' name for the master; add it";
  return [{ path: ['name'], problem }];
}

/** A client certificate needs its key, and a key its certificate. */
function incompleteTls(section: unknown): Problem[] {
  const files = isSection(section) ? section : {};
  if ('cert' in files === 'key' in files) return [];
  const [there, missing] = 'cert' in files ? ['cert', 'key'] : ['key', 'cert'];
  const problem = `found without ${missing}, expected both; add ${missing}`;
  return [{ path: ['tls', there], problem }];
}

/** A header name, converted to lower case. */
function headerName() {
  const pattern = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;
  return valueSchema<string>({
    expected: 'the name of a header like X-Forwarded-User',
    json: { type: 'string', pattern: pattern.source },
    read: (value) =>
      typeof value === 'string' && pattern.test(value) ? value.toLowerCase() : undefined,
  });
}

/** With `fewestBits: 1`, `0.0.0.0/0` is refused: Fastify does not trust all addresses. */
function network({ fewestBits = 0 } = {}) {
  const shortest = fewestBits === 0 ? '' : ', not all addresses';
  return valueSchema<string>({
    expected: `an address or a network like 10.0.0.0/8${shortest}`,
    json: { type: 'string' },
    read: (value) =>
      typeof value === 'string' && isNetwork(value, fewestBits) ? value : undefined,
  });
}

function isNetwork(value: string, fewestBits: number): boolean {
  const [address = '', bits, ...more] = value.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  if (bits === undefined) return true;
  if (Number(bits) < fewestBits) return false;
  return /^\d{1,3}$/.test(bits) && isSubnet(address, Number(bits), version === 6);
}

function isSubnet(address: string, bits: number, isIpv6: boolean): boolean {
  try {
    new BlockList().addSubnet(address, bits, isIpv6 ? 'ipv6' : 'ipv4');
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The public address of the pages, without a trailing slash. */
function publicAddress() {
  return valueSchema<string>({
    expected: 'an http(s) address like https://rentcheck.example.com, without a path',
    json: { type: 'string', format: 'uri' },
    read(value) {
      const url = typeof value === 'string' ? URL.parse(value) : null;
      const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.username === '';
      return isPlain && url.pathname === '/' && url.search + url.hash === ''
        ? url.origin
        : undefined;
    },
  });
}

export const webSchema = z
  .strictObject({
    host: textSchema('an address or a host name of this machine').default('127.0.0.1'),
    port: wholeNumberSchema(0, 65_535).default(8480),
    token: secretSchema.exactOptional(),
    proxyAuth: z
      .strictObject({
        header: headerName(),
        users: z.array(textSchema('a user name as the proxy sends it')).min(1).exactOptional(),
        from: z.array(network()).min(1).default(['127.0.0.1', '::1']),
      })
      .exactOptional(),
    trustedProxies: z.array(network({ fewestBits: 1 })).default([]),
    link: publicAddress().exactOptional(),
    /** Whether BullMQ's job board is read-only, or may pause, change and empty the queue. */
    board: z.enum(['read-only', 'full']).default('read-only'),
  })
  .check(acrossKeys(exposedPages));

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** The pages show bills, so other computers may open them only with authentication. */
function exposedPages(section: Given<'host' | 'token' | 'proxyAuth'>): Problem[] {
  const { host: address } = section;
  if ('token' in section || 'proxyAuth' in section || typeof address !== 'string') return [];
  if (LOOPBACK.includes(address.toLowerCase())) return [];
  const problem =
    `found "${address}", which other computers can reach, without authentication; ` +
    'add token: ${RENTCHECK_WEB_TOKEN} or proxyAuth, or write host: 127.0.0.1';
  return [{ path: ['host'], problem }];
}
