/** Checks the Together emulator, and our requests, against Together's own OpenAPI document. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { createSecret } from '../../src/platform/secret.ts';
import { togetherKind } from '../../src/sources/registry.ts';
import { KEY, togetherApi } from '../sources/together/emulator.ts';
import { JUNE, PLANTED } from '../sources/together/subject.ts';
import { startServer } from '../support/httpServer.ts';
import { findSchemaFaults, schemaAt } from '../support/jsonSchema.ts';
import { pullFromReply } from '../support/pulledFrom.ts';

const SPECIFICATION: unknown = parse(
  readFileSync('../shared/reference/providers/together/openapi.yaml', 'utf8'),
);

const DOCUMENTED = [
  ['/hardware', '/hardware'],
  ['/endpoints', '/endpoints?type=dedicated&mine=true'],
  ['/endpoints/{endpointId}', '/endpoints/endpoint-1'],
  ['/compute/clusters', '/compute/clusters'],
] as const;

it.each(DOCUMENTED)("Together's document allows what is returned at %s", async (path, asked) => {
  const server = await startServer(togetherApi(PLANTED, 'calm'));
  const headers = { authorization: `Bearer ${KEY}` };
  const ask = () => fetch(`${server.origin}${asked}`, { headers });
  const [first, second] = [await ask(), await ask()];
  const answer: unknown = await (first.ok ? first : second).json();
  await server.close();
  const keys = ['paths', path, 'get', 'responses', '200', 'content', 'application/json', 'schema'];
  expect(findSchemaFaults(answer, schemaAt(SPECIFICATION, keys), SPECIFICATION)).toEqual([]);
});

it('documents every path and parameter that is used, except the bill', async () => {
  const { requests } = await pullFromReply(togetherKind, togetherApi(PLANTED, 'calm'), {
    options: { apiKey: createSecret('${TOGETHER_API_KEY}', () => KEY) },
    request: { window: JUNE, usage: [], models: [] },
  });
  const known = new Map<string, string>(
    DOCUMENTED.map(([path, asked]) => [asked.split('?')[0] ?? '', path]),
  );
  for (const { path, query } of requests.filter((one) => one.path !== '/billing/usage')) {
    const documented = schemaAt(SPECIFICATION, ['paths', known.get(path) ?? '', 'get']) as {
      parameters?: readonly { readonly name: string }[];
    };
    const names = (documented.parameters ?? []).map(({ name }) => name);
    expect([...query.keys()].filter((name) => !names.includes(name))).toEqual([]);
  }
});
