/**
 * How all workers together keep to what a provider bears: places and a pace for each host,
 * held in Redis.
 */

import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../domain/failure.ts';
import { DAY_MS, MINUTE_MS } from '../domain/period.ts';
import type { Gate } from '../platform/http.ts';
import { atMost } from '../platform/atMost.ts';
import { connect, isOfRedis, prefixOf, type QueuePlace } from './redis.ts';

/** What one provider bears. */
export interface HostLimit {
  /** Questions that are under way at once. */
  readonly concurrent: number;
  readonly perMinute: number;
}

export interface GateWish {
  readonly place: QueuePlace;
  readonly limitOf: (host: string) => HostLimit;
  /** How long a question waits for its place before it fails; a minute unless told. */
  readonly patienceMs?: number;
}

/**
 * Answers 0 and takes the place, or after how many milliseconds to come again. Time is Redis's own,
 * so that machines whose clocks differ agree. A place whose holder died becomes free by itself. The
 * pace is a bucket as large as there are places (GCRA): a burst of those, then one by one.
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
/**
 * What a host asks for beyond this is taken for a slip: it would outlive every restart, in Redis.
 */
const CLOSED_AT_MOST_MS = DAY_MS;
/** How long letting go may take where Redis does not answer. */
const GOODBYE_MS = 2_000;

export interface OpenGate extends Gate {
  end(): Promise<void>;
}

export function openGate({ place, limitOf, patienceMs = MINUTE_MS }: GateWish): OpenGate {
  const redis = connect(place);
  // Without a listener ioredis prints; a command that fails says the same to whoever asked.
  redis.on('error', () => undefined);
  // The braces keep a host's three keys on one node of a cluster.
  const keyOf = (host: string, what: string) => `${prefixOf(place)}:gate:{${host}}:${what}`;
  const tryToEnter = async (host: string, id: string, holdMs: number): Promise<number> => {
    const { concurrent, perMinute } = limitOf(host);
    const keys = ['places', 'pace', 'closed'].map((what) => keyOf(host, what));
    const args = [id, concurrent, MINUTE_MS / perMinute, holdMs];
    return Number(await heard(redis.eval(ENTER, keys.length, ...keys, ...args)));
  };
  return {
    async enter(host, holdMs) {
      const id = randomUUID();
      for (let waitedMs = 0; ; ) {
        const againMs = await tryToEnter(host, id, holdMs);
        // A place that is not given back becomes free by itself: what was answered is worth more.
        if (againMs === 0) return () => tried(redis.zrem(keyOf(host, 'places'), id));
        const pauseMs = againMs < 0 ? LOOK_AGAIN_MS : againMs;
        waitedMs += pauseMs;
        if (waitedMs > patienceMs) throw crowded(host, pauseMs);
        await wait(pauseMs);
      }
    },
    async close(host, forMs) {
      const closedMs = Math.min(forMs, CLOSED_AT_MOST_MS);
      await tried(redis.eval(CLOSE, 1, keyOf(host, 'closed'), closedMs));
    },
    async end() {
      await atMost(GOODBYE_MS, redis.quit());
      redis.disconnect();
    },
  };
}

/** @throws {Failure} `unavailable` where Redis refuses: no question is asked without a place. */
async function heard<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!isOfRedis(error)) throw error;
    throw new Failure('unavailable', `Redis did not grant a rate-limit slot: ${error.message}`, {
      hint: 'check Redis; the request is retried',
      cause: error,
    });
  }
}

/** Done if Redis takes it. What it refuses, it refuses the next question too, which says so. */
async function tried(asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (!isOfRedis(error)) throw error;
  }
}

function crowded(host: string, retryAfterMs: number): Failure {
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
