/** Knows what a worker does while the writer's role is its own, and how that ends. */

import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
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

export interface TermWish {
  /** Who we are; nobody else may call itself so. */
  readonly holder: string;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly log: Log;
  /** Begins the work of the one that writes. */
  work(): Promise<RunningWorker>;
}

export interface Term {
  /** Tells whether the role is ours now; begins or ends the work accordingly. */
  turn(ours: boolean): Promise<void>;
  /** Ends the work for good. */
  end(): Promise<void>;
}

export function createTerm(wish: TermWish): Term {
  const { desk, holder, clock, log } = wish;
  let ours = false;
  let ending = false;
  let worker: RunningWorker | undefined;
  let settling: Promise<void> | undefined;

  const begin = async () => {
    const token = await desk.takeWriting(holder, clock.nowMs());
    log.info('this worker writes now', { holder, token });
    try {
      worker = await wish.work();
    } catch (error) {
      await desk.leaveWriting();
      throw error;
    }
  };
  const finish = async (running: RunningWorker) => {
    if (!ours) {
      log.warn('another worker writes now', { holder });
      // What still runs must not even try: the fence would refuse it.
      await desk.leaveWriting();
    }
    await running.close();
    await desk.leaveWriting();
    worker = undefined;
  };
  const settle = async () => {
    for (;;) {
      const wanted = ours && !ending;
      if (wanted && worker === undefined) await begin();
      else if (!wanted && worker !== undefined) await finish(worker);
      else return;
    }
  };
  // Begun once, however often it is asked for meanwhile.
  const settled = () => {
    settling ??= settle().finally(() => {
      settling = undefined;
    });
    return settling;
  };
  return {
    async turn(now) {
      ours = now;
      // One that lost the role may have taken the pen once more, late: it is ours.
      if (ours && worker !== undefined && !(await desk.holdsWriting())) {
        log.warn('taking the pen back', { holder });
        await desk.takeWriting(holder, clock.nowMs());
      }
      await settled();
    },
    async end() {
      ending = true;
      await settled();
    },
  };
}
