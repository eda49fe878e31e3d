/** Knows how the worker begins and ends as a program: refused without a queue, calm on SIGTERM. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { folderWith, rentcheck, START } from '../support/cli.ts';
import { startRedis } from '../support/redis.ts';
import { WORKED_FILES } from '../support/workedExample.ts';

vi.setConfig({ testTimeout: 60_000 });

test('a worker without a queue is refused, and leaves no ledger behind', async () => {
  const folder = await folderWith(WORKED_FILES);
  const ran = await rentcheck(folder, ['worker']);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain('redis.url');
  expect(existsSync(join(folder, 'rentcheck.db'))).toBe(false);
});

test('a worker works until SIGTERM and then ends well', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const config = `${WORKED_FILES['rentcheck.yaml']}redis: { url: "\${REDIS_URL}" }\n`;
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
  child.kill('SIGTERM');
  const code = await new Promise((ended) => child.once('exit', ended));
  expect({ code, log }).toMatchObject({ code: 0 });
});
