/** Schema of the section `redis`: the address of the queue, as URL, sentinels or cluster. */

import { z } from 'zod';
import { type Secret, secretSchema } from '../platform/secret.ts';
import { addressSecretSchema, textSchema } from './texts.ts';
import { valueSchema } from './valueRule.ts';

const NODE = /^(?:\[([0-9a-f:]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/i;

interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

/** `10.0.0.5:26379`, `redis-1.example.com:6379`, `[::1]:6379`. */
function node() {
  return valueSchema<NodeAddress>({
    expected: 'a host and a port like redis-1.example.com:6379',
    json: { type: 'string', pattern: NODE.source },
    read(value) {
      const [, bracketed, plain, digits] =
        typeof value === 'string' ? (NODE.exec(value) ?? []) : [];
      const host = bracketed ?? plain;
      const port = Number(digits);
      return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined;
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

/** A separate check reports if not exactly one of `url`, `sentinels` and `cluster` is set. */
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
  });

export interface RedisConfig {
  /** Exactly one of `url`, `sentinels` (with `name`) and `cluster` is set. */
  readonly url?: Secret;
  readonly sentinels?: readonly NodeAddress[];
  readonly name?: string;
  readonly cluster?: readonly NodeAddress[];
  readonly username?: string;
  readonly password?: Secret;
  readonly sentinelPassword?: Secret;
  /** The paths of its files are absolute. */
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly serverName?: string;
  };
  readonly prefix?: string;
}
