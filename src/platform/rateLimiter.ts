/** Limits requests per host: how many at once, how many a minute, and pauses it asks for. */

import PQueue from 'p-queue';
import { Failure } from '../domain/failure.ts';
import { DAY_MS, MINUTE_MS } from '../domain/period.ts';
import type { RateLimiter } from './http.ts';

/** The limits for one host. */
export interface HostLimit {
  /** Requests in flight at the same time. */
  readonly concurrent: number;
  readonly perMinute: number;
}

export interface RateLimiterOptions {
  readonly findLimit: (host: string) => HostLimit;
  /** How long a request waits for a slot before it fails. Default: one minute. */
  readonly patienceMs?: number;
}

/** A longer `Retry-After` is taken for a mistake. */
const LONGEST_PAUSE_MS = DAY_MS;

/**
 * A limiter for this process. The rate is a sliding window with as many requests as may run at
 * once: 4 at once and 300 a minute allow any 4 requests in 0.8 s.
 */
export function createRateLimiter({
  findLimit,
  patienceMs = MINUTE_MS,
}: RateLimiterOptions): RateLimiter {
  const queues = new Map<string, HostQueue>();
  const queueOf = (host: string) => {
    const queue = queues.get(host) ?? createHostQueue(findLimit(host));
    queues.set(host, queue);
    return queue;
  };
  return {
    acquire: (host) => queueOf(host).acquire(patienceMs, host),
    pause: (host, forMs) => queueOf(host).pause(Math.min(forMs, LONGEST_PAUSE_MS)),
  };
}

interface HostQueue {
  acquire(patienceMs: number, host: string): Promise<() => void>;
  pause(forMs: number): void;
}

function createHostQueue({ concurrent, perMinute }: HostLimit): HostQueue {
  const interval = (concurrent * MINUTE_MS) / perMinute;
  const queue = new PQueue({
    concurrency: concurrent,
    intervalCap: concurrent,
    interval,
    strict: true,
  });
  let pauses = 0;
  return {
    async acquire(patienceMs, host) {
      const { promise: left, resolve: leave } = Promise.withResolvers<void>();
      const { promise: slot, resolve: enter, reject: refuse } = Promise.withResolvers<() => void>();
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(limitReached(host, interval)), patienceMs);
      const request = () => {
        clearTimeout(timer);
        enter(leave);
        return left;
      };
      queue.add(request, { signal: late.signal }).catch(refuse);
      return slot;
    },
    pause(forMs) {
      queue.pause();
      pauses += 1;
      const end = () => {
        pauses -= 1;
        if (pauses === 0) queue.start();
      };
      // A host that asked for a day must not keep a stopping process alive.
      setTimeout(end, forMs).unref();
    },
  };
}

function limitReached(host: string, retryAfterMs: number): Failure {
  return new Failure('rate-limited', `the limit of requests to ${host} is reached`, {
    where: host,
    hint:
      'the request is retried automatically; http.concurrent and http.perMinute set the limits, ' +
      'http.hosts those of one address',
    retryAfterMs,
  });
}
