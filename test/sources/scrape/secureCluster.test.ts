import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scrapeOptions } from '../../../src/sources/scrape/options.ts';
import { findScrapeTargets } from '../../../src/sources/scrape/discovery.ts';
import { testClient } from '../../support/testClient.ts';
import { kubernetesApi } from './emulators.ts';

let folder = '';
let origin = '';
let server: ReturnType<typeof createServer>;
const file = (name: string) => join(folder, name);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rentcheck-cluster-'));
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  for (const name of ['cluster', 'stranger']) {
    const names = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
    const out = ['-keyout', `${name}.key`, '-out', `${name}.crt`];
    execFileSync('openssl', ['req', '-x509', ...key, ...out, ...names], {
      cwd: folder,
      stdio: 'ignore',
    });
  }
  writeFileSync(file('token'), 'account-token-1');
  const pods = [{ name: 'vllm-0', ip: '10.1.0.1' }];
  const api = kubernetesApi(() => pods, { token: () => 'account-token-1', selector: 'app=vllm' });
  const tls = { cert: readFileSync(file('cluster.crt')), key: readFileSync(file('cluster.key')) };
  server = createServer(tls, ({ url = '/', headers, method = 'GET' }, response) => {
    const { pathname, searchParams } = new URL(url, 'https://cluster');
    api(response, { path: pathname, query: searchParams, headers, method, body: '' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

function found(caFile: string) {
  const place = { apiServer: origin, tokenFile: file('token'), caFile: file(caFile) };
  const kubernetes = { ...place, namespace: 'ml', selector: 'app=vllm', port: 8000 };
  const options = scrapeOptions.parse({ kubernetes });
  return findScrapeTargets({ id: 'pods', options, tools: testClient({ retries: 0 }) });
}

test('the API server is authenticated by the certificate of its cluster', async () => {
  expect((await found('cluster.crt')).map(({ url }) => url)).toEqual([
    'http://10.1.0.1:8000/metrics#namespace=ml&pod=vllm-0',
  ]);
});

test('another certificate is not trusted, and the token is not sent', async () => {
  await expect(found('stranger.crt')).rejects.toMatchObject({ code: 'refused' });
});
