import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { scrapeOptions } from '../../../src/sources/scrape/options.ts';
import { findScrapeTargets } from '../../../src/sources/scrape/discovery.ts';
import { startServer } from '../../support/httpServer.ts';
import { failuresOf } from '../../support/prometheusSource.ts';
import { testClient } from '../../support/testClient.ts';
import {
  kubernetesApi,
  type KubernetesPod,
  type DnsRecords,
  runpodPodList,
  startDns,
} from './emulators.ts';
import { startReplicas, vllmText } from './stage.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

function found(options: object) {
  return findScrapeTargets({
    id: 'pods',
    options: scrapeOptions.parse(options),
    tools: testClient(),
  });
}

const urlsOf = (targets: Awaited<ReturnType<typeof found>>) => targets.map(({ url }) => url);

describe('static targets', () => {
  test('are scraped at /metrics where they have no path, and each once', async () => {
    const targets = ['http://b:8000', 'http://a:8000/custom/metrics', 'http://b:8000/'];
    expect(urlsOf(await found({ targets }))).toEqual([
      'http://a:8000/custom/metrics',
      'http://b:8000/metrics',
    ]);
  });

  test.each([
    ['none', {}],
    ['two ways at once', { targets: ['http://a'], dns: { name: 'b', port: 80 } }],
    ['credentials in an address', { targets: ['http://me:secret@a:8000'] }],
    ['an address record without a port', { dns: { name: 'a' } }],
    ['a service record with a port', { dns: { name: 'a', type: 'SRV', port: 80 } }],
    ['a proxy without the pod', { runpod: { proxy: 'https://proxy' } }],
    ['an interval below a minute', { targets: ['http://a'], interval: 30 }],
  ])('refuses %s', (_, options) => {
    expect(scrapeOptions.safeParse(options).success).toBe(false);
  });
});

