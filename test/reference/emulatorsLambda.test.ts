/**
 * Checks the requests to Lambda, and its emulator's answers, against Lambda's own OpenAPI document.
 */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/domain/period.ts';
import { createSecret } from '../../src/platform/secret.ts';
import { lambdaKind } from '../../src/sources/registry.ts';
import { pullFromSource } from '../contract/source.ts';
import { ACCOUNT, KEY, lambdaApi, SEPTEMBER_2_MS } from '../sources/lambda/emulator.ts';
import { startServer, type TestServer } from '../support/httpServer.ts';
import { findSchemaFaults, schemaAt } from '../support/jsonSchema.ts';
import { testClient } from '../support/testClient.ts';

const SPECIFICATION: unknown = JSON.parse(
  readFileSync('../shared/reference/providers/lambda/lambda-cloud-openapi.json', 'utf8'),
);
const NOW_MS = SEPTEMBER_2_MS + 12 * HOUR_MS;
const PATHS = ['instances', 'instance-types', 'file-systems', 'audit-events'];

let server: TestServer;
beforeAll(async () => {
  server = await startServer(lambdaApi(ACCOUNT, () => NOW_MS, 'reference'));
});
afterAll(() => server.close());

function schemaOf(path: string, status: string): unknown {
  const keys = ['paths', path, 'get', 'responses', status, 'content', 'application/json', 'schema'];
  return schemaAt(SPECIFICATION, keys);
}

async function faults(asked: string, status: string, key: string): Promise<string[]> {
  const [name = '', query = ''] = asked.split(/(?=\?)/);
  const path = `/api/v1/${name}`;
  const headers = { authorization: `Bearer ${key}` };
  let answer = await fetch(`${server.origin}${path}${query}`, { headers });
  if (answer.status === 429) answer = await fetch(`${server.origin}${path}${query}`, { headers });
  expect(String(answer.status)).toBe(status);
  return findSchemaFaults(await answer.json(), schemaOf(path, status), SPECIFICATION);
}

describe("Lambda's OpenAPI document", () => {
  it.each(PATHS)('allows what the emulator answers at %s', async (name) => {
    expect(await faults(name, '200', KEY)).toEqual([]);
  });

  it('allows the problems that the emulator answers', async () => {
    expect(await faults('instances', '401', 'wrong')).toEqual([]);
    expect(await faults('audit-events?start=yesterday', '400', KEY)).toEqual([]);
  });

  it('has every path and parameter that the source uses', async () => {
    const client = testClient();
    client.clock.set(NOW_MS);
    const apiKey = createSecret('${K}', () => KEY);
    const options = lambdaKind.options.parse({ apiKey, baseUrl: server.origin });
    const source = lambdaKind.create('main', options, client);
    const before = server.requests.length;
    const window = { startMs: SEPTEMBER_2_MS, endMs: NOW_MS };
    for (const facts of [['charges', 'rates'], ['inventory']] as const) {
      await pullFromSource(source, { window, usage: [], models: [], facts });
    }
    const asked = server.requests.slice(before);
    expect(new Set(asked.map(({ path }) => path.replace('/api/v1/', '')))).toEqual(new Set(PATHS));
    for (const { path, query } of asked) {
      const operation = schemaAt(SPECIFICATION, ['paths', path, 'get']) as {
        readonly parameters?: readonly { readonly name: string }[];
      };
      const known = new Set((operation.parameters ?? []).map(({ name }) => name));
      expect([...query.keys()].filter((name) => !known.has(name))).toEqual([]);
    }
  });
});
