/** The worker's start and end as a program: refused without a queue, orderly on SIGTERM. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { folderWith, rentcheck } from '../support/cli.ts';
import { START_ARGUMENTS } from '../support/runProgram.ts';
import { sharedRedis } from '../support/redis.ts';
import { startRedisServer } from '../support/redisServers.ts';
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

/** A worker that has begun to work. */
async function begun(address: string, prefix: string): Promise<Begun> {
  const sections = `redis: { url: "\${REDIS_URL}", prefix: ${prefix} }\nweb: { port: 0 }\n`;
  const config = `${WORKED_FILES['rentcheck.yaml']}${sections}`;
  const folder = await folderWith({ ...WORKED_FILES, 'rentcheck.yaml': config });
  const env = { PATH: process.env['PATH'], REDIS_URL: address };
  const child = spawn(process.execPath, [START_ARGUMENTS, 'worker'], { cwd: folder, env });
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

test('a worker runs until SIGTERM and then exits cleanly', async () => {
  const redis = await sharedRedis();
  onTestFinished(() => redis.stop());
  const { address, prefix } = redis.place();
  const { child, log } = await begun(address, prefix);
  child.kill('SIGTERM');
  const code = await new Promise((ended) => child.once('close', ended));
  expect({ code, log: log() }).toMatchObject({ code: 0 });
});

/** A job may be waiting for Redis, and has its whole time limit. */
const GRACE = { timeout: 400_000 };

test('a worker whose Redis is away still ends at SIGTERM', GRACE, async () => {
  const redis = await startRedisServer();
  const { child, log } = await begun(`redis://127.0.0.1:${redis.port}`, 'bull');
  await redis.kill();
  await expect.poll(log).toMatch(/"problem":.*"queue"/);
  child.kill('SIGTERM');
  const code = await new Promise((ended) => child.once('close', ended));
  expect({ code, log: log() }).toMatchObject({ code: 0 });
});
