/** What Redis must promise before jobs are trusted to it, and what is wrong otherwise. */

import { Cluster, type Redis } from 'ioredis';
import { Failure, type FailureCode } from '../domain/failure.ts';
import type { EvictionFact } from '../domain/finding.ts';
import { atMost } from '../platform/atMost.ts';
import { connect, placeText, type QueuePlace } from './redis.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** For all of it, answers included. */
const PATIENCE_MS = 10_000;

/**
 * Asks Redis once, every master of a cluster, and answers what a person should change about it:
 * `[]` where all is well.
 * @throws {Failure} `unavailable` where it does not answer, `auth` or `forbidden` where it refuses.
 */
export async function checkRedis(
  place: QueuePlace,
  patienceMs = PATIENCE_MS,
): Promise<EvictionFact[]> {
  const redis = connect(place, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    ...('sentinels' in place ? { sentinelRetryStrategy: () => null } : {}),
  });
  // Without a listener ioredis prints; the rejected command below says the same.
  let seen: Error | undefined;
  const remember = (error: Error) => {
    seen = error;
  };
  redis.on('error', remember);
  redis.on('node error', remember);
  try {
    const asked = ask(redis);
    // Something may listen there that is no Redis, and say nothing at all.
    if (await atMost(patienceMs, asked)) return await asked;
    throw new Error(`no answer within ${patienceMs / 1_000} s`);
  } catch (cause) {
    throw failureOf(place, seen ?? cause);
  } finally {
    redis.disconnect();
  }
}

async function ask(redis: Redis | Cluster): Promise<EvictionFact[]> {
  await redis.connect();
  const servers = redis instanceof Cluster ? redis.nodes('master') : [redis];
  const policies = await Promise.all(servers.map(evictionPolicy));
  return [...new Set(policies.filter((policy) => policy !== undefined))].map((policy) => ({
    code: 'redis-may-evict',
    policy,
  }));
}

/** How Redis makes room; `undefined` where it never drops anything. */
async function evictionPolicy(redis: Redis): Promise<string | undefined> {
  const policy = /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1];
  return policy === 'noeviction' ? undefined : policy;
}

interface Refusal {
  readonly pattern: RegExp;
  readonly code: FailureCode;
  readonly says: string;
  readonly hint: string;
}

const REFUSALS: readonly Refusal[] = [
  {
    pattern: /^(?:NOAUTH|WRONGPASS)|invalid password|without any password/,
    code: 'auth',
    says: 'refused the password',
    hint: 'fix the user or password under redis in rentcheck.yaml',
  },
  {
    pattern: /^NOPERM/,
    code: 'forbidden',
    says: 'denied commands that the queue needs',
    hint: 'allow the user all commands on the keys of the queue',
  },
  {
    pattern: /certificate|\bSSL\b|\bTLS\b|self-signed/i,
    code: 'unavailable',
    says: 'failed the TLS handshake',
    hint: 'fix redis.tls in rentcheck.yaml: ca, cert and key, or serverName',
  },
];

function failureOf(place: QueuePlace, cause: unknown): Failure {
  const detail = cause instanceof Error ? cause.message : String(cause);
  const refusal = REFUSALS.find(({ pattern }) => pattern.test(detail));
  const where = placeText(place);
  if (refusal !== undefined) {
    const { code, says, hint } = refusal;
    return new Failure(code, `Redis at ${where} ${says}`, { hint: `${hint} (${detail})`, cause });
  }
  return new Failure('unavailable', `cannot reach Redis at ${where}`, {
    hint: `start Redis or Valkey there, or fix redis.url in rentcheck.yaml (${detail})`,
    cause,
  });
}
