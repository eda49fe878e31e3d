import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { findBackend, prometheusOptions } from '../../../src/sources/prometheus/options.ts';
import { type Reply, startServer, type TestServer } from '../../support/httpServer.ts';
import { failuresOf, pullUsage, usageRowsOf, warningsOf } from '../../support/prometheusSource.ts';
import { syntheticReply } from '../../support/syntheticPrometheus.ts';
import { processSeries, steadyScrapes } from '../../support/vllmSeries.ts';
import { amazon, google, googleFrontend, mimir, thanosInPart, victoriaInPart } from './backends.ts';

const START = Date.UTC(2026, 4, 12, 10);
const window = { startMs: START, endMs: START + HOUR_MS };
const chat = { deployment: 'chat', engine: 'vllm', match: { model_name: 'm' } };
const span = { fromMs: START, toMs: START + HOUR_MS };
// Each scrape of 15 s finds 9 tokens of prompt and 3 of output more: 240 of them in the hour.
const scrapes = steadyScrapes(span, { prompt: 9, output: 3, running: 1, createdMs: START - 1 });
const series = processSeries({ instance: '10.0.0.1:8000' }, scrapes);
const HOUR = { prompt: 240 * 9, output: 240 * 3 };

let server: TestServer | undefined;
let folder: string | undefined;
afterEach(async () => {
  await server?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true });
  [server, folder] = [undefined, undefined];
});

async function readFrom(reply: Reply, path: string, options: object = {}) {
  server = await startServer(reply);
  return pullUsage({ url: `${server.origin}${path}`, ...options }, { window, usage: [chat] });
}

function tokensIn(fetched: Awaited<ReturnType<typeof pullUsage>>) {
  expect(failuresOf(fetched)).toEqual([]);
  return usageRowsOf(fetched).reduce(
    ({ prompt, output }, row) => ({
      prompt: prompt + row.uncachedPromptTokens,
      output: output + row.outputTokens,
    }),
    { prompt: 0, output: 0 },
  );
}

const secret = (value: string) => createSecret('${SECRET}', () => value);
const PATH = '/v1/projects/inference/location/global/prometheus';

describe('Google Managed Service for Prometheus', () => {
  test('is queried for one name at a time, with a token reread from its file', async () => {
    folder = mkdtempSync(join(tmpdir(), 'rentcheck-token-'));
    const file = join(folder, 'token');
    let asked = 0;
    const renewed = () => `token-${asked}`;
    writeFileSync(file, renewed());
    const bearerToken = createSecret(`file ${file}`, () => readFileSync(file, 'utf8'));
    const reply = google(series, renewed);
    const fetched = await readFrom(
      (response, request) => {
        reply(response, request);
        // A sidecar writes a newer token to the file after every request.
        asked += 1;
        writeFileSync(file, renewed());
      },
      PATH,
      { backend: 'google', bearerToken },
    );
    expect(tokensIn(fetched)).toEqual(HOUR);
    const queries = server?.requests.map(({ query }) => query.get('query') ?? '') ?? [];
    expect(queries).toContainEqual('{__name__="vllm:prompt_tokens_total",model_name="m"}[10800s]');
    expect(new Set(queries).size).toBe(queries.length);
    expect(fetched).toHaveLength(queries.length);
  });

  test('is recognized from its answers where a frontend hides it', async () => {
    const fetched = await readFrom(googleFrontend(series), '');
    expect(tokensIn(fetched)).toEqual(HOUR);
    expect(warningsOf(fetched).join()).toContain('backend: google');
  });

  test('is recognized from its refusal of parameters too', async () => {
    const token = secret('token-1');
    const fetched = await readFrom(
      google(series, () => 'token-1'),
      PATH,
      { bearerToken: token },
    );
    expect(tokensIn(fetched)).toEqual(HOUR);
  });

  test('that refuses one of the names fails the whole, because half would be wrong', async () => {
    const reply = google(series, () => 't');
    const fetched = await readFrom(
      (response, request) => {
        const isOutput = request.query.get('query')?.includes('vllm:generation') === true;
        if (isOutput) response.writeHead(403).end();
        else reply(response, request);
      },
      PATH,
      { backend: 'google', bearerToken: secret('t') },
    );
    expect(failuresOf(fetched).map(({ code }) => code)).toEqual(['forbidden']);
    expect(usageRowsOf(fetched)).toEqual([]);
  });
});

