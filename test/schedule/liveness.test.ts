/** Whether a worker can work is visible from outside: in /readyz and metrics. It recovers. */

import { join } from 'node:path';
import { type Job, Queue, QueueEvents } from 'bullmq';
import { expect, it, onTestFinished } from 'vitest';
import { QUEUE_NAME } from '../../src/schedule/queue.ts';
import { queueOptions } from '../../src/schedule/redis.ts';
import { folderWith } from '../support/cli.ts';
import { startWorkerProcess } from '../support/workerProcesses.ts';
import { LIMIT_MS } from '../support/timeouts.ts';
import { freePort } from '../support/ports.ts';
import {
  withRedisClient,
  type RedisServerProcess,
  startRedisServer,
} from '../support/redisServers.ts';
import { slowPodConfig, startSlowPod } from '../support/slowPod.ts';

const PACE = { leaseMs: 2_000, lockMs: 4_000 };

async function stage() {
  const redis = await startRedisServer();
  const pod = await startSlowPod();
  const port = await freePort();
  const config = `${slowPodConfig(pod.server, 'bull')}web: { port: ${port} }\n`;
  const folder = await folderWith({ 'rentcheck.yaml': config });
  const address = `redis://127.0.0.1:${redis.port}`;
  const queue = new Queue(QUEUE_NAME, queueOptions({ address }));
  const events = new QueueEvents(QUEUE_NAME, queueOptions({ address }));
  queue.on('error', () => undefined);
  events.on('error', () => undefined);
  await events.waitUntilReady();
  onTestFinished(async () => {
    await events.close();
    await queue.close();
    await pod.server.close();
    await redis.kill();
  });
  const options = { config: join(folder, 'rentcheck.yaml'), timeouts: PACE } as const;
  const secrets = { REDIS_URL: address, RUNPOD_API_KEY: 'rpa_test_0123456789' };
  await startWorkerProcess(options, secrets).waitForLog('this worker is now the leader');
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  return {
    redis,
    pod,
    queue,
    add: (name: string, payload: object) => queue.add(name, payload),
    ended: (job: Job) => job.waitUntilFinished(events, LIMIT_MS),
    ready: async () => {
      const answer = await get('/readyz');
      return { code: answer.status, ...((await answer.json()) as object) };
    },
    metrics: async () => (await (await get('/metrics')).text()).split('\n'),
  };
}

const say = (server: RedisServerProcess, ...[command = '', ...words]: string[]) =>
  withRedisClient(server, (redis) => redis.call(command, ...words)).then(() => undefined);

it.each<
  [
    state: string,
    fall: (on: RedisServerProcess) => unknown,
    rise: (on: RedisServerProcess) => unknown,
  ]
>([
  [
    'read-only, for it is a copy now',
    (on) => say(on, 'replicaof', '127.0.0.1', '1'),
    (on) => say(on, 'replicaof', 'no', 'one'),
  ],
  [
    'full',
    (on) => say(on, 'config', 'set', 'maxmemory', '1'),
    (on) => say(on, 'config', 'set', 'maxmemory', '0'),
  ],
  ['frozen', (on) => on.pause(), (on) => on.resume()],
])('a worker whose Redis is %s reports it, and recovers afterwards', async (...step) => {
  const [, fall, rise] = step;
  const { redis, add, ended, ready, metrics } = await stage();
  await ended(await add('check', {}));
  await expect.poll(ready).toMatchObject({ code: 200, lease: true, writer: true });
  await fall(redis);
  await expect.poll(ready).toMatchObject({ code: 503, lease: false, writer: false });
  await expect
    .poll(metrics)
    .toEqual(expect.arrayContaining(['rentcheck_lease_fresh 0', 'rentcheck_writer 0']));
  await rise(redis);
  await expect.poll(ready).toMatchObject({ code: 200, lease: true, writer: true });
  await ended(await add('check', {}));
});

it('while every provider hangs, audits and checks end, and metrics show who waits', async () => {
  const { pod, add, ended, metrics } = await stage();
  pod.hold();
  for (const source of ['pods', 'more']) {
    for (const month of ['06', '07', '08']) {
      await add('pull', { source, from: `2026-${month}-01`, to: `2026-${month}-08` });
    }
  }
  await expect.poll(() => pod.waiting()).toBe(2);
  const audit = await add('audit', { quarter: '2026-Q3' });
  for (const job of [audit, await add('check', {})]) await ended(job);
  expect(await audit.getState()).toBe('completed');
  expect(pod.waiting()).toBe(2);
  const ages = async () =>
    (await metrics())
      .map((line) => /^rentcheck_lane_oldest_(\w+)_seconds\{lane="(.*)"\} [\d.]+$/.exec(line))
      .flatMap((found) => (found === null ? [] : [`${found[2]} ${found[1]}`]))
      .toSorted();
  await expect
    .poll(ages)
    .toEqual(['pull more running', 'pull more waiting', 'pull pods running', 'pull pods waiting']);
  pod.release();
  await expect.poll(ages).toEqual([]);
});
