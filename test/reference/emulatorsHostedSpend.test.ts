/** Checks the OpenRouter account emulators, and our requests, against OpenRouter's document. */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOpenrouter } from '../../src/demo/emulators/openrouter.ts';
import type { Emulator } from '../../src/demo/emulators/emulator.ts';
import { OPENROUTER_KEY } from '../../src/demo/keys.ts';
import { DAY_MS, dayStartMs } from '../../src/domain/period.ts';
import { createSecret } from '../../src/platform/secret.ts';
import { openrouterKind } from '../../src/sources/registry.ts';
import { pullFromSource } from '../contract/source.ts';
import { startWorldEmulator } from '../faults/world.ts';
import { accountDocument, KEY } from '../sources/openrouter/account.ts';
import { demoClock, FLEET } from '../support/demoFleet.ts';
import { findSchemaFaults, schemaAt } from '../support/jsonSchema.ts';
import { startServer } from '../support/httpServer.ts';
import { testClient } from '../support/testClient.ts';

const SPECIFICATION: unknown = JSON.parse(
  readFileSync('../shared/reference/pricing/openrouter-openapi.json', 'utf8'),
);
const JSON_SCHEMA = ['content', 'application/json', 'schema'];
const clock = demoClock();
const TODAY = dayStartMs(clock.nowMs());

/** Two accounts, each behind its emulator: the tests' own, and the demo's. */
const ACCOUNTS = {
  'the emulator of tests': {
    key: KEY,
    start: () =>
      startWorldEmulator(
        accountDocument({
          nowMs: clock.nowMs(),
          spend: [1, 40].map((daysAgo) => ({
            dayMs: TODAY - daysAgo * DAY_MS,
            model: 'openai/gpt-4.1',
            provider: 'OpenAI',
            endpoint: '550e8400-e29b-41d4-a716-446655440000',
            microUsd: 1_250_000,
            byokMicroUsd: 12_000,
            prompt: 4_000_000,
            completion: 500_000,
            requests: 300,
          })),
        }),
      ),
  },
  'the emulator of the demo': {
    key: OPENROUTER_KEY,
    start: () => startOpenrouter(FLEET, clock),
  },
};

interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly sent: unknown;
  readonly status: number;
  readonly answer: unknown;
}

/** All requests and answers of a pull of spend, recorded on the way. */
async function recordExchanges(router: Emulator, key: string): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  const between = await startServer((response, { method, path, query, body, headers }) => {
    void (async () => {
      const { authorization = '' } = headers;
      const url = new URL(`${path}?${query.toString()}`, router.url);
      const type = { authorization, 'content-type': 'application/json' };
      const how = { method, headers: type, ...(body === '' ? {} : { body }) };
      const answered = await fetch(url, how);
      const text = await answered.text();
      const sent: unknown = body === '' ? undefined : JSON.parse(body);
      const answer: unknown = JSON.parse(text);
      exchanges.push({ method, path, query, sent, status: answered.status, answer });
      response.writeHead(answered.status, { 'content-type': 'application/json' });
      response.end(text);
    })();
  });
  const tools = testClient();
  tools.clock.set(clock.nowMs());
  const options = openrouterKind.options.parse({
    managementKey: createSecret('KEY', () => key),
    baseUrl: `${between.origin}/api/v1`,
  });
  const window = { startMs: TODAY - 60 * DAY_MS, endMs: TODAY };
  const request = { window, usage: [], models: [], facts: ['charges'] as const };
  const all = await pullFromSource(openrouterKind.create('router', options, tools), request);
  await between.close();
  expect(all.flatMap(({ fetch: { failure } }) => failure ?? [])).toEqual([]);
  expect(all.flatMap(({ charges = [] }) => charges).length).toBeGreaterThan(1);
  return exchanges;
}

describe.each(Object.entries(ACCOUNTS))(
  'what %s returns for an account',
  (_name, { key, start }) => {
    let router: Emulator;
    let exchanges: readonly Exchange[] = [];

    beforeAll(async () => {
      router = await start();
      exchanges = await recordExchanges(router, key);
    });
    afterAll(() => router.close());

    it('is allowed by the document, and so are the requests', () => {
      const paths = new Set(exchanges.map(({ method, path }) => `${method} ${path}`));
      expect([...paths].sort()).toEqual([
        'GET /api/v1/activity',
        'GET /api/v1/analytics/meta',
        'POST /api/v1/analytics/query',
      ]);
      for (const { method, path, query, sent, status, answer } of exchanges) {
        const of = ['paths', path.replace('/api/v1', ''), method.toLowerCase()];
        const schema = schemaAt(SPECIFICATION, [
          ...of,
          'responses',
          String(status),
          ...JSON_SCHEMA,
        ]);
        expect(findSchemaFaults(answer, schema, SPECIFICATION)).toEqual([]);
        const { parameters = [] } = schemaAt(SPECIFICATION, of) as {
          readonly parameters?: readonly { readonly name: string }[];
        };
        const names = parameters.map(({ name }) => name);
        expect([...query.keys()].filter((asked) => !names.includes(asked))).toEqual([]);
        const wanted = sent === undefined ? [] : [...of, 'requestBody', ...JSON_SCHEMA];
        const asked = sent === undefined ? {} : schemaAt(SPECIFICATION, wanted);
        expect(findSchemaFaults(sent ?? {}, asked, SPECIFICATION)).toEqual([]);
      }
    });

    it('is refused to another key as the document states', async () => {
      const headers = { authorization: 'Bearer nobody' };
      const refused = await fetch(new URL('/api/v1/activity', router.url), { headers });
      const of = ['paths', '/activity', 'get', 'responses', String(refused.status), ...JSON_SCHEMA];
      expect([401, 403]).toContain(refused.status);
      const answer: unknown = await refused.json();
      expect(findSchemaFaults(answer, schemaAt(SPECIFICATION, of), SPECIFICATION)).toEqual([]);
    });
  },
);
