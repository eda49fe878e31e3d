/** Knows how a job's four answers are said to BullMQ. */

import { DelayedError, type Job as QueuedJob, UnrecoverableError } from 'bullmq';
import type { Answer } from '../jobs/job.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { type Progressing, runInline, type Workshop } from './inline.ts';

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;
const SHORTEST_WAIT_MS = 1_000;

/** Try again; not before `afterMs` where the other side said so. */
class TryAgain extends Error {
  override readonly name = 'TryAgain';
  readonly afterMs: number | undefined;

  constructor(reason: string, afterMs: number | undefined) {
    super(reason);
    this.afterMs = afterMs;
  }
}

/**
 * The pause before the next try: 30 s, 1 min, 2 min … an hour, or what the other side asked for.
 */
export function pauseMs(triesMade: number, error?: Error): number {
  if (error instanceof TryAgain && error.afterMs !== undefined) return error.afterMs;
  return Math.min(FIRST_PAUSE_MS * 2 ** (triesMade - 1), LONGEST_PAUSE_MS);
}

export interface Shop<Context extends Progressing> extends Workshop<Context> {
  readonly clock: Clock;
  readonly log: Log;
}

/** What BullMQ remembers of a job that was done; results themselves are in the ledger. */
export interface Done {
  readonly shortfalls: readonly string[];
}

export function processorOf<Context extends Progressing>({ log, clock, ...shop }: Shop<Context>) {
  return async (queued: QueuedJob, token?: string): Promise<Done> => {
    const progress = (message: string) => {
      queued.log(message).catch((error: Error) => {
        log.warn('a line of progress is lost', { job: queued.name, problem: error.message });
      });
    };
    const context = { ...shop.context, progress };
    const answer = await runOrDie({ jobs: shop.jobs, context }, queued, log);
    return settle(answer, { queued, token, nowMs: clock.nowMs() });
  };
}

async function runOrDie<Context extends Progressing>(
  workshop: Workshop<Context>,
  queued: QueuedJob,
  log: Log,
): Promise<Answer> {
  try {
    return await runInline(workshop, queued.name, queued.data);
  } catch (error) {
    // A bug: another try would only repeat it.
    const bug = error instanceof Error ? error : new Error(String(error));
    log.error('a job died of a bug', { job: queued.name, id: queued.id, stack: bug.stack });
    throw new UnrecoverableError(`a bug: ${bug.message}`);
  }
}

interface Settling {
  readonly queued: QueuedJob;
  readonly token: string | undefined;
  readonly nowMs: number;
}

async function settle(answer: Answer, { queued, token, nowMs }: Settling): Promise<Done> {
  switch (answer.kind) {
    case 'done':
      return { shortfalls: answer.shortfalls };
    case 'retry':
      throw new TryAgain(answer.reason, answer.afterMs);
    case 'later':
      await queued.moveToDelayed(Math.max(answer.atMs, nowMs + SHORTEST_WAIT_MS), token);
      throw new DelayedError(answer.reason);
    case 'never':
      throw new UnrecoverableError(answer.reason);
  }
}
