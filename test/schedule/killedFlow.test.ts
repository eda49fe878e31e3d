/**
 * A quarter whose worker dies in the middle is finished by the next one. Done parts are not
 * repeated, and the part that died runs again.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Queue, QueueEvents } from 'bullmq';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { QUEUE_NAME } from '../../src/schedule/queue.ts';
import { type RedisLocation, queueOptions } from '../../src/schedule/redis.ts';
import { temporaryFolder } from '../support/cli.ts';
import { LIMIT_MS } from '../support/timeouts.ts';
import { sharedRedis } from '../support/redis.ts';

const program = fileURLToPath(new URL('../support/quarterProcess.ts', import.meta.url));
const folder = temporaryFolder();
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function workerAt(place: RedisLocation) {
  const child = spawn(process.execPath, [program, JSON.stringify(place), folder.path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  started.push(child);
  const logged: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => logged.push(line));
  return {
    lines: logged,
    heard: async (word: string) => {
      while (!logged.includes(word)) await once(lines, 'line');
    },
    tell: (word: string) => child.stdin.write(`${word}\n`),
    async dies() {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

/**
 * The parts begun, in order. The report waits, and a worker that was silent for a while begins it
 * again: on a busy machine it may only have paused.
 */
function begun(lines: readonly string[]): string[] {
  return lines.filter((part, at) => part !== 'report' || lines[at - 1] !== 'report');
}

it('a quarter survives two workers: each part is done once, except those that died', async () => {
  const redis = await sharedRedis();
  onTestFinished(() => redis.stop());
  const place = redis.place();
  const queue = new Queue(QUEUE_NAME, queueOptions(place));
  const events = new QueueEvents(QUEUE_NAME, queueOptions(place));
  await events.waitUntilReady();
  const payload = { quarter: '2026-Q3', deliver: true, once: true };
  const job = await queue.add('quarter', payload, { jobId: 'quarter/2026-Q3' });

  const first = workerAt(place);
  await first.heard('report');
  await first.dies();
  const second = workerAt(place);
  await second.heard('report');
  await second.dies();
  const third = workerAt(place);
  await third.heard('report');
  third.tell('finish');
  await job.waitUntilFinished(events, LIMIT_MS);

  expect(begun(first.lines)).toEqual(['pull', 'pull', 'audit', 'report']);
  expect(begun(second.lines)).toEqual(['report']);
  // Its output may arrive later than the events of Redis.
  await expect.poll(() => begun(third.lines)).toEqual(['report', 'deliver']);
  expect((await queue.getJob('quarter/2026-Q3'))?.returnvalue).toMatchObject({
    figures: { quarter: '2026-Q3', edition: '2026-Q3.1' },
  });
  await events.close();
  await queue.close();
});
