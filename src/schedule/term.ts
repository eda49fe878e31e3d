/** What a worker does when it becomes the leader, and when it stops being it. */

import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Held } from './lease.ts';
import type { RunningWorker } from './worker.ts';

/** The write lock of the ledger. */
export interface Desk {
  ledgerId(): Promise<string>;
  /**
   * Takes the write lock. Writes of the previous holder fail from now on. Returns the fencing
   * token.
   */
  takeWriting(holder: string, nowMs: number): Promise<number>;
  /** Whether no other worker has taken the lock since. */
  holdsWriting(): Promise<boolean>;
  leaveWriting(): Promise<void>;
}

/** The part of a running worker that depends on leadership. */
type LeaderWork = Pick<RunningWorker, 'orderOwed' | 'close'>;

export interface TermWish {
  /** Unique among the workers. */
  readonly holder: string;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly log: Log;
  /** Starts the work of the leader. */
  work(): Promise<LeaderWork>;
}

export interface Term {
  /** Takes the newest state of the lease, and starts or stops the work accordingly. */
  turn(leaseState: Held): Promise<void>;
  /** Stops the work for good. */
  end(): Promise<void>;
}

export function createTerm(options: TermWish): Term {
  const state: State = { isLeader: false, isEnding: false };
  return {
    async turn(leaseState) {
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
  leaseState: Held,
  options: TermWish,
): Promise<void> {
  const { desk, holder, clock, log } = options;
  // A previous leader may have taken the lock again, late.
  if (!(await desk.holdsWriting())) {
    log.warn('restoring the write lock of the ledger', { holder });
    await desk.takeWriting(holder, clock.nowMs());
  }
  if (leaseState !== 'taken') return;
  log.warn('Redis lost the leader lease and possibly its jobs; adding the jobs that are due');
  await worker.orderOwed();
}

/** Starts or stops the work as needed. Concurrent calls share one run. */
function settleOnce(state: State, options: TermWish): Promise<void> {
  state.settling ??= settle(state, options).finally(() => {
    delete state.settling;
  });
  return state.settling;
}

async function settle(state: State, options: TermWish): Promise<void> {
  for (;;) {
    const wanted = state.isLeader && !state.isEnding;
    if (wanted && state.worker === undefined) state.worker = await begin(options);
    else if (!wanted && state.worker !== undefined) await finish(state, state.worker, options);
    else return;
  }
}

async function begin(options: TermWish): Promise<LeaderWork> {
  const { desk, holder, clock, log } = options;
  const token = await desk.takeWriting(holder, clock.nowMs());
  log.info('this worker is now the leader', { holder, token });
  try {
    return await options.work();
  } catch (error) {
    await desk.leaveWriting();
    throw error;
  }
}

async function finish(state: State, worker: LeaderWork, options: TermWish): Promise<void> {
  if (!state.isLeader) {
    options.log.warn('another worker is now the leader', { holder: options.holder });
    // Running jobs must stop writing, because the fence would reject it.
    await options.desk.leaveWriting();
  }
  await worker.close();
  await options.desk.leaveWriting();
  delete state.worker;
}
