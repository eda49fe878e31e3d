/** A worker that is stopped, stopped twice, or cut off from Redis. */

import { join } from 'node:path';
import { Queue } from 'bullmq';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DAY_MS, dayStartMs } from '../../src/domain/period.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { QUEUE_NAME } from '../../src/schedule/queue.ts';
import { queueOptions } from '../../src/schedule/redis.ts';
import { rawDatabase } from '../ledger/ledgerFixture.ts';
import { folderWith } from '../support/cli.ts';
import type { WorkerProcessOptions } from '../support/workerProgram.ts';
import { type WorkerProcess, startWorkerProcess } from '../support/workerProcesses.ts';
import {
  withRedisClient,
  type RedisServerProcess,
  startRedisServer,
} from '../support/redisServers.ts';
import { slowPodConfig, startSlowPod } from '../support/slowPod.ts';

const JULY = { source: 'pods', from: '2026-07-01', to: '2026-08-01' };
/**
 * Locks and the writer role pass on quickly here, even from a worker that only paused; the
 * expectations hold in that case too.
 */
const PACE = { leaseMs: 1_200, lockMs: 1_500 };
/** Only bills, and the backlog of bills. */
const BILLS = [
  'prices: off, inventory: off, usage: off, corrections: off, quarter: off',
  'trailingDays: { pods: 5, more: 5 }',
].join(', ');

async function stage(schedule?: string) {
  const redis = await startRedisServer();
  const pod = await startSlowPod();
  const config = slowPodConfig(pod.server, 'bull', schedule);
  const folder = await folderWith({ 'rentcheck.yaml': config });
  const address = `redis://127.0.0.1:${redis.port}`;
  const place = { address };
  const machine = (pace: WorkerProcessOptions['timeouts'] = {}) =>
    startWorkerProcess(
      { config: join(folder, 'rentcheck.yaml'), timeouts: { ...PACE, ...pace } },
      { REDIS_URL: address, RUNPOD_API_KEY: 'rpa_test_0123456789' },
    );
  const queue = new Queue(QUEUE_NAME, queueOptions(place));
  queue.on('error', () => undefined);
  onTestFinished(async () => {
    await queue.close();
    await pod.server.close();
    await redis.kill();
  });
  return { redis, pod, folder, machine, queue, path: join(folder, 'rentcheck.db') };
}

type Stage = Awaited<ReturnType<typeof stage>>;

/** A worker in the middle of a pull whose provider does not answer yet. */
async function inTheMiddle(
  on: Stage,
  pace?: WorkerProcessOptions['timeouts'],
): Promise<WorkerProcess> {
  const machine = on.machine(pace);
  await machine.waitForLog('this worker is now the leader');
  on.pod.hold();
  await on.queue.add('pull', JULY, { jobId: 'july', attempts: 5, backoff: { type: 'growing' } });
  await expect.poll(() => on.pod.waiting()).toBe(1);
  return machine;
}

function stateOf({ queue }: Stage): Promise<string> {
  return queue.getJobState('july');
}

async function chargedDays(path: string): Promise<number> {
  const ledger = await openLedger(path, { clock: systemClock, mode: 'readonly' });
  try {
    const { rows } = await ledger.query("SELECT count(*) FROM charge WHERE source_id = 'pods'");
    return Number(rows[0]?.[0]);
  } finally {
    await ledger.close();
  }
}

describe('a worker that is stopped', () => {
  it('hands back what does not end in time, and exits; the next worker does it', async () => {
    const on = await stage();
    const first = await inTheMiddle(on, { graceMs: 300, lockMs: 60_000 });
    first.kill('SIGTERM');
    await first.waitForLog('returning unfinished jobs to the queue');
    expect(await first.ended).toBe(0);
    expect(await stateOf(on)).toBe('waiting');
    on.pod.release();
    const second = on.machine();
    await expect.poll(() => stateOf(on)).toBe('completed');
    second.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(await chargedDays(on.path)).toBe(31);
  });

  it('exits at once when stopped again; its job is found and done by the next worker', async () => {
    const on = await stage();
    const first = await inTheMiddle(on, { lockMs: 8_000 });
    first.kill('SIGTERM');
    await first.waitForLog('stopping after the running job');
    first.kill('SIGTERM');
    expect(await first.ended).toBe('SIGTERM');
    expect(await stateOf(on)).toBe('active');
    on.pod.release();
    on.machine();
    await expect.poll(() => stateOf(on)).toBe('completed');
    expect(await chargedDays(on.path)).toBe(31);
    expect(rawDatabase(on.path).pragma('integrity_check', { simple: true })).toBe('ok');
  });
});

/** The days of a bill that are due at a first start: five back, up to today. */
const OWED_DAYS = [5, 6];

describe('a worker without Redis', () => {
  it('waits while Redis is away, and computes the backlog when it is back empty', async () => {
    const on = await stage(BILLS);
    on.pod.hold();
    const machine = on.machine();
    await expect.poll(() => on.pod.waiting()).toBeGreaterThan(0);
    await on.redis.kill();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    on.pod.release();
    const again: RedisServerProcess = await startRedisServer([], { port: on.redis.port });
    onTestFinished(() => again.kill());
    await machine.waitForLog(/^Redis lost the leader lease/);
    await expect.poll(() => chargedDays(on.path)).toBeOneOf(OWED_DAYS);
    expect(machine.process.exitCode).toBe(null);
    machine.kill('SIGTERM');
    expect(await machine.ended).toBe(0);
  });

  it('that was flushed restores its jobs from the ledger', async () => {
    const on = await stage(BILLS);
    on.pod.hold();
    const machine = on.machine();
    await expect.poll(() => on.pod.waiting()).toBeGreaterThan(0);
    await withRedisClient(on.redis, (redis) => redis.flushall());
    await machine.waitForLog(/^Redis lost the leader lease/);
    on.pod.release();
    await expect.poll(() => chargedDays(on.path)).toBeOneOf(OWED_DAYS);
    const ledger = await openLedger(on.path, { clock: systemClock, mode: 'readonly' });
    onTestFinished(() => ledger.close());
    const untilMs = dayStartMs(systemClock.nowMs());
    await expect
      .poll(async () =>
        (await ledger.work.pulledWindows()).filter(({ fact }) => fact === 'charges'),
      )
      .toMatchObject([{ source: 'more' }, { source: 'pods' }]);
    for (const { window } of await ledger.work.pulledWindows()) {
      expect(window.startMs).toBeLessThanOrEqual(untilMs - 5 * DAY_MS);
    }
    machine.kill('SIGTERM');
    expect(await machine.ended).toBe(0);
  });

  it('exits when stopped, even if Redis does not come back', async () => {
    const on = await stage();
    const machine = on.machine({ graceMs: 500 });
    await machine.waitForLog('ready');
    await on.redis.kill();
    machine.kill('SIGTERM');
    expect(await machine.ended).toBe(0);
  });
});
