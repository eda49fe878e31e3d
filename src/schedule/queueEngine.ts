/**
 * How a job waits for its parts on a queue: as their parent, which gives up its place and is
 * begun again when all have ended.
 */

import { DelayedError, type Job, type Queue, WaitingChildrenError } from 'bullmq';
import type { Engine, Outcome, Task } from '../jobs/engine.ts';
import type { Done } from './done.ts';
import { type OpenQueue, optionsOf } from './queue.ts';
import { queueTime } from './queueTime.ts';

/** How soon a parent looks again after parts that it is not the parent of. */
const LOOK_AGAIN_MS = 1_000;

interface Parent {
  readonly queued: Job;
  readonly token: string | undefined;
  readonly queue: OpenQueue;
  readonly nowMs: () => number;
}

export function queueEngine(parent: Parent): Engine {
  const { queued, queue } = parent;
  const idOf = (step: string, { key }: Pick<Task, 'key'>) =>
    `${queued.id}/${step}/${key}`.replaceAll(':', '');
  return {
    async all(step, tasks) {
      const parts = tasks.map((task) => ({ task, id: idOf(step, task) }));
      for (const { task, id } of parts) {
        if ((await queue.board.getJob(id)) === undefined) await addPart(parent, task, id);
      }
      const found = await Promise.all(parts.map((part) => outcomeOf(queue.board, part)));
      const ended = found.filter((outcome) => outcome !== undefined);
      if (ended.length === tasks.length) return ended;
      return wait(parent);
    },
    async begun(step) {
      const { processed, unprocessed, ignored } = await queued.getDependencies();
      const keys = [...Object.keys(processed ?? {}), ...Object.keys(ignored ?? {})];
      // Named by its beginning: a source may be called like a step.
      const first = `:${idOf(step, { key: '' })}`;
      return [...keys, ...(unprocessed ?? [])].some((key) => key.includes(first));
    },
    async order(orders) {
      for (const order of orders) await queue.add(order);
    },
  };
}

/** A part that fails is counted as ended: what follows from it is the parent's to say. */
async function addPart({ queued, queue }: Parent, task: Task, id: string): Promise<void> {
  await queue.board.add(task.name, task.payload, {
    ...optionsOf({ id }),
    parent: { id: String(queued.id), queue: queued.queueQualifiedName },
    ignoreDependencyOnFailure: true,
    telemetry: { metadata: runOf(queued) },
  });
}

/** One id through a whole run: the root's. */
function runOf(queued: Pick<Job, 'id' | 'opts'>): string {
  return queued.opts.telemetry?.metadata ?? String(queued.id);
}

async function outcomeOf(
  board: Queue,
  { task, id }: { task: Task; id: string },
): Promise<Outcome | undefined> {
  // First where it stands, then the rest: an end that comes in between has its result by then.
  const state = await board.getJobState(id);
  const part = await board.getJob(id);
  if (part === undefined) return undefined;
  if (state === 'failed') return { kind: 'failed', task, reason: part.failedReason ?? 'it failed' };
  if (state !== 'completed') return undefined;
  const { shortfalls, figures } = part.returnvalue as Done;
  return { kind: 'done', task, shortfalls, figures };
}

/** Never returns: BullMQ takes the error for the word that the job waits. */
async function wait({ queued, token, nowMs }: Parent): Promise<never> {
  if (await queued.moveToWaitingChildren(token ?? '')) throw new WaitingChildrenError();
  // All parts have ended meanwhile, or they belong to an earlier life of this job: look again.
  const now = nowMs();
  await queued.moveToDelayed(queueTime(now + LOOK_AGAIN_MS, now), token);
  throw new DelayedError();
}
