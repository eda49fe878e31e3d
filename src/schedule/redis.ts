/** Connects to Redis: at one address, through sentinels, or as a cluster. */

import { createIORedisClient, RedisConnection } from 'bullmq';
import { Cluster, Redis, type RedisOptions, ReplyError } from 'ioredis';

/** Where the queue lives. Workers that share a queue use the same one. */
export type RedisLocation = (SingleRedis | SentinelRedis | RedisCluster) & RedisDetails;

export interface SingleRedis {
  /** `redis://…`, `rediss://…`, or the path of a Unix socket. */
  readonly address: string;
}

export interface SentinelRedis extends Login {
  readonly sentinels: readonly RedisNode[];
  /** The master name that the sentinels use. */
  readonly name: string;
  /** The password of the sentinels themselves. */
  readonly sentinelPassword?: string;
}

export interface RedisCluster extends Login {
  /** Some of the nodes. They report the others. */
  readonly cluster: readonly RedisNode[];
}

export interface RedisDetails {
  /** Needed if several queues of this name share one Redis. */
  readonly prefix?: string;
  readonly tls?: RedisTls;
  /** Timeout for a command without a reply, after which the connection is closed. Default: 15 s. */
  readonly silentMs?: number;
}

interface Login {
  readonly username?: string;
  readonly password?: string;
}

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** PEM texts. `servername` is needed if the certificate names another host. */
export interface RedisTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

/** BullMQ's default, and a hash tag that keeps all keys on one node of a cluster. */
const PREFIX = { single: 'bull', cluster: '{bull}' } as const;

export function keyPrefix(place: RedisLocation): string {
  if (!('cluster' in place)) return place.prefix ?? PREFIX.single;
  const { prefix = PREFIX.cluster } = place;
  return prefix.includes('{') ? prefix : `{${prefix}}`;
}

/** Connection options for BullMQ. Commands wait while the connection is down. */
export function queueOptions(place: RedisLocation) {
  return { connection: { ...PATIENT, place }, prefix: keyPrefix(place) };
}

type ConnectionBehavior = Pick<
  RedisOptions,
  | 'connectionName'
  | 'connectTimeout'
  | 'lazyConnect'
  | 'maxRetriesPerRequest'
  | 'retryStrategy'
  | 'sentinelRetryStrategy'
>;

interface Options extends ConnectionBehavior {
  readonly tls?: RedisTls;
  readonly socketTimeout: number;
}

const PATIENT = { maxRetriesPerRequest: null } as const;

/**
 * A dead connection can stay open, e.g. after a cable was unplugged or a firewall dropped its
 * state. TCP notices only after 15 minutes. This is longer than BullMQ's longest blocking wait (10
 * s), so an idle connection is not closed. Commands are sent again.
 */
const SILENT_MS = 15_000;

/** A new connection. The caller closes it. */
export function connectRedis(
  place: RedisLocation,
  behavior: ConnectionBehavior = PATIENT,
): Redis | Cluster {
  const { tls, silentMs: socketTimeout = SILENT_MS } = place;
  const options: Options = { ...behavior, socketTimeout, ...(tls === undefined ? {} : { tls }) };
  if ('cluster' in place) return cluster(place, options);
  if ('sentinels' in place) return new Redis({ ...options, ...sentinelOptions(place) });
  const { address } = place;
  return address.startsWith('/')
    ? new Redis({ ...options, path: address })
    : new Redis(address, options);
}

// BullMQ creates and closes its connections through this factory. It cannot create cluster clients.
RedisConnection.clientFactory = (options) => {
  const { place, connectionName, retryStrategy } = options as typeof options & {
    readonly place: RedisLocation;
  };
  const name = connectionName === undefined ? {} : { connectionName };
  const retry = retryStrategy === undefined ? {} : { retryStrategy };
  return createIORedisClient(connectRedis(place, { ...PATIENT, ...name, ...retry }));
};

/** The longest pause between two attempts to reconnect to a cluster. */
const LONGEST_PAUSE_MS = 2_000;

function cluster(place: RedisCluster, options: Options): Cluster {
  const { lazyConnect = false, retryStrategy, tls, ...others } = options;
  return new Cluster([...place.cluster], {
    redisOptions: { ...others, ...loginOptions(place), ...(tls === undefined ? {} : { tls }) },
    lazyConnect,
    clusterRetryStrategy: (tries) =>
      retryStrategy?.(tries) === null ? null : Math.min(100 * tries, LONGEST_PAUSE_MS),
    // Certificates contain host names, so the announced node names are used unresolved.
    ...(tls === undefined ? {} : { dnsLookup: (name, found) => found(null, name) }),
  });
}

function sentinelOptions(place: SentinelRedis & RedisDetails) {
  const { sentinels, name, sentinelPassword, tls } = place;
  return {
    sentinels: [...sentinels],
    name,
    ...loginOptions(place),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(tls === undefined ? {} : { enableTLSForSentinelMode: true, sentinelTLS: tls }),
  };
}

function loginOptions({ username, password }: Login) {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}

/** Whether Redis refused a command (full, failing over), or the connection was closed. */
export function isRedisError(error: unknown): error is Error {
  if (error instanceof (ReplyError as ErrorConstructor)) return true;
  return error instanceof Error && error.message === 'Connection is closed.';
}

/** The address of Redis without user and password. */
export function redisText(place: RedisLocation): string {
  if ('cluster' in place) return `the cluster ${nodesText(place.cluster)}`;
  if ('sentinels' in place) return `${place.name} at the sentinels ${nodesText(place.sentinels)}`;
  return publicAddress(place.address);
}

function nodesText(nodes: readonly RedisNode[]): string {
  return nodes.map(({ host, port }) => `${host}:${port}`).join(', ');
}

function publicAddress(address: string): string {
  const url = URL.parse(address);
  if (url === null) return address;
  url.username = '';
  url.password = '';
  // ioredis also reads a password from the query.
  url.search = '';
  return url.toString();
}
