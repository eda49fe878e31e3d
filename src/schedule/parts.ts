/** Reads the parts and the log of a queued job. */

import type { Queue } from 'bullmq';
import type { QueuedJob } from '../domain/queuedJob.ts';
import { type OpenQueue, QUEUE_NAME } from './queue.ts';

/** The parts of a job, finished or not, in the order in which they were added. */
export async function readJobParts(queue: OpenQueue, id: string): Promise<QueuedJob[]> {
  const ids = await partIds(queue.bullQueue, id);
  const parts = await Promise.all(ids.map((part) => queue.state(part)));
  return parts
    .filter((part) => part !== undefined)
    .sort((a, b) => a.addedAtMs - b.addedAtMs || (a.id < b.id ? -1 : 1));
}

/** The log lines of a job so far. */
export async function readJobLog({ bullQueue }: OpenQueue, id: string): Promise<readonly string[]> {
  return (await bullQueue.getJobLogs(id)).logs;
}

async function partIds(board: Queue, id: string): Promise<string[]> {
  const job = await board.getJob(id);
  if (job === undefined) return [];
  const { processed = {}, ignored = {}, unprocessed = [] } = await job.getDependencies();
  const keys = [...Object.keys(processed), ...Object.keys(ignored), ...unprocessed];
  // A key is `PREFIX:rentcheck:ID`, and an id contains no colon.
  return [
    ...new Set(
      keys.map((key) => key.slice(key.lastIndexOf(`:${QUEUE_NAME}:`) + QUEUE_NAME.length + 2)),
    ),
  ];
}
