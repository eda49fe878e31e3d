/** A worker whose connections to Redis stay open but carry no more data. */

import { Queue } from 'bullmq';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../src/platform/clock.ts';
import type { Log } from '../../src/platform/log.ts';
import { QUEUE_NAME } from '../../src/schedule/queue.ts';
import { queueOptions } from '../../src/schedule/redis.ts';
import { startWorker } from '../../src/schedule/worker.ts';
import { joinLeaderElection } from '../../src/schedule/leaderElection.ts';
import { startSilentProxy } from '../support/silentProxy.ts';
import { startRedisServer } from '../support/redisServers.ts';

const LEASE_MS = 1_000;
/** BullMQ's normal wait for a job would be too long here. */
const SILENT_MS = 1_500;
const QUIET: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A worker that reaches Redis through a proxy, and a queue that reaches it directly. */
async function stage() {
  const redis = await startRedisServer();
  const proxy = await startSilentProxy(redis.port);
  const done: string[] = [];
  const job = {
    name: 'note',
    payload: z.strictObject({ word: z.string() }),
    async run(_: unknown, payload: unknown) {
      done.push((payload as { word: string }).word);
      return { kind: 'done', result: undefined, shortfalls: [] } as const;
    },
  };
  const place = { address: `redis://127.0.0.1:${proxy.port}`, silentMs: SILENT_MS };
  let token = 0;
  const desk = {
    ledgerId: async () => 'ledger',
    takeWriteLock: async () => (token += 1),
    holdsWriteLock: async () => true,
    releaseWriteLock: async () => undefined,
  };
  const options = { place, clock: systemClock, log: QUIET };
  const context = { progress: () => undefined };
  const candidate = await joinLeaderElection({
    ...options,
    holder: 'one',
    ledger: desk,
    leaseMs: LEASE_MS,
    startWork: () =>
      startWorker({ ...options, jobs: [job], context, timetable: [], lockMs: 2_000 }),
  });
  const queue = new Queue(QUEUE_NAME, queueOptions({ address: `redis://127.0.0.1:${redis.port}` }));
  onTestFinished(async () => {
    proxy.resume();
    await candidate.close();
    await queue.close();
    await proxy.close();
    await redis.kill();
  });
  const ask = (word: string) => queue.add('note', { word });
  return { proxy, candidate, done, ask };
}

test('connections that went silent are closed, and the next job is done', async () => {
  const { proxy, done, ask } = await stage();
  await ask('before');
  await expect.poll(() => done).toEqual(['before']);
  proxy.cut();
  await ask('after');
  await expect.poll(() => done).toEqual(['before', 'after']);
});

test('a worker that cannot renew its lease does not report itself as the writer', async () => {
  const { proxy, candidate, done, ask } = await stage();
  expect(candidate.isLeaseFresh()).toBe(true);
  proxy.silence();
  await expect.poll(() => candidate.isLeaseFresh()).toBe(false);
  await ask('meanwhile');
  expect(done).toEqual([]);
  proxy.resume();
  await expect.poll(() => candidate.isLeaseFresh()).toBe(true);
  await expect.poll(() => done).toEqual(['meanwhile']);
});
