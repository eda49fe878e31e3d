/** The parts of a job that waits for them, and what it and they said. */

import type { Queue } from 'bullmq';
import type { QueuedJob } from '../domain/queuedJob.ts';
import { type OpenQueue, QUEUE } from './queue.ts';

/** Jobs that this one waited for or waits for, in the order in which they were added. */
export async function partsOf(queue: OpenQueue, id: string): Promise<QueuedJob[]> {
  const ids = await partIds(queue.board, id);
  const parts = await Promise.all(ids.map((part) => queue.state(part)));
  return parts
    .filter((part) => part !== undefined)
    .sort((a, b) => a.addedAtMs - b.addedAtMs || (a.id < b.id ? -1 : 1));
}

/** What a job said so far, a line each. */
export async function linesOf({ board }: OpenQueue, id: string): Promise<readonly string[]> {
  return (await board.getJobLogs(id)).logs;
}

async function partIds(board: Queue, id: string): Promise<string[]> {
  const job = await board.getJob(id);
  if (job === undefined) return [];
  const { processed = {}, ignored = {}, unprocessed = [] } = await job.getDependencies();
  const keys = [...Object.keys(processed), ...Object.keys(ignored), ...unprocessed];
  // A key is `PREFIX:rentcheck:ID`, and an id holds no colon.
  return [
    ...new Set(keys.map((key) => key.slice(key.lastIndexOf(`:${QUEUE}:`) + QUEUE.length + 2))),
  ];
}
