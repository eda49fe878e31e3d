/**
 * Any client may add a job: another Node program, or one that speaks only Redis, as a Python
 * program would.
 */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Queue, QueueEvents } from 'bullmq';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  onTestFinished,
} from 'vitest';
import { z } from 'zod';
import type { JobResult } from '../../src/jobs/job.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { createRedactor } from '../../src/platform/redact.ts';
import type { RunnableJob } from '../../src/schedule/inline.ts';
import { openQueue, QUEUE_NAME } from '../../src/schedule/queue.ts';
import { connectRedis, type RedisLocation, queueOptions } from '../../src/schedule/redis.ts';
import { type RunningWorker, startWorker } from '../../src/schedule/worker.ts';
import { LIMIT_MS } from '../support/timeouts.ts';
import { sharedRedis, type TestRedis } from '../support/redis.ts';

const program = fileURLToPath(new URL('../support/nodeClient.mjs', import.meta.url));
const run = promisify(execFile);

const context = { progress: () => undefined };

let redis: TestRedis;
let place: RedisLocation & { readonly address: string };
let watched: Queue;
let events: QueueEvents;
let worker: RunningWorker;
let tries: number;
let answers: JobResult[];

beforeAll(async () => {
  redis = await sharedRedis();
});
afterAll(() => redis.stop());

/** Returns the answers that the test has queued, then `done`. */
const audit: RunnableJob<typeof context> = {
  name: 'audit',
  payload: z.strictObject({ quarter: z.string() }),
  async run() {
    tries += 1;
    return answers.shift() ?? { kind: 'done', result: undefined, shortfalls: [] };
  },
};

beforeEach(async () => {
  place = redis.place() as typeof place;
  watched = new Queue(QUEUE_NAME, queueOptions(place));
  events = new QueueEvents(QUEUE_NAME, queueOptions(place));
  await events.waitUntilReady();
  tries = 0;
  answers = [];
  const log = createLog({ level: 'silent', clock: systemClock, redactor: createRedactor([]) });
  const options = { place, jobs: [audit], context, clock: systemClock, log, timetable: [] };
  worker = await startWorker(options);
});

afterEach(async () => {
  await worker.close();
  await events.close();
  await watched.obliterate({ force: true });
  await watched.close();
});

type Client = (data: string) => Promise<string>;

const nodeProgram: Client = async (data) => {
  const args = [program, place.address, place.prefix ?? 'bull', 'audit', data];
  return (await run(process.execPath, args)).stdout;
};

/** The four commands of docs/worker.md. */
const redisAlone: Client = (data) =>
  byRedis({ name: 'audit', data, opts: '{}', timestamp: Date.now(), delay: 0, priority: 0 });

async function byRedis(fields: Readonly<Record<string, string | number>>): Promise<string> {
  const client = connectRedis(place);
  const key = (name: string) => `${place.prefix}:rentcheck:${name}`;
  const id = String(await client.incr(key('id')));
  await client.hset(key(id), fields);
  await client.lpush(key('wait'), id);
  await client.zadd(key('marker'), 0, '0');
  await client.quit();
  return id;
}

async function ended(id: string) {
  const job = await watched.getJob(id);
  await job?.waitUntilFinished(events, LIMIT_MS).catch(() => undefined);
  const found = await watched.getJob(id);
  return { state: await found?.getState(), reason: found?.failedReason };
}

describe.each([
  ['a Node program with BullMQ', nodeProgram],
  ['a program that speaks only Redis', redisAlone],
])('%s', (_, add) => {
  it('has its job done, without an id or options of ours', async () => {
    expect(await ended(await add('{"quarter":"2026-Q3"}'))).toMatchObject({ state: 'completed' });
    expect(tries).toBe(1);
  });

  it('has an invalid payload refused at once, with the reason, and no retry', async () => {
    const { state, reason } = await ended(await add('{"quarter":"2026-Q3","quartr":1}'));
    expect(state).toBe('failed');
    expect(reason).toMatch(/invalid payload for job "audit": .*quartr.*\[usage\]/);
    expect(tries).toBe(0);
  });

  it('has its job retried like one of ours, though it set no number of attempts', async () => {
    answers = [{ kind: 'retry', reason: 'busy', afterMs: 10 }];
    expect(await ended(await add('{"quarter":"2026-Q3"}'))).toMatchObject({ state: 'completed' });
    expect(tries).toBe(2);
  });
});

describe('a job with an invalid name or id', () => {
  const log = createLog({ level: 'silent', clock: systemClock, redactor: createRedactor([]) });

  it.each([
    ['a payload that is not JSON', { name: 'audit', data: '{quarter:2026-Q3}', opts: '{}' }],
    ['no name, no timestamp, no options', { data: '{"quarter":"2026-Q3"}' }],
  ])('with %s is refused at once, and can be inspected', async (_, fields) => {
    const queue = openQueue({ place, jobs: [audit], log });
    onTestFinished(() => queue.close());
    const id = await byRedis(fields);
    await expect.poll(async () => (await queue.state(id))?.state).toBe('failed');
    const [listed, ...others] = await queue.list(['failed'], 10);
    expect(others).toEqual([]);
    expect(listed).toMatchObject({ id, reason: expect.stringContaining('[usage]') });
    expect(new Date(listed?.addedAtMs ?? Number.NaN).getFullYear()).toBeGreaterThan(2000);
    expect(tries).toBe(0);
  });
});
