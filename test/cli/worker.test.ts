/** Knows how the worker begins and ends as a program: refused without a queue, calm on SIGTERM. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { folderWith, rentcheck, START } from '../support/cli.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { WORKED_FILES } from '../support/workedExample.ts';

test('a worker without a queue is refused, and leaves no ledger behind', async () => {
  const folder = await folderWith(WORKED_FILES);
  const ran = await rentcheck(folder, ['worker']);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain('redis.url');
  expect(existsSync(join(folder, 'rentcheck.db'))).toBe(false);
});

interface Begun {
  readonly child: ChildProcess;
  readonly log: () => string;
}

/** A worker that has begun to work, at a Redis of its own. */
async function begun(redis: TestRedis): Promise<Begun> {
  const sections = `redis: { url: "\${REDIS_URL}" }\nweb: { port: 0 }\n`;
  const config = `${WORKED_FILES['rentcheck.yaml']}${sections}`;
  const folder = await folderWith({ ...WORKED_FILES, 'rentcheck.yaml': config });
  const env = { PATH: process.env['PATH'], REDIS_URL: redis.place().address };
  const child = spawn(process.execPath, [START, 'worker'], { cwd: folder, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  let log = '';
  await new Promise<void>((working) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('"working"')) working();
    });
  });
  return { child, log: () => log };
}

test('a worker works until SIGTERM and then ends well', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const { child, log } = await begun(redis);
  child.kill('SIGTERM');
  const code = await new Promise((ended) => child.once('exit', ended));
  expect({ code, log: log() }).toMatchObject({ code: 0 });
});

test.skipIf(process.env['REDIS_URL'] !== undefined)(
  'a worker whose Redis is away ends at SIGTERM all the same',
  async () => {
    const redis = await startRedis();
    const { child, log } = await begun(redis);
    await redis.stop();
    await expect.poll(log).toMatch(/"problem":.*"queue"/);
    const askedAtMs = Date.now();
    child.kill('SIGTERM');
    const code = await new Promise((ended) => child.once('exit', ended));
    expect({ code, log: log() }).toMatchObject({ code: 0 });
    expect(Date.now() - askedAtMs).toBeLessThan(45_000);
  },
);
