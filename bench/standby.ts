/** How long work stands still when the leading worker is killed or stopped, with real timings. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Queue } from 'bullmq';
import { QUEUE_NAME } from '../src/schedule/queue.ts';
import { queueOptions } from '../src/schedule/redis.ts';
import { startRedisServer } from '../test/support/redisServers.ts';
import { type SlowPod, slowPodConfig, startSlowPod } from '../test/support/slowPod.ts';
import type { WorkerRequest } from '../src/cli/command.ts';
import type { BenchmarkSize, Measured } from './measured.ts';

const PROGRAM = fileURLToPath(new URL('../test/support/workerProgram.ts', import.meta.url));
const JULY = { source: 'pods', from: '2026-07-01', to: '2026-08-01' };
const LEADS = 'this worker is now the leader';

interface StandbySize {
  readonly rounds: number;
  readonly timeouts: NonNullable<WorkerRequest['timeouts']>;
}

/** The small size has shorter timeouts: with the real ones, most of the time is spent waiting. */
const SIZES: Readonly<Record<BenchmarkSize, StandbySize>> = {
  full: { rounds: 3, timeouts: {} },
  small: { rounds: 1, timeouts: { leaseMs: 6000, lockMs: 8000 } },
};

/** What docs/machines.md promises. */
const PROMISED_MS = { leader: 25_000, job: 60_000, handover: 6_000 };

interface Worker {
  readonly child: ChildProcess;
  waitForLog(message: string): Promise<void>;
}

function startWorker(request: WorkerRequest, env: Readonly<Record<string, string>>): Worker {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], ...env },
  });
  const seen: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => seen.push(line));
  return {
    child,
    async waitForLog(message) {
      while (!seen.some((line) => line.includes(message))) await once(lines, 'line');
    },
  };
}

async function until(isDone: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isDone())) await new Promise((next) => setTimeout(next, 20));
}

/** Two workers of one ledger and one queue, the first of which leads. */
interface TwoWorkers {
  readonly leader: Worker;
  readonly standby: Worker;
  readonly queue: Queue;
  readonly pod: SlowPod;
}

async function withTwoWorkers<T>(
  { timeouts }: StandbySize,
  work: (on: TwoWorkers) => Promise<T>,
): Promise<T> {
  const parts = new AsyncDisposableStack();
  try {
    return await work(await openTwoWorkers(parts, timeouts));
  } finally {
    await parts.disposeAsync();
  }
}

async function openTwoWorkers(
  parts: AsyncDisposableStack,
  timeouts: StandbySize['timeouts'],
): Promise<TwoWorkers> {
  const redis = await startRedisServer();
  parts.defer(() => redis.kill());
  const pod = await startSlowPod();
  parts.defer(() => pod.server.close());
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-standby-'));
  parts.defer(() => rm(folder, { recursive: true }));
  const config = join(folder, 'rentcheck.yaml');
  await writeFile(config, slowPodConfig(pod.server, 'bull'));
  const address = `redis://127.0.0.1:${redis.port}`;
  const env = { REDIS_URL: address, RUNPOD_API_KEY: 'rpa_test_0123456789' };
  const queue = new Queue(QUEUE_NAME, queueOptions({ address }));
  parts.defer(() => queue.close());
  const start = async (message: string) => {
    const worker = startWorker({ config, timeouts }, env);
    parts.defer(async () => void worker.child.kill('SIGKILL'));
    await worker.waitForLog(message);
    return worker;
  };
  const leader = await start(LEADS);
  const standby = await start('"ready"');
  return { leader, standby, queue, pod };
}

/** Milliseconds without a leader, and until the job that the killed one ran is done. */
async function killed(size: StandbySize): Promise<{ leaderMs: number; jobMs: number }> {
  return withTwoWorkers(size, async ({ leader, standby, queue, pod }) => {
    pod.hold();
    await queue.add('pull', JULY, { jobId: 'july', attempts: 5, backoff: { type: 'growing' } });
    await until(() => pod.waiting() === 1);
    const startedMs = performance.now();
    leader.child.kill('SIGKILL');
    pod.release();
    await standby.waitForLog(LEADS);
    const leaderMs = performance.now() - startedMs;
    await until(async () => (await queue.getJobState('july')) === 'completed');
    return { leaderMs, jobMs: performance.now() - startedMs };
  });
}

/** Milliseconds from SIGTERM until the other worker leads. */
async function stopped(size: StandbySize): Promise<number> {
  return withTwoWorkers(size, async ({ leader, standby }) => {
    const startedMs = performance.now();
    leader.child.kill('SIGTERM');
    await standby.waitForLog(LEADS);
    return performance.now() - startedMs;
  });
}

/** The slowest of a few rounds each, as shares of what is promised. */
export async function run(size: BenchmarkSize): Promise<Measured[]> {
  const kills: Awaited<ReturnType<typeof killed>>[] = [];
  const stops: number[] = [];
  for (let round = 0; round < SIZES[size].rounds; round += 1) {
    kills.push(await killed(SIZES[size]));
    stops.push(await stopped(SIZES[size]));
  }
  const slowest = (times: readonly number[]) => Math.max(...times);
  const figure = (what: string, ms: number, mostMs: number): Measured => ({
    name: `${what} (${(ms / 1_000).toFixed(1)} s), of the ${mostMs / 1_000} s promised`,
    value: ms / mostMs,
    reach: 1,
    better: 'lower',
  });
  return [
    figure(
      'a killed leader is replaced',
      slowest(kills.map((kill) => kill.leaderMs)),
      PROMISED_MS.leader,
    ),
    figure(
      'its job is done by the next',
      slowest(kills.map((kill) => kill.jobMs)),
      PROMISED_MS.job,
    ),
    figure('a stopped leader is replaced', slowest(stops), PROMISED_MS.handover),
  ];
}
