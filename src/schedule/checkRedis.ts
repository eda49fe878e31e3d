/** Checks that Redis can be reached and never evicts keys, before jobs are stored in it. */

import { Cluster, type Redis } from 'ioredis';
import { Failure, type FailureCode } from '../domain/failure.ts';
import type { EvictionFact } from '../domain/finding.ts';
import { finishesWithin } from '../platform/clock.ts';
import { connectRedis, redisText, type RedisLocation } from './redis.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** For connecting and answering. */
const PATIENCE_MS = 10_000;

/**
 * Connects to Redis, or to every master of a cluster, and returns the settings that must be fixed.
 * Returns `[]` if there are none.
 * @throws {Failure} `unavailable` if Redis does not answer, `auth` or `forbidden` if it refuses.
 */
export async function checkRedis(
  place: RedisLocation,
  patienceMs = PATIENCE_MS,
): Promise<EvictionFact[]> {
  const redis = connectRedis(place, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    ...('sentinels' in place ? { sentinelRetryStrategy: () => null } : {}),
  });
  // ioredis prints errors that have no listener. The rejected command below carries the same error.
  let connectionError: Error | undefined;
  const recordError = (error: Error) => {
    connectionError = error;
  };
  redis.on('error', recordError);
  redis.on('node error', recordError);
  try {
    const answer = readEvictionPolicies(redis);
    // Another program may listen on this port and never reply.
    if (await finishesWithin(patienceMs, answer)) return await answer;
    throw new Error(`no answer within ${patienceMs / 1_000} s`);
  } catch (cause) {
    throw toFailure(place, connectionError ?? cause);
  } finally {
    redis.disconnect();
  }
}

async function readEvictionPolicies(redis: Redis | Cluster): Promise<EvictionFact[]> {
  await redis.connect();
  const servers = redis instanceof Cluster ? redis.nodes('master') : [redis];
  const policies = await Promise.all(servers.map(evictionPolicy));
  return [...new Set(policies.filter((policy) => policy !== undefined))].map((policy) => ({
    code: 'redis-may-evict',
    policy,
  }));
}

/** The eviction policy, or `undefined` for `noeviction`. */
async function evictionPolicy(redis: Redis): Promise<string | undefined> {
  const policy = /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1];
  return policy === 'noeviction' ? undefined : policy;
}

interface Refusal {
  readonly pattern: RegExp;
  readonly code: FailureCode;
  readonly problem: string;
  readonly hint: string;
}

const REFUSALS: readonly Refusal[] = [
  {
    pattern: /^(?:NOAUTH|WRONGPASS)|invalid password|without any password/,
    code: 'auth',
    problem: 'refused the password',
    hint: 'fix the user or password under redis in rentcheck.yaml',
  },
  {
    pattern: /^NOPERM/,
    code: 'forbidden',
    problem: 'denied commands that the queue needs',
    hint: 'allow the user all commands on the keys of the queue',
  },
  {
    pattern: /certificate|\bSSL\b|\bTLS\b|self-signed/i,
    code: 'unavailable',
    problem: 'failed the TLS handshake',
    hint: 'fix redis.tls in rentcheck.yaml: ca, cert and key, or serverName',
  },
];

function toFailure(place: RedisLocation, cause: unknown): Failure {
  const detail = cause instanceof Error ? cause.message : String(cause);
  const refusal = REFUSALS.find(({ pattern }) => pattern.test(detail));
  const where = redisText(place);
  if (refusal !== undefined) {
    const { code, problem, hint } = refusal;
    return new Failure(code, `Redis at ${where} ${problem}`, {
      hint: `${hint} (${detail})`,
      cause,
    });
  }
  return new Failure('unavailable', `cannot reach Redis at ${where}`, {
    hint: `start Redis or Valkey there, or fix redis.url in rentcheck.yaml (${detail})`,
    cause,
  });
}
