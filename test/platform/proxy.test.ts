/** The program uses the proxy of its environment, and bypasses it for excluded hosts. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { json, startServer } from '../support/httpServer.ts';
import { spawnRentcheck } from '../support/runProgram.ts';

/** A proxy that opens tunnels and records their targets. */
async function startProxy() {
  const tunnels: string[] = [];
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on('connect', (request, near, head) => {
    const target = request.url ?? '';
    tunnels.push(target);
    const far = connect(Number(target.split(':')[1]), '127.0.0.1', () => {
      near.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      far.write(head);
      far.pipe(near).pipe(far);
    });
    for (const socket of [near, far]) socket.on('error', () => socket.destroy());
    onTestFinished(() => void far.destroy());
    onTestFinished(() => void near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { tunnels, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function pull(env: Readonly<Record<string, string>>, dotEnv = '') {
  const provider = await startServer(json({ message: 'no' }, 403));
  onTestFinished(() => provider.close());
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-proxy-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const config =
    'http: { retries: 0 }\n' +
    `sources: { runpod: { kind: runpod, apiKey: '\${KEY}', baseUrl: '${provider.origin}' } }\n`;
  await writeFile(join(folder, 'rentcheck.yaml'), config);
  await writeFile(join(folder, '.env'), dotEnv);
  const args = ['pull', 'runpod', '--from', '2026-07-01', '--to', '2026-07-02'];
  const ran = await spawnRentcheck(folder, args, { KEY: 'key-0123456789', ...env });
  return {
    ran,
    requestCount: provider.requests.length,
    host: provider.origin.slice('http://'.length),
  };
}

test('HTTP_PROXY is honored, from the environment and from .env', async () => {
  for (const place of ['env', '.env']) {
    const proxy = await startProxy();
    const named = { HTTP_PROXY: proxy.url };
    const { requestCount, host } = await (place === 'env'
      ? pull(named)
      : pull({}, `HTTP_PROXY=${proxy.url}\n`));
    expect(requestCount).toBeGreaterThan(0);
    expect(proxy.tunnels).toContain(host);
  }
});

test('NODE_USE_ENV_PROXY is honored too', async () => {
  const proxy = await startProxy();
  const { requestCount, host } = await pull({ HTTP_PROXY: proxy.url, NODE_USE_ENV_PROXY: '1' });
  expect(requestCount).toBeGreaterThan(0);
  expect(proxy.tunnels).toContain(host);
});

test('hosts of NO_PROXY are contacted directly', async () => {
  const proxy = await startProxy();
  const { requestCount } = await pull({ HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' });
  expect(requestCount).toBeGreaterThan(0);
  expect(proxy.tunnels).toEqual([]);
});

test('a proxy that is not a URL is refused, and its password is not shown', async () => {
  const { ran, requestCount } = await pull({ HTTP_PROXY: 'http://user:hunter22@:port:' });
  expect(ran.code).not.toBe(0);
  expect(requestCount).toBe(0);
  expect(ran.stderr).toContain('Invalid proxy address in the environment');
  expect(`${ran.stdout}${ran.stderr}`).not.toContain('hunter22');
});
