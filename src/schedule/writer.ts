/** How a worker becomes the leader, does its work, and passes leadership on. */

import { Failure } from '../domain/failure.ts';
import { DAY_MS } from '../domain/period.ts';
import type { Log } from '../platform/log.ts';
import { atMost } from '../platform/atMost.ts';
import { type Lease, leaseOf } from './lease.ts';
import { connect, isOfRedis, prefixOf, type QueuePlace } from './redis.ts';
import { createTerm, type Term, type TermWish } from './term.ts';

/** How long the role stays with a worker that is not heard of; renewed four times as often. */
const LEASE_MS = 20_000;
/** How long a queue remembers whose ledger it serves when no worker comes any more. */
const LEDGER_KNOWN_MS = 30 * DAY_MS;
/** How long a goodbye may take where Redis does not answer. */
const GOODBYE_MS = 2_000;

export interface CandidateWish extends TermWish {
  readonly place: QueuePlace;
  /** Shorter where a test must not wait. */
  readonly leaseMs?: number;
}

export interface Candidate {
  /** False as soon as the lease may have run out unnoticed: another worker may write then. */
  isLeaseFresh(): boolean;
  /** Ends the work as the running worker does, then frees the role for the next one at once. */
  close(): Promise<void>;
}

/**
 * Stands for the role until it is closed: whenever no other worker holds it, this one takes it.
 * The lease in Redis chooses; the token in the ledger makes sure that an earlier holder, however
 * late it wakes up, writes nothing more.
 * @throws {Failure} `config` where the queue belongs to workers with another ledger.
 */
export async function standForWriter(wish: CandidateWish): Promise<Candidate> {
  const { place, holder, desk, log, leaseMs = LEASE_MS } = wish;
  const ledgerId = await desk.ledgerId();
  const redis = connect(place);
  redis.on('error', (error: Error) =>
    log.warn('leader election error', { problem: error.message }),
  );
  const keyOf = (what: string) => `${prefixOf(place)}:rentcheck-${what}`;
  const lease = leaseOf({ redis, key: keyOf('writer'), holder, forMs: leaseMs });
  const ledger = leaseOf({
    redis,
    key: keyOf('ledger'),
    holder: ledgerId,
    forMs: LEDGER_KNOWN_MS,
  });
  if ((await ledger.hold()) === 'foreign') {
    redis.disconnect();
    throw otherLedger(keyOf('ledger'));
  }
  const term = createTerm(wish);
  let isFresh = false;
  let runsOut: NodeJS.Timeout | undefined;
  const renew = async () => {
    if (!(await ask({ ledger, lease }, term, log))) return;
    isFresh = true;
    clearTimeout(runsOut);
    runsOut = setTimeout(() => {
      isFresh = false;
    }, leaseMs);
  };
  const asking = setInterval(() => void renew(), leaseMs / 4);
  await renew();
  return {
    isLeaseFresh: () => isFresh,
    async close() {
      // The lease is renewed until the last job has ended.
      await term.end();
      clearInterval(asking);
      clearTimeout(runsOut);
      await letGo(lease, log);
      redis.disconnect();
    },
  };
}

interface Leases {
  readonly ledger: Lease;
  readonly lease: Lease;
}

/** Whether Redis answered; what follows from its answer is done. */
async function ask({ ledger, lease }: Leases, term: Term, log: Log): Promise<boolean> {
  try {
    const foreign = (await ledger.hold()) === 'foreign';
    if (foreign) log.error('workers with another ledger now own the queue');
    await term.turn(foreign ? 'foreign' : await lease.hold());
    return true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    log.error('leader election error', { problem: error.message });
    await letGo(lease, log);
    return false;
  }
}

/** A Redis that refuses this, too, forgets the role by itself when its time is over. */
async function letGo(lease: Lease, log: Log): Promise<void> {
  try {
    await atMost(GOODBYE_MS, lease.release());
  } catch (error) {
    if (!isOfRedis(error)) throw error;
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
