/** How a job's four outcomes are reported to BullMQ. */

import {
  DelayedError,
  type Job as QueuedJob,
  UnrecoverableError,
  WaitingChildrenError,
} from 'bullmq';
import { PATIENCE_MS } from '../domain/answers.ts';
import type { Figures } from '../jobs/engine.ts';
import type { Answer } from '../jobs/job.ts';
import type { Log } from '../platform/log.ts';
import type { Done } from './done.ts';
import { figuresOf, type Progressing, type Runnable, runInline, type Workshop } from './inline.ts';
import { type Pending, progressOf } from './progress.ts';
import { ATTEMPTS, type OpenQueue } from './queue.ts';
import { queueEngine } from './queueEngine.ts';
import { queueTime } from './queueTime.ts';
import { isOfRedis } from './redis.ts';

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
  readonly log: Log;
}

/** A shop with the queue that its jobs may add to. */
export interface QueueShop<Context extends Progressing> extends Shop<Context> {
  readonly queue: OpenQueue;
}

export function processorOf<Context extends Progressing>(shop: QueueShop<Context>) {
  const { clock, queue } = shop;
  return async (queued: QueuedJob, token?: string): Promise<Done> => {
    const engine = queueEngine({ queued, token, queue, nowMs: () => clock.nowMs() });
    const said = progressOf(queued, shop.log);
    const context = { ...shop.context, progress: said.progress, engine };
    const answer = await runOrDie({ ...shop, context }, queued, said);
    const job = shop.jobs.find(({ name }) => name === queued.name);
    const figures = job === undefined ? {} : figuresOf(job, answer);
    return settle(answer, { queued, token, nowMs: clock.nowMs(), figures, job });
  };
}

async function runOrDie<Context extends Progressing>(
  shop: Shop<Context>,
  queued: QueuedJob,
  said: Pending,
): Promise<Answer> {
  try {
    return await runInline(shop, queued.name, queued.data);
  } catch (error) {
    if (error instanceof WaitingChildrenError || error instanceof DelayedError) throw error;
    if (isOfRedis(error)) return { kind: 'retry', reason: `Redis: ${error.message} [unavailable]` };
    // A bug: another try would only repeat it.
    const bug = error instanceof Error ? error : new Error(String(error));
    shop.log.error('job failed with a bug', { job: queued.name, id: queued.id, stack: bug.stack });
    throw new UnrecoverableError(`bug: ${bug.message}`);
  } finally {
    await said.settled();
  }
}

interface Settling {
  readonly queued: QueuedJob;
  readonly token: string | undefined;
  readonly nowMs: number;
  readonly figures: Figures;
  readonly job: Pick<Runnable<never>, 'patienceMs'> | undefined;
}

async function settle(answer: Answer, settling: Settling): Promise<Done> {
  const { queued, nowMs, figures } = settling;
  switch (answer.kind) {
    case 'done':
      return { shortfalls: answer.shortfalls, figures };
    case 'retry':
      return tryAgain(answer, settling);
    case 'later': {
      const patienceMs = settling.job?.patienceMs ?? PATIENCE_MS;
      const atMs = queueTime(answer.atMs, nowMs);
      if (atMs > queued.timestamp + patienceMs) throw new UnrecoverableError(answer.reason);
      return comeBack(answer.reason, Math.max(answer.atMs, nowMs + SHORTEST_WAIT_MS), settling);
    }
    case 'never':
      throw new UnrecoverableError(answer.reason);
  }
}

/** A job whose client named no number of attempts is tried as often as one of ours. */
function tryAgain(answer: Answer & { readonly kind: 'retry' }, settling: Settling): Promise<never> {
  const { queued, nowMs } = settling;
  const error = new TryAgain(answer.reason, answer.afterMs);
  if ((queued.opts.attempts ?? 0) > 1) throw error;
  // A job that came again because its lane was full was started more often than tried.
  const isOld = nowMs - queued.timestamp >= LONGEST_PAUSE_MS;
  if (queued.attemptsStarted >= ATTEMPTS && isOld) throw new UnrecoverableError(answer.reason);
  return comeBack(answer.reason, nowMs + pauseMs(queued.attemptsStarted, error), settling);
}

async function comeBack(reason: string, atMs: number, settling: Settling): Promise<never> {
  await settling.queued.updateProgress(`waiting: ${reason}`);
  await settling.queued.moveToDelayed(queueTime(atMs, settling.nowMs), settling.token);
  throw new DelayedError(reason);
}
