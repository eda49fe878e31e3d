/** How Redis is reached: at an address, by its sentinels, or as a cluster. */

import { createIORedisClient, RedisConnection } from 'bullmq';
import { Cluster, Redis, type RedisOptions, ReplyError } from 'ioredis';

/** Where the queue lives; machines that share it share one place. */
export type QueuePlace = (AtAddress | BySentinels | InCluster) & PlaceDetails;

export interface AtAddress {
  /** `redis://…`, `rediss://…`, or the path of a Unix socket. */
  readonly address: string;
}

export interface BySentinels extends Login {
  readonly sentinels: readonly RedisNode[];
  /** What the sentinels call the group of servers. */
  readonly name: string;
  /** The sentinels' own. */
  readonly sentinelPassword?: string;
}

export interface InCluster extends Login {
  /** Some of the nodes; they tell of the others. */
  readonly cluster: readonly RedisNode[];
}

export interface PlaceDetails {
  /** Set where several queues of this name share one Redis. */
  readonly prefix?: string;
  readonly tls?: RedisTls;
  /** How long a command may go unanswered before its connection is given up; 15 s unless told. */
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

/** PEM texts; a name where the certificate's is not the host's. */
export interface RedisTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

/** BullMQ's own, and one whose keys a cluster keeps together on one node. */
const PREFIX = { single: 'bull', cluster: '{bull}' } as const;

export function prefixOf(place: QueuePlace): string {
  if (!('cluster' in place)) return place.prefix ?? PREFIX.single;
  const { prefix = PREFIX.cluster } = place;
  return prefix.includes('{') ? prefix : `{${prefix}}`;
}

/** What BullMQ takes; commands wait through a loss of the connection. */
export function queueOptions(place: QueuePlace) {
  return { connection: { ...PATIENT, place }, prefix: prefixOf(place) };
}

/** How a connection behaves; `place` says where it leads. */
type Manner = Pick<
  RedisOptions,
  | 'connectionName'
  | 'connectTimeout'
  | 'lazyConnect'
  | 'maxRetriesPerRequest'
  | 'retryStrategy'
  | 'sentinelRetryStrategy'
>;

interface Options extends Manner {
  readonly tls?: RedisTls;
  readonly socketTimeout: number;
}

const PATIENT = { maxRetriesPerRequest: null } as const;

/**
 * A connection can stay open and carry nothing: its other end was unplugged, or a firewall forgot
 * it. TCP itself notices after a quarter of an hour. Longer than BullMQ's longest wait for a job
 * (10 s), so that one that waits is not taken for one that is dead; what was asked is asked again.
 */
const SILENT_MS = 15_000;

/** A connection of our own, which whoever asks for it closes. */
export function connect(place: QueuePlace, manner: Manner = PATIENT): Redis | Cluster {
  const { tls, silentMs: socketTimeout = SILENT_MS } = place;
  const options: Options = { ...manner, socketTimeout, ...(tls === undefined ? {} : { tls }) };
  if ('cluster' in place) return cluster(place, options);
  if ('sentinels' in place) return new Redis({ ...options, ...sentinelsOf(place) });
  const { address } = place;
  return address.startsWith('/')
    ? new Redis({ ...options, path: address })
    : new Redis(address, options);
}

// BullMQ makes, and closes, its connections by this; by itself it could not make a cluster's.
RedisConnection.clientFactory = (options) => {
  const { place, connectionName, retryStrategy } = options as typeof options & {
    readonly place: QueuePlace;
  };
  const name = connectionName === undefined ? {} : { connectionName };
  const retry = retryStrategy === undefined ? {} : { retryStrategy };
  return createIORedisClient(connect(place, { ...PATIENT, ...name, ...retry }));
};

/** The longest pause between two tries to reach a cluster again. */
const LONGEST_PAUSE_MS = 2_000;

function cluster(place: InCluster, options: Options): Cluster {
  const { lazyConnect = false, retryStrategy, tls, ...others } = options;
  return new Cluster([...place.cluster], {
    redisOptions: { ...others, ...loginOf(place), ...(tls === undefined ? {} : { tls }) },
    lazyConnect,
    clusterRetryStrategy: (tries) =>
      retryStrategy?.(tries) === null ? null : Math.min(100 * tries, LONGEST_PAUSE_MS),
    // Certificates name hosts: what the nodes announce is used as it is.
    ...(tls === undefined ? {} : { dnsLookup: (name, found) => found(null, name) }),
  });
}

function sentinelsOf(place: BySentinels & PlaceDetails) {
  const { sentinels, name, sentinelPassword, tls } = place;
  return {
    sentinels: [...sentinels],
    name,
    ...loginOf(place),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(tls === undefined ? {} : { enableTLSForSentinelMode: true, sentinelTLS: tls }),
  };
}

function loginOf({ username, password }: Login) {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}

/** Whether Redis itself refused something (it is full, it fails over), or the connection ended. */
export function isOfRedis(error: unknown): error is Error {
  if (error instanceof (ReplyError as ErrorConstructor)) return true;
  return error instanceof Error && error.message === 'Connection is closed.';
}

/** Where it is, for a person to read: without user and password. */
export function placeText(place: QueuePlace): string {
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
  // ioredis takes a password from here, too.
  url.search = '';
  return url.toString();
}
