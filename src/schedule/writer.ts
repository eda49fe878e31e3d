/** Leader election: a worker becomes the leader, does its work, and passes leadership on. */

import { Failure } from '../domain/failure.ts';
import { DAY_MS } from '../domain/period.ts';
import type { Log } from '../platform/log.ts';
import { finishesWithin } from '../platform/atMost.ts';
import { type Lease, createLease } from './lease.ts';
import { connectRedis, isRedisError, keyPrefix, type RedisLocation } from './redis.ts';
import { createLeadership, type Leadership, type LeadershipOptions } from './term.ts';

/** How long a silent worker keeps the lease. It is renewed four times as often. */
const LEASE_MS = 20_000;
/** How long a queue without workers remembers the ledger that it serves. */
const LEDGER_KNOWN_MS = 30 * DAY_MS;
/** How long releasing the lease may take if Redis does not answer. */
const GOODBYE_MS = 2_000;

export interface CandidateOptions extends LeadershipOptions {
  readonly place: RedisLocation;
  /** Shorter in tests. */
  readonly leaseMs?: number;
}

export interface Candidate {
  /** False once the lease may have expired unnoticed. Another worker may write then. */
  isLeaseFresh(): boolean;
  /** Stops the work, then releases the lease for the next worker. */
  close(): Promise<void>;
}

/**
 * Takes the lease whenever no other worker holds it, until it is closed.
 * The lease in Redis elects the leader. The fencing token in the ledger keeps a former leader from
 * writing, however late it wakes up.
 * @throws {Failure} `config` if the queue belongs to workers with another ledger.
 */
export async function joinLeaderElection(options: CandidateOptions): Promise<Candidate> {
  const { place, holder, ledger: desk, log, leaseMs = LEASE_MS } = options;
  const ledgerId = await desk.ledgerId();
  const redis = connectRedis(place);
  redis.on('error', (error: Error) =>
    log.warn('leader election error', { problem: error.message }),
  );
  const redisKey = (what: string) => `${keyPrefix(place)}:rentcheck-${what}`;
  const lease = createLease({ redis, key: redisKey('writer'), holder, forMs: leaseMs });
  const ledger = createLease({
    redis,
    key: redisKey('ledger'),
    holder: ledgerId,
    forMs: LEDGER_KNOWN_MS,
  });
  if ((await ledger.hold()) === 'foreign') {
    redis.disconnect();
    throw otherLedger(redisKey('ledger'));
  }
  const term = createLeadership(options);
  let isFresh = false;
  let expiry: NodeJS.Timeout | undefined;
  const renew = async () => {
    if (!(await renewLeases({ ledger, lease }, term, log))) return;
    isFresh = true;
    clearTimeout(expiry);
    expiry = setTimeout(() => {
      isFresh = false;
    }, leaseMs);
  };
  const renewal = setInterval(() => void renew(), leaseMs / 4);
  await renew();
  return {
    isLeaseFresh: () => isFresh,
    async close() {
      // The lease is renewed until the last job has ended.
      await term.end();
      clearInterval(renewal);
      clearTimeout(expiry);
      await releaseLease(lease, log);
      redis.disconnect();
    },
  };
}

interface Leases {
  readonly ledger: Lease;
  readonly lease: Lease;
}

/** Renews both leases and acts on the result. Returns whether Redis answered. */
async function renewLeases(
  { ledger, lease }: Leases,
  term: Leadership,
  log: Log,
): Promise<boolean> {
  try {
    const foreign = (await ledger.hold()) === 'foreign';
    if (foreign) log.error('workers with another ledger now own the queue');
    await term.update(foreign ? 'foreign' : await lease.hold());
    return true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    log.error('leader election error', { problem: error.message });
    await releaseLease(lease, log);
    return false;
  }
}

/** If Redis refuses this too, the lease expires by itself. */
async function releaseLease(lease: Lease, log: Log): Promise<void> {
  try {
    await finishesWithin(GOODBYE_MS, lease.release());
  } catch (error) {
    if (!isRedisError(error)) throw error;
    log.warn('could not release the leader lease; it expires by itself', {
      problem: error.message,
    });
  }
}

function otherLedger(key: string): Failure {
  return new Failure('config', 'the workers of this queue write to another ledger', {
    expected: 'the same ledger for all workers that may write',
    hint:
      'start this worker with --role hands, which needs no ledger, or ' +
      'use the same ledger. ' +
      `If that ledger is lost permanently, ' + 'stop all workers and delete the key ${key} in ` +
      'Redis',
  });
}
