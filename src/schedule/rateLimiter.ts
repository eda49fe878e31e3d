/**
 * A rate limiter in Redis: all workers share one concurrency limit and one request rate per host.
 */

import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../domain/failure.ts';
import { DAY_MS, MINUTE_MS } from '../domain/period.ts';
import type { RateLimiter } from '../platform/http.ts';
import { finishesWithin } from '../platform/clock.ts';
import { connectRedis, isRedisError, keyPrefix, type RedisLocation } from './redis.ts';

/** The limits for one host. */
export interface HostLimit {
  /** Requests in flight at the same time. */
  readonly concurrent: number;
  readonly perMinute: number;
}

export interface RateLimiterOptions {
  readonly place: RedisLocation;
  readonly findLimit: (host: string) => HostLimit;
  /** How long a request waits for a slot before it fails. Default: one minute. */
  readonly patienceMs?: number;
}

/**
 * Returns 0 and takes a slot, -1 if all slots are taken, or the milliseconds to wait.
 * It uses the time of Redis, so clock differences between machines do not matter. A slot expires if
 * its holder dies. The rate is a token bucket (GCRA) whose size is the number of slots: a burst of
 * that many requests, then one at a time.
 */
const ENTER = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local closed = tonumber(redis.call('GET', KEYS[3]) or '0')
if closed > now then return closed - now end
local places, spacing, hold = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= places then return -1 end
local next = math.max(tonumber(redis.call('GET', KEYS[2]) or '0'), now)
local early = next - now - (places - 1) * spacing
if early > 0 then return math.ceil(early) end
redis.call('SET', KEYS[2], next + spacing, 'PX', math.ceil(next + spacing - now) + 1000)
redis.call('ZADD', KEYS[1], now + hold, ARGV[1])
redis.call('PEXPIRE', KEYS[1], hold + 1000)
return 0
`;

const CLOSE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local till = now + tonumber(ARGV[1])
if till > tonumber(redis.call('GET', KEYS[1]) or '0') then
  redis.call('SET', KEYS[1], till, 'PX', math.ceil(tonumber(ARGV[1])) + 1000)
end
return till
`;

const LOOK_AGAIN_MS = 50;
/** A longer `Retry-After` is taken for a mistake, because the pause in Redis outlives restarts. */
const CLOSED_AT_MOST_MS = DAY_MS;
/** How long closing may take if Redis does not answer. */
const GOODBYE_MS = 2_000;

export interface RedisRateLimiter extends RateLimiter {
  quit(): Promise<void>;
}

export function openRateLimiter({
  place,
  findLimit,
  patienceMs = MINUTE_MS,
}: RateLimiterOptions): RedisRateLimiter {
  const redis = connectRedis(place);
  // ioredis prints errors that have no listener. A failing command reports the same error.
  redis.on('error', () => undefined);
  // The braces put all keys of a host on one node of a cluster.
  const redisKey = (host: string, what: string) => `${keyPrefix(place)}:gate:{${host}}:${what}`;
  const tryToTakeSlot = async (host: string, id: string, holdMs: number): Promise<number> => {
    const { concurrent, perMinute } = findLimit(host);
    const keys = ['places', 'pace', 'closed'].map((what) => redisKey(host, what));
    const args = [id, concurrent, MINUTE_MS / perMinute, holdMs];
    return Number(await required(redis.eval(ENTER, keys.length, ...keys, ...args)));
  };
  return {
    async acquire(host, holdMs) {
      const id = randomUUID();
      for (let waitedMs = 0; ; ) {
        const retryInMs = await tryToTakeSlot(host, id, holdMs);
        // A slot that cannot be released expires by itself. The response is worth more.
        if (retryInMs === 0) return () => attempted(redis.zrem(redisKey(host, 'places'), id));
        const pauseMs = retryInMs < 0 ? LOOK_AGAIN_MS : retryInMs;
        waitedMs += pauseMs;
        if (waitedMs > patienceMs) throw limitReached(host, pauseMs);
        await wait(pauseMs);
      }
    },
    async pause(host, forMs) {
      const closedMs = Math.min(forMs, CLOSED_AT_MOST_MS);
      await attempted(redis.eval(CLOSE, 1, redisKey(host, 'closed'), closedMs));
    },
    async quit() {
      await finishesWithin(GOODBYE_MS, redis.quit());
      redis.disconnect();
    },
  };
}

/** @throws {Failure} `unavailable` if Redis refuses: no request is sent without a slot. */
async function required<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    if (!isRedisError(error)) throw error;
    throw new Failure('unavailable', `Redis did not grant a rate-limit slot: ${error.message}`, {
      hint: 'check Redis; the request is retried',
      cause: error,
    });
  }
}

/** Ignores refusals by Redis. It refuses the next request too, and that one reports it. */
async function attempted(command: Promise<unknown>): Promise<void> {
  try {
    await command;
  } catch (error) {
    if (!isRedisError(error)) throw error;
  }
}

function limitReached(host: string, retryAfterMs: number): Failure {
  return new Failure('rate-limited', `the concurrency limit for ${host} is reached`, {
    where: host,
    hint:
      'the request is retried automatically; http.concurrent and ' +
      'http.perMinute set the ' +
      'limits, http.hosts those of one ' +
      'address',
    retryAfterMs,
  });
}
