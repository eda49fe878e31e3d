/** What a worker does when it becomes the leader, and when it stops being it. */

import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { LeaseResult } from './lease.ts';
import type { RunningWorker } from './worker.ts';

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

export function createLeadership(options: LeadershipOptions): Leadership {
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
