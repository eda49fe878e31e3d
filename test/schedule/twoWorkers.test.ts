/** Of several workers one writes, and nothing is lost when the role moves. */

import { join } from 'node:path';
import { type Job, Queue, QueueEvents } from 'bullmq';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openLedger } from '../../src/ledger/open.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { QUEUE_NAME } from '../../src/schedule/queue.ts';
import { queueOptions } from '../../src/schedule/redis.ts';
import { readAllFacts } from '../ledger/ledgerFixture.ts';
import { folderWith } from '../support/cli.ts';
import { type WorkerProcess, startWorkerProcess } from '../support/workerProcesses.ts';
import { LIMIT_MS } from '../support/timeouts.ts';
import { sharedRedis, type TestRedis } from '../support/redis.ts';
import { type SlowPod, slowPodConfig, startSlowPod } from '../support/slowPod.ts';

/** Short enough to wait for, and long enough for a worker that pauses on a busy machine. */
const PACE = { leaseMs: 6_000, lockMs: 8_000 };
const JULY = { source: 'pods', from: '2026-07-01', to: '2026-08-01' };

let redis: TestRedis;
let pod: SlowPod;
let folder: string;
let place: ReturnType<TestRedis['place']>;
let queue: Queue;
let events: QueueEvents;

beforeAll(async () => {
  redis = await sharedRedis();
  pod = await startSlowPod();
});
afterAll(async () => {
  await pod.server.close();
  await redis.stop();
});

beforeEach(async () => {
  pod.release();
  place = redis.place();
  folder = await folderWith({ 'rentcheck.yaml': slowPodConfig(pod.server, place.prefix) });
  queue = new Queue(QUEUE_NAME, queueOptions(place));
  events = new QueueEvents(QUEUE_NAME, queueOptions(place));
  await events.waitUntilReady();
  onTestFinished(async () => {
    await events.close();
    await queue.close();
  });
});

function machine(config = folder): WorkerProcess {
  const options = { config: join(config, 'rentcheck.yaml'), timeouts: PACE };
  return startWorkerProcess(options, {
    REDIS_URL: place.address,
    RUNPOD_API_KEY: 'rpa_test_0123456789',
  });
}

function addPull(payload: object = JULY): Promise<Job> {
  return queue.add('pull', payload, { attempts: 5, backoff: { type: 'growing' } });
}

async function done(job: Job): Promise<void> {
  await job.waitUntilFinished(events, LIMIT_MS);
}

interface Kept {
  readonly facts: string;
  readonly charges: number;
  readonly bills: number;
  readonly token: number;
}

/**
 * The content of the ledger: its facts, how many bills were stored, how often the role was taken.
 */
async function kept(): Promise<Kept> {
  const path = join(folder, 'rentcheck.db');
  const ledger = await openLedger(path, { clock: systemClock, mode: 'readonly' });
  const count = async (sql: string) => Number((await ledger.query(sql)).rows[0]?.[0]);
  try {
    return {
      facts: await readAllFacts(ledger),
      charges: await count('SELECT count(*) FROM charge'),
      bills: await count("SELECT count(*) FROM fetch WHERE kind = 'runpod.billing.pods'"),
      token: (await ledger.work.writeLockHolder()).token,
    };
  } finally {
    await ledger.close();
  }
}

const WRITES = 'this worker is now the leader';

/** Two workers of one ledger: the writer and the standby. */
async function twoMachines() {
  const writer = machine();
  await writer.waitForLog(WRITES);
  const standby = machine();
  await standby.waitForLog('ready');
  return { writer, standby };
}

describe('two workers of one ledger', () => {
  it('move the role when the writer is killed; its job is done once by the other', async () => {
    const { writer, standby } = await twoMachines();
    expect(standby.lines.some(({ msg }) => msg === WRITES)).toBe(false);
    pod.hold();
    const job = await addPull();
    await expect.poll(() => pod.waiting()).toBe(1);
    writer.kill();
    await writer.ended;
    await standby.waitForLog(WRITES);
    pod.release();
    await done(job);
    expect(await kept()).toMatchObject({ charges: 31, bills: 1, token: 2 });
  });

  it('never both write: a paused writer finds that the role has moved', async () => {
    const { writer, standby } = await twoMachines();
    pod.hold();
    const job = await addPull();
    await expect.poll(() => pod.waiting()).toBe(1);
    writer.kill('SIGSTOP');
    await standby.waitForLog(WRITES);
    pod.release();
    await done(job);
    const before = await kept();
    expect(before).toMatchObject({ charges: 31, token: 2 });
    writer.kill('SIGCONT');
    await writer.waitForLog('another worker is now the leader');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await kept()).toEqual(before);
    // It is on standby now, and takes the role when it is free again.
    standby.kill('SIGTERM');
    expect(await standby.ended).toBe(0);
    await expect.poll(async () => (await kept()).token).toBe(3);
  });

  it('pass the role on at once when the writer is stopped', async () => {
    const { writer, standby } = await twoMachines();
    writer.kill('SIGTERM');
    expect(await writer.ended).toBe(0);
    await standby.waitForLog(WRITES);
    await done(await addPull());
    expect(await kept()).toMatchObject({ charges: 31, bills: 1, token: 2 });
  });
});

it('workers of one queue must share one ledger', async () => {
  const first = machine();
  await first.waitForLog(WRITES);
  const elsewhere = await folderWith({ 'rentcheck.yaml': slowPodConfig(pod.server, place.prefix) });
  const otherWorker = machine(elsewhere);
  const refusal = await otherWorker.waitForLog('the workers of this queue write to another ledger');
  expect(refusal).toMatchObject({ hint: expect.stringContaining('use the same ledger') });
  expect(await otherWorker.ended).toBe(2);
  expect(first.process.exitCode).toBe(null);
});
