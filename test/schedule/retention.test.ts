/** The queue keeps its records as long as needed, and does not fill up. */

import { once } from 'node:events';
import type { Cluster, Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { DAY_MS } from '../../src/domain/period.ts';
import type { JobResult } from '../../src/jobs/job.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { createRedactor } from '../../src/platform/redact.ts';
import { openQueue, type OpenQueue, QUEUE_NAME } from '../../src/schedule/queue.ts';
import { connectRedis } from '../../src/schedule/redis.ts';
import { startWorker } from '../../src/schedule/worker.ts';
import { queueStage } from '../support/queueStage.ts';

const log = createLog({
  level: 'silent',
  clock: systemClock,
  redactor: createRedactor([]),
  write: () => undefined,
});
const done: JobResult = { kind: 'done', result: undefined, shortfalls: [] };
const PULL = { name: 'pull', payload: z.strictObject({ source: z.string() }) };
const payload = { source: 'a' };

const on = queueStage();
let client: Redis | Cluster;
const { open } = on;

beforeEach(() => {
  client = connectRedis(on.place);
});
afterEach(() => client.disconnect());

/** A worker of pulls that all run this function, and its queue. */
async function working(run: () => JobResult): Promise<OpenQueue> {
  const jobs = [{ ...PULL, run: async () => run() }];
  const context = { progress: () => undefined };
  open.push(
    await startWorker({ place: on.place, jobs, context, clock: systemClock, log, timetable: [] }),
  );
  const queue = openQueue({ place: on.place, jobs, log });
  open.push(queue);
  return queue;
}

it('a sample is removed at once, but not its request record, nor any other job', async () => {
  let ran = 0;
  const queue = await working(() => {
    ran += 1;
    return done;
  });
  const runs = async (id: string) => {
    await queue.add({ name: 'pull', payload, id });
    await expect.poll(() => queue.state(id)).toMatchObject({ state: 'done' });
  };
  await runs('yesterday');
  const ended = `${on.place.prefix}:${QUEUE_NAME}:completed`;
  await client.zadd(ended, Date.now() - DAY_MS, 'yesterday');
  const sample = { name: 'pull', payload, id: 'sample', rememberMs: 7_200_000 };
  await queue.add(sample);
  await expect.poll(() => ran).toBe(2);
  await expect.poll(() => queue.state('sample')).toBeUndefined();
  await queue.add(sample);
  await runs('last');
  expect(ran).toBe(3);
  expect(await queue.state('yesterday')).toMatchObject({ state: 'done' });
});

it('a thousand failures and one trace of each are kept, however long it runs', async () => {
  let tries = 0;
  const queue = await working(() => {
    tries += 1;
    if (tries < 3) return { kind: 'retry', reason: 'busy', afterMs: 1 };
    return { kind: 'never', reason: 'gone' };
  });
  const failures = `${on.place.prefix}:${QUEUE_NAME}:failed`;
  const older = Array.from({ length: 1_005 }, (_, at) => [Date.now() - 2_000 + at, `f${at}`]);
  await client.zadd(failures, ...older.flat());
  const over = once(on.events, 'failed');
  await queue.add({ name: 'pull', payload, id: 'wordy' });
  await over;
  const failed = await on.bullQueue.getJob('wordy');
  expect(failed).toMatchObject({ failedReason: 'gone', attemptsMade: 3 });
  expect(failed?.stacktrace).toHaveLength(1);
  expect(await client.zcard(failures)).toBe(1_000);
});

it('the queue does not mistake its own keys for jobs', async () => {
  const queue = openQueue({ place: on.place, jobs: [PULL], log });
  open.push(queue);
  await queue.add({ name: 'pull', payload, id: 'one' });
  for (const key of ['meta', 'events', 'id', 'wait']) {
    expect(await queue.state(key)).toBeUndefined();
  }
  expect(await queue.state('one')).toMatchObject({ state: 'waiting' });
});
