/**
 * An engine on the queue: a job waits for its parts as their BullMQ parent. It frees its slot and
 * runs again when all parts have ended.
 */

import { DelayedError, type Job, type Queue, WaitingChildrenError } from 'bullmq';
import type { JobEngine, Task, TaskOutcome } from '../jobs/job.ts';
import { type JobReturnValue, type OpenQueue, toJobOptions, toQueueTime } from './queue.ts';

/** Polling interval for parts that belong to another parent. */
const LOOK_AGAIN_MS = 1_000;

interface Parent {
  readonly queued: Job;
  readonly token: string | undefined;
  readonly queue: OpenQueue;
  readonly nowMs: () => number;
}

export function createQueueEngine(parent: Parent): JobEngine {
  const { queued, queue } = parent;
  const partId = (step: string, { key }: Pick<Task, 'key'>) =>
    `${queued.id}/${step}/${key}`.replaceAll(':', '');
  return {
    async runAll(step, tasks) {
      const parts = tasks.map((task) => ({ task, id: partId(step, task) }));
      for (const { task, id } of parts) {
        if ((await queue.bullQueue.getJob(id)) === undefined) await addPart(parent, task, id);
      }
      const found = await Promise.all(parts.map((part) => readOutcome(queue.bullQueue, part)));
      const ended = found.filter((outcome) => outcome !== undefined);
      if (ended.length === tasks.length) return ended;
      return wait(parent);
    },
    async hasStarted(step) {
      const { processed, unprocessed, ignored } = await queued.getDependencies();
      const keys = [...Object.keys(processed ?? {}), ...Object.keys(ignored ?? {})];
      // Match the start only: a source may have the name of a step.
      const prefix = `:${partId(step, { key: '' })}`;
      return [...keys, ...(unprocessed ?? [])].some((key) => key.includes(prefix));
    },
    async enqueue(orders) {
      for (const order of orders) await queue.add(order);
    },
  };
}

/** A failed part counts as ended. The parent decides what follows from it. */
async function addPart({ queued, queue }: Parent, task: Task, id: string): Promise<void> {
  await queue.bullQueue.add(task.name, task.payload, {
    ...toJobOptions({ id }),
    parent: { id: String(queued.id), queue: queued.queueQualifiedName },
    ignoreDependencyOnFailure: true,
    telemetry: { metadata: runId(queued) },
  });
}

/** The root job's id, which all jobs of a run share. */
function runId(queued: Pick<Job, 'id' | 'opts'>): string {
  return queued.opts.telemetry?.metadata ?? String(queued.id);
}

async function readOutcome(
  board: Queue,
  { task, id }: { task: Task; id: string },
): Promise<TaskOutcome | undefined> {
  // Read the state first: if the part ends in between, its result is there afterwards.
  const state = await board.getJobState(id);
  const part = await board.getJob(id);
  if (part === undefined) return undefined;
  if (state === 'failed') return { kind: 'failed', task, reason: part.failedReason ?? 'it failed' };
  if (state !== 'completed') return undefined;
  const { shortfalls, figures } = part.returnvalue as JobReturnValue;
  return { kind: 'done', task, shortfalls, figures };
}

/** Always throws: BullMQ reads the error as a sign that the job waits. */
async function wait({ queued, token, nowMs }: Parent): Promise<never> {
  if (await queued.moveToWaitingChildren(token ?? '')) throw new WaitingChildrenError();
  // All parts have ended meanwhile, or they belong to an earlier run of this job.
  const now = nowMs();
  await queued.moveToDelayed(toQueueTime(now + LOOK_AGAIN_MS, now), token);
  throw new DelayedError();
}
