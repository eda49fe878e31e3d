/** Schema of the section `web`: the address of the pages, and who may open them. */

import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { secretSchema } from '../platform/secret.ts';
import type { ConfigFault } from './fault.ts';
import { valueAtPath } from './schemaFaults.ts';
import { wholeNumberSchema } from './numbers.ts';
import { textSchema } from './texts.ts';
import { valueSchema } from './valueRule.ts';
import type { ConfigTree } from './yamlTree.ts';

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

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

export const webSchema = z.strictObject({
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
});

export type WebConfig = z.output<typeof webSchema>;

/**
 * Returns a fault if other computers can open the pages without authentication: the pages show
 * bills.
 */
export function findExposedWeb(tree: ConfigTree): ConfigFault[] {
  const web = valueAtPath(tree.value, ['web']);
  if (typeof web !== 'object' || web === null || 'token' in web || 'proxyAuth' in web) return [];
  const path = ['web', 'host'];
  const host = valueAtPath(tree.value, path);
  if (typeof host !== 'string' || LOOPBACK.includes(host.toLowerCase())) return [];
  const problem =
    `found "${host}", which other computers can reach, without authentication; ` +
    'add token: ${RENTCHECK_WEB_TOKEN} or proxyAuth, or write host: 127.0.0.1';
  return [{ path, place: tree.placeOf(path), problem }];
}
