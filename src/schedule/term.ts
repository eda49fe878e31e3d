/** What a worker does while it is the leader, and how that ends. */

import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Held } from './lease.ts';
import type { RunningWorker } from './worker.ts';

/** The ledger, as far as the role goes. */
export interface Desk {
  ledgerId(): Promise<string>;
  /** From here on this worker's writes count, and those of the one before fail. */
  takeWriting(holder: string, nowMs: number): Promise<number>;
  /** Has nobody taken it since? */
  holdsWriting(): Promise<boolean>;
  leaveWriting(): Promise<void>;
}

/** Of a running worker, what bears on the role. */
type Works = Pick<RunningWorker, 'orderOwed' | 'close'>;

export interface TermWish {
  /** Who we are; nobody else may call itself so. */
  readonly holder: string;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly log: Log;
  /** Begins the work of the one that writes. */
  work(): Promise<Works>;
}

export interface Term {
  /** Tells whose the role is now; begins or ends the work accordingly. */
  turn(held: Held): Promise<void>;
  /** Ends the work for good. */
  end(): Promise<void>;
}

export function createTerm(wish: TermWish): Term {
  const state: State = { ours: false, ending: false };
  return {
    async turn(held) {
      state.ours = held !== 'foreign';
      const { ours, worker } = state;
      if (ours && worker !== undefined) await keepOn(worker, held, wish);
      await settled(state, wish);
    },
    async end() {
      state.ending = true;
      await settled(state, wish);
    },
  };
}

interface State {
  ours: boolean;
  ending: boolean;
  worker?: Works;
  settling?: Promise<void>;
}

/** What may have happened behind the back of the one that works. */
async function keepOn(worker: Works, held: Held, wish: TermWish): Promise<void> {
  const { desk, holder, clock, log } = wish;
  // One that lost the role may have taken the pen once more, late; it is ours.
  if (!(await desk.holdsWriting())) {
    log.warn('restoring the write lock of the ledger', { holder });
    await desk.takeWriting(holder, clock.nowMs());
  }
  if (held !== 'taken') return;
  log.warn('Redis lost the leader lease and possibly its jobs; adding the jobs that are due');
  await worker.orderOwed();
}

/** Brings what is into line with what should be; begun once, however often it is asked for. */
function settled(state: State, wish: TermWish): Promise<void> {
  state.settling ??= settle(state, wish).finally(() => {
    delete state.settling;
  });
  return state.settling;
}

async function settle(state: State, wish: TermWish): Promise<void> {
  for (;;) {
    const wanted = state.ours && !state.ending;
    if (wanted && state.worker === undefined) state.worker = await begin(wish);
    else if (!wanted && state.worker !== undefined) await finish(state, state.worker, wish);
    else return;
  }
}

async function begin(wish: TermWish): Promise<Works> {
  const { desk, holder, clock, log } = wish;
  const token = await desk.takeWriting(holder, clock.nowMs());
  log.info('this worker is now the leader', { holder, token });
  try {
    return await wish.work();
  } catch (error) {
    await desk.leaveWriting();
    throw error;
  }
}

async function finish(state: State, worker: Works, wish: TermWish): Promise<void> {
  if (!state.ours) {
    wish.log.warn('another worker is now the leader', { holder: wish.holder });
    // What still runs must not even try: the fence would refuse it.
    await wish.desk.leaveWriting();
  }
  await worker.close();
  await wish.desk.leaveWriting();
  delete state.worker;
}
