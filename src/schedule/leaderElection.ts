/** Leader election: a worker becomes the leader, does its work, and passes leadership on. */

import { Failure } from '../domain/failure.ts';
import { DAY_MS } from '../domain/period.ts';
import type { Log } from '../platform/log.ts';
import { type Clock, finishesWithin } from '../platform/clock.ts';
import { connectRedis, isRedisError, keyPrefix, type RedisLocation } from './redis.ts';
import type { RunningWorker } from './worker.ts';
import type { Cluster, Redis } from 'ioredis';

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
  const { place, holder, ledger: fencedLedger, log, leaseMs = LEASE_MS } = options;
  const ledgerId = await fencedLedger.ledgerId();
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
      'use the same ledger, or another redis.prefix for another installation. If that ledger is ' +
      `lost permanently, stop all workers and delete the key ${key} in Redis`,
  });
}

/** The write lock of the ledger. */
export interface FencedLedger {
  ledgerId(): Promise<string>;
  /**
   * Takes the write lock. Writes of the previous holder fail from now on. Returns the fencing
   * token.
   */
  takeWriteLock(holder: string, nowMs: number): Promise<number>;
  /** Whether no other worker has taken the lock since. */
  holdsWriteLock(): Promise<boolean>;
  releaseWriteLock(): Promise<void>;
}

/** The part of a running worker that depends on leadership. */
type LeaderWork = Pick<RunningWorker, 'addBacklog' | 'close'>;

export interface LeadershipOptions {
  /** Unique among the workers. */
  readonly holder: string;
  readonly ledger: FencedLedger;
  readonly clock: Clock;
  readonly log: Log;
  /** Starts the work of the leader. */
  startWork(): Promise<LeaderWork>;
}

export interface Leadership {
  /** Takes the newest state of the lease, and starts or stops the work accordingly. */
  update(leaseState: LeaseResult): Promise<void>;
  /** Stops the work for good. */
  end(): Promise<void>;
}

function createLeadership(options: LeadershipOptions): Leadership {
  const state: State = { isLeader: false, isEnding: false };
  return {
    async update(leaseState) {
      state.isLeader = leaseState !== 'foreign';
      const { isLeader, worker } = state;
      if (isLeader && worker !== undefined) await checkLeadership(worker, leaseState, options);
      await settleOnce(state, options);
    },
    async end() {
      state.isEnding = true;
      await settleOnce(state, options);
    },
  };
}

interface State {
  isLeader: boolean;
  isEnding: boolean;
  worker?: LeaderWork;
  settling?: Promise<void>;
}

/** Restores what a running leader may have lost: the write lock, or jobs in Redis. */
async function checkLeadership(
  worker: LeaderWork,
  leaseState: LeaseResult,
  options: LeadershipOptions,
): Promise<void> {
  const { ledger, holder, clock, log } = options;
  // A previous leader may have taken the lock again, late.
  if (!(await ledger.holdsWriteLock())) {
    log.warn('restoring the write lock of the ledger', { holder });
    await ledger.takeWriteLock(holder, clock.nowMs());
  }
  if (leaseState !== 'taken') return;
  log.warn('Redis lost the leader lease and possibly its jobs; adding the jobs that are due');
  await worker.addBacklog();
}

/** Starts or stops the work as needed. Concurrent calls share one run. */
function settleOnce(state: State, options: LeadershipOptions): Promise<void> {
  state.settling ??= settle(state, options).finally(() => {
    delete state.settling;
  });
  return state.settling;
}

async function settle(state: State, options: LeadershipOptions): Promise<void> {
  for (;;) {
    const wanted = state.isLeader && !state.isEnding;
    if (wanted && state.worker === undefined) state.worker = await begin(options);
    else if (!wanted && state.worker !== undefined) await finish(state, state.worker, options);
    else return;
  }
}

async function begin(options: LeadershipOptions): Promise<LeaderWork> {
  const { ledger, holder, clock, log } = options;
  const token = await ledger.takeWriteLock(holder, clock.nowMs());
  log.info('this worker is now the leader', { holder, token });
  try {
    return await options.startWork();
  } catch (error) {
    await ledger.releaseWriteLock();
    throw error;
  }
}

async function finish(state: State, worker: LeaderWork, options: LeadershipOptions): Promise<void> {
  if (!state.isLeader) {
    options.log.warn('another worker is now the leader', { holder: options.holder });
    // Running jobs must stop writing, because the fence would reject it.
    await options.ledger.releaseWriteLock();
  }
  await worker.close();
  await options.ledger.releaseWriteLock();
  delete state.worker;
}

/** The lease expires if its holder stops renewing it. */
export interface Lease {
  /**
   * Takes the lease if it is free and renews it if we hold it. It counts as free if Redis lost its
   * data. A holder that gets `taken` therefore knows that Redis lost it.
   */
  hold(): Promise<LeaseResult>;
  /** Releases the lease if we hold it. */
  release(): Promise<void>;
}

export type LeaseResult = 'taken' | 'kept' | 'foreign';

export interface LeaseOptions {
  readonly redis: Redis | Cluster;
  readonly key: string;
  /** Unique among the workers. */
  readonly holder: string;
  readonly forMs: number;
}

const HOLD = `
local holder = redis.call('GET', KEYS[1])
if holder == false or holder == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  if holder == false then return 'taken' end
  return 'kept'
end
return 'foreign'`;

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

export function createLease({ redis, key, holder, forMs }: LeaseOptions): Lease {
  return {
    hold: async () => (await redis.eval(HOLD, 1, key, holder, forMs)) as LeaseResult,
    release: async () => void (await redis.eval(RELEASE, 1, key, holder)),
  };
}