describe('a name in DNS', () => {
  async function named(records: DnsRecords, options: object) {
    const server = await startDns(() => records);
    ending.push(() => server.close());
    return found({ dns: { server: server.address, ...options } });
  }

  test('leads to a replica at each of its addresses', async () => {
    const records = { 'vllm.ml.svc': { A: ['10.0.0.2', '10.0.0.1'], AAAA: ['fd00::1'] } };
    expect(urlsOf(await named(records, { name: 'vllm.ml.svc', port: 8000 }))).toEqual([
      'http://10.0.0.1:8000/metrics',
      'http://10.0.0.2:8000/metrics',
    ]);
    const six = { name: 'vllm.ml.svc', port: 8000, type: 'AAAA' };
    expect(urlsOf(await named(records, six))).toEqual(['http://[fd00::1]:8000/metrics']);
  });

  test('takes the ports from its service records', async () => {
    const SRV = [
      { name: 'a.vllm', port: 8001 },
      { name: 'b.vllm', port: 8002 },
    ];
    const options = { name: '_http._tcp.vllm', type: 'SRV' };
    expect(urlsOf(await named({ '_http._tcp.vllm': { SRV } }, options))).toEqual([
      'http://a.vllm:8001/metrics',
      'http://b.vllm:8002/metrics',
    ]);
  });

  test('without such a record has no replica; one that does not exist is a fault', async () => {
    const options = { name: 'vllm', port: 80 };
    expect(await named({ vllm: { AAAA: ['fd00::1'] } }, options)).toEqual([]);
    await expect(named({}, options)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('pods of Kubernetes', () => {
  async function cluster(pods: readonly KubernetesPod[], port: number | string = 'http') {
    const folder = mkdtempSync(join(tmpdir(), 'rentcheck-token-'));
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, 'account-token-1\n');
    const token = () => 'account-token-1';
    const server = await startServer(kubernetesApi(() => pods, { token, selector: 'app=vllm' }));
    ending.push(
      () => server.close(),
      () => rmSync(folder, { recursive: true }),
    );
    const place = { apiServer: server.origin, tokenFile, namespace: 'ml', selector: 'app=vllm' };
    return { server, options: { kubernetes: { ...place, port } } };
  }

  const ports = [{ name: 'http', containerPort: 8000 }];

  test('are found by their labels over all pages, with the port by its name', async () => {
    const { options, server } = await cluster([
      { name: 'vllm-0', ip: '10.1.0.1', ports },
      { name: 'vllm-1', ip: 'fd00::2', ports: [{ name: 'http', containerPort: 8080 }] },
      { name: 'vllm-2', phase: 'Pending', ports },
      { name: 'vllm-3', ip: '10.1.0.4', phase: 'Succeeded', ports },
      { name: 'vllm-4', ip: '10.1.0.5', ports },
    ]);
    const targets = await found(options);
    expect(targets.map(({ labels }) => labels)).toEqual([
      { instance: '10.1.0.1:8000', namespace: 'ml', pod: 'vllm-0' },
      { instance: '10.1.0.5:8000', namespace: 'ml', pod: 'vllm-4' },
      { instance: '[fd00::2]:8080', namespace: 'ml', pod: 'vllm-1' },
    ]);
    expect(server.requests).toHaveLength(3);
  });

  test('may be reached at a number, and a name that none has is an error', async () => {
    const pods = [{ name: 'vllm-0', ip: '10.1.0.1' }];
    expect(urlsOf(await found((await cluster(pods, 9000)).options))).toEqual([
      'http://10.1.0.1:9000/metrics#namespace=ml&pod=vllm-0',
    ]);
    await expect(found((await cluster(pods, 'metrics')).options)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('has a port named metrics'),
    });
  });

  test('cannot be listed with another token, which is reported without showing it', async () => {
    const { options } = await cluster([]);
    writeFileSync(options.kubernetes.tokenFile, 'another-token-9');
    const failure: unknown = await found(options).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'auth' });
    expect(JSON.stringify(failure)).not.toContain('another-token-9');
  });
});

describe('pods of RunPod', () => {
  test('are found by name while they run, and reached through the proxy', async () => {
    const pods = [
      { id: '7h9k2m4n6p', name: 'vllm-b', status: 'RUNNING' },
      { id: 'abc123', name: 'vllm-a', status: 'RUNNING' },
      { id: 'gone99', name: 'vllm-c', status: 'EXITED' },
      { id: 'other1', name: 'train', status: 'RUNNING' },
    ];
    const server = await startServer(runpodPodList(() => pods, 'rp-key-1'));
    ending.push(() => server.close());
    const apiKey = createSecret('${RUNPOD_API_KEY}', () => 'rp-key-1');
    const runpod = { apiKey, baseUrl: server.origin, pods: 'vllm-*', port: 8000 };
    const targets = await found({ runpod });
    expect(targets.map(({ labels }) => labels)).toEqual([
      { instance: '7h9k2m4n6p-8000.proxy.runpod.net', pod: '7h9k2m4n6p', pod_name: 'vllm-b' },
      { instance: 'abc123-8000.proxy.runpod.net', pod: 'abc123', pod_name: 'vllm-a' },
    ]);
    expect(targets[1]?.url).toMatch(/^https:\/\/abc123-8000\.proxy\.runpod\.net\/metrics#/);
  });
});

test('while replicas cannot be found, those that answered lately are scraped', async () => {
  const START = Date.UTC(2026, 4, 12, 10);
  let records: DnsRecords = { vllm: { A: ['127.0.0.1'] } };
  const dns = await startDns(() => records);
  const createdMs = START - 90_000;
  const replica = await startServer((response) => {
    response.end(vllmText({ prompt: 5, output: 5, createdMs }));
  });
  const { port } = new URL(replica.origin);
  const request = { name: 'vllm', port: Number(port), server: dns.address };
  const stage = await startReplicas([], { options: { dns: request } });
  ending.push(
    () => replica.close(),
    () => dns.close(),
    () => stage.close(),
  );
  expect(failuresOf(await stage.scrapeAt(START))).toEqual([]);
  records = {};
  const blind = await stage.scrapeAt(START + MINUTE_MS);
  expect(failuresOf(blind).map(({ code }) => code)).toEqual(['not-found']);
  expect(replica.requests).toHaveLength(2);
});