describe('Amazon Managed Service for Prometheus', () => {
  const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'aws/secret+key=1234' };
  const place = { region: 'eu-central-1', service: 'aps' };

  test('accepts signed requests, whatever a label contains', async () => {
    const options = { ...keys, secretAccessKey: secret(keys.secretAccessKey) };
    const odd = { ...chat, match: { model_name: 'm', team: "a b+c/d&e='f'(*)" } };
    server = await startServer(amazon([], { ...keys, ...place }));
    const url = `${server.origin}/workspaces/ws-1`;
    const result = { url, backend: 'amazon', region: place.region, ...options };
    const none = await pullUsage(result, { window, usage: [odd] });
    expect(failuresOf(none).map(({ code }) => code)).toEqual(['no-data']);
    await server.close();
    server = await startServer(amazon(series, { ...keys, ...place }));
    const found = { ...result, url: `${server.origin}/workspaces/ws-1` };
    expect(tokensIn(await pullUsage(found, { window, usage: [chat] }))).toEqual(HOUR);
  });

  test('sends the token of temporary keys, and shows none of them', async () => {
    const fetched = await readFrom(amazon([], { ...keys, ...place, region: 'us-east-1' }), '', {
      backend: 'amazon',
      region: place.region,
      accessKeyId: secret(keys.accessKeyId),
      secretAccessKey: secret(keys.secretAccessKey),
      sessionToken: secret('session-token-9876'),
    });
    expect(failuresOf(fetched).map(({ code }) => code)).toEqual(['forbidden']);
    expect(server?.requests[0]?.headers['x-amz-security-token']).toBe('session-token-9876');
    expect(JSON.stringify(fetched)).not.toMatch(/AKIAEXAMPLE|secret\+key|session-token/);
  });

  test.each([
    ['keys without a region', { accessKeyId: 'a', secretAccessKey: secret('b') }],
    ['a region without keys', { region: 'eu-central-1' }],
  ])('refuses %s', (_, options) => {
    const result = { url: 'http://127.0.0.1:1/workspaces/ws-1', backend: 'amazon', ...options };
    expect(prometheusOptions.safeParse(result).success).toBe(false);
  });

  test('needs no region where its address contains it', () => {
    const url = 'https://aps-workspaces.us-west-2.amazonaws.com/workspaces/ws-1';
    const result = { url, accessKeyId: 'a', secretAccessKey: secret('b') };
    expect(prometheusOptions.safeParse(result).success).toBe(true);
    expect(findBackend({ url }).region).toBe('us-west-2');
  });
});

describe('Mimir', () => {
  const other = processSeries({ instance: '10.0.0.2:8000' }, scrapes);

  test('is queried for one tenant, or for several together', async () => {
    const reply = mimir({ red: series, blue: other });
    expect(tokensIn(await readFrom(reply, '/prometheus', { tenant: 'red' }))).toEqual(HOUR);
    expect(server?.requests[0]?.headers['x-scope-orgid']).toBe('red');
    await server?.close();
    const both = await readFrom(reply, '/prometheus', { tenant: ['red', 'blue'] });
    expect(tokensIn(both)).toEqual({ prompt: 2 * HOUR.prompt, output: 2 * HOUR.output });
  });

  test('takes the tenant from only one place', () => {
    const result = { url: 'http://mimir/prometheus', tenant: 'red' };
    const twice = { ...result, headers: { 'x-scope-orgid': 'blue' } };
    expect(prometheusOptions.safeParse(twice).success).toBe(false);
    expect(prometheusOptions.safeParse({ ...result, tenant: 'a|b' }).success).toBe(false);
  });
});

describe('a partial answer', () => {
  test.each([
    ['is an error where Thanos is configured so', thanosInPart(series, true), ''],
    ['is known by its warning where Thanos was not', thanosInPart(series, false), ''],
    ['is an error of a VictoriaMetrics cluster', victoriaInPart(series), '/select/0/prometheus'],
  ])('%s, and no usage', async (_, reply, path) => {
    const fetched = await readFrom(reply, path);
    expect(failuresOf(fetched).map(({ code }) => code)).toEqual(['unavailable']);
    expect(usageRowsOf(fetched)).toEqual([]);
  });

  test('is not inferred from a note about how a query was evaluated', async () => {
    const note = 'PromQL info: metric might not be a counter: "partial_read"';
    const fetched = await readFrom(syntheticReply(series, { warnings: [note] }), '');
    expect(tokensIn(fetched)).toEqual(HOUR);
    expect(warningsOf(fetched).join()).toContain('might not be a counter');
  });

  test('raw samples are requested, deduplicated by process', async () => {
    await readFrom(syntheticReply(series), '');
    const asked = Object.fromEntries(server?.requests[0]?.query ?? []);
    expect(asked).toMatchObject({
      partial_response: 'false',
      dedup: 'true',
      max_source_resolution: '0s',
    });
  });
});

test.each([
  ['https://monitoring.googleapis.com/v1/projects/p/location/global/prometheus', 'google'],
  ['https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1', 'amazon'],
  ['https://w-1.westeurope.prometheus.monitor.azure.com', 'azure'],
  ['https://prometheus-prod-01-eu-west-0.grafana.net/api/prom', 'grafana-cloud'],
  ['http://thanos-query.monitoring:9090', 'prometheus'],
  ['https://grafana.net.example.com', 'prometheus'],
])('the backend at %s is detected from its address: %s', (url, name) => {
  expect(findBackend({ url }).name).toBe(name);
});
