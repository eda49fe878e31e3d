/** Knows how Redis is reached, and what it must promise before jobs are trusted to it. */

import { Redis } from 'ioredis';
import { Failure } from '../domain/failure.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/** Where the queue lives; machines that share it share one address and prefix. */
export interface QueuePlace {
  /** `redis://…`, `rediss://…`, or the path of a Unix socket. */
  readonly address: string;
  /** Set where several queues of this name share one Redis; BullMQ's own default otherwise. */
  readonly prefix?: string;
}

/** What BullMQ and ioredis take. Commands wait through a short loss of the connection. */
function connectionTo({ address }: QueuePlace) {
  const place = address.startsWith('/') ? { path: address } : { url: address };
  return { ...place, maxRetriesPerRequest: null };
}

export function queueOptions(place: QueuePlace) {
  const { prefix } = place;
  return { connection: connectionTo(place), ...(prefix === undefined ? {} : { prefix }) };
}

/**
 * Asks Redis once, and answers what a person should change about it: `[]` where all is well.
 * @throws {Failure} `unavailable` where it does not answer.
 */
export async function checkRedis({ address }: QueuePlace): Promise<string[]> {
  const redis = new Redis(address, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // Without a listener ioredis prints; the rejected command below says the same.
  let seen: Error | undefined;
  redis.on('error', (error: Error) => {
    seen = error;
  });
  try {
    await redis.connect();
    return adviceFor(await redis.info('memory'));
  } catch (cause) {
    const detail = seen ?? (cause instanceof Error ? cause : new Error(String(cause)));
    throw new Failure('unavailable', `Redis does not answer at ${publicAddress(address)}`, {
      hint: `start Redis or Valkey there, or mend redis.url in rentcheck.yaml (${detail.message})`,
      cause,
    });
  } finally {
    redis.disconnect();
  }
}

function adviceFor(memoryInfo: string): string[] {
  const policy = /^maxmemory_policy:(\S+)/m.exec(memoryInfo)?.[1];
  if (policy === undefined || policy === 'noeviction') return [];
  return [`Redis may drop jobs to save memory (${policy}): set maxmemory-policy to noeviction`];
}

/** The address without user and password. */
export function publicAddress(address: string): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.toString();
}
