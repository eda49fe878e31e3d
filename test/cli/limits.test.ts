/**
 * Real workers obey the limits of the config: two workers, many pulls, and a provider that counts
 * concurrent requests.
 */

import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { folderWith, rentcheck } from '../support/cli.ts';
import { START_ARGUMENTS } from '../support/runProgram.ts';
import { sharedRedis } from '../support/redis.ts';

/** Pulls of one source run one after the other, so each of these is its own source at one host. */
const NAMES = ['a', 'b', 'c', 'd', 'e'];

const NOTHING = JSON.stringify({
  status: 'success',
  data: { resultType: 'matrix', result: [] },
});

async function countingProvider() {
  const seen = { now: 0, most: 0, total: 0 };
  const server = createServer((_, response) => {
    seen.now += 1;
    seen.total += 1;
    seen.most = Math.max(seen.most, seen.now);
    setTimeout(() => {
      seen.now -= 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end(NOTHING);
    }, 300);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { seen, host: `127.0.0.1:${port}` };
}

function configOf(host: string, prefix: string | undefined): string {
  const deployment = (name: string) => `
  ${name}:
    model: m
    gpu: { type: A100-80GB, count: 1 }
    resources: [{ source: import, match: { name: ${name} } }]
    usage: { source: prom-${name}, match: { model_name: ${name} } }`;
  const source = (name: string) => `
  prom-${name}: { kind: prometheus, url: "http://${host}" }`;
  return `
sources:${NAMES.map(source).join('')}
deployments:${NAMES.map(deployment).join('')}
http: { hosts: { "${host}": { concurrent: 2, perMinute: 100000 } } }
schedule: { usage: off }
redis: { url: "\${REDIS_URL}", prefix: ${prefix} }
`;
}

test('two workers together stay within the concurrency limit of a provider', async () => {
  const { seen, host } = await countingProvider();
  const redis = await sharedRedis();
  onTestFinished(() => redis.stop());
  const { address, prefix } = redis.place();
  const folder = await folderWith({ 'rentcheck.yaml': configOf(host, prefix) });
  const env = { REDIS_URL: address };
  // All wait in the queue before a worker starts, so that they would crowd.
  for (const name of NAMES) {
    const payload = { source: `prom-${name}`, from: '2026-07-01', to: '2026-07-01T06:00:00Z' };
    const ran = await rentcheck(folder, ['enqueue', 'pull', '-p', JSON.stringify(payload)], env);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
  }
  for (const args of [['worker'], ['worker', '--role', 'auto']]) {
    const inherited = { PATH: process.env['PATH'], ...env };
    const child = spawn(process.execPath, [START_ARGUMENTS, ...args], {
      cwd: folder,
      env: inherited,
    });
    onTestFinished(() => void child.kill('SIGKILL'));
  }
  const total = () => (seen.now === 0 ? seen.total : 0);
  await expect.poll(total).toBeGreaterThanOrEqual(2 * NAMES.length);
  expect(seen.most).toBe(2);
});
