/**
 * Checks our requests to Vast.ai, the emulator and the official examples against its OpenAPI files.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DAY_MS } from '../../src/domain/period.ts';
import { json, type Reply } from '../support/httpServer.ts';
import { findSchemaFaults, schemaAt } from '../support/jsonSchema.ts';
import {
  vastAccount,
  chargesIn,
  chargesOf,
  INSTANCE,
  instancesOf,
  JUNE_1,
  pullVast,
  ROW,
} from '../sources/vast/account.ts';
import { vastApi } from '../sources/vast/emulator.ts';

const FOLDER = '../shared/reference/providers/vast';

interface Parameter {
  readonly name: string;
  readonly schema: { readonly type?: string };
}

/** Where each request is documented. */
const FILES: Readonly<Record<string, string>> = {
  '/api/v0/charges/': 'show_charges',
  '/api/v1/instances/': 'show_instances',
  '/api/v0/endptjobs/': 'show_endpoints',
};

function specification(path: string): unknown {
  return parse(readFileSync(`${FOLDER}/${FILES[path]}.yaml`, 'utf8'));
}

function faults(path: string, status: number, value: unknown): string[] {
  const spec = specification(path);
  const keys = ['paths', path, 'get', 'responses', String(status), 'content'];
  return findSchemaFaults(value, schemaAt(spec, [...keys, 'application/json', 'schema']), spec);
}

function example(name: string): Record<string, unknown> {
  const { payload } = JSON.parse(readFileSync(`${FOLDER}/examples/${name}.json`, 'utf8')) as {
    payload: Record<string, unknown>;
  };
  return payload;
}

/** Every answer of the emulator to the requests of one pull. */
async function answersOf(seed: string) {
  const days = [0, 1].map((day) => ({
    source: `instance-${day}`,
    dayMs: JUNE_1.startMs + day * DAY_MS,
    microUsd: { gpu: 9_336_123, disk: 2_001 },
  }));
  const { label_counts: _none, ...plain } = { ...INSTANCE, label_counts: 0, extra_env: [] };
  const answers: { path: string; status: number; body: unknown }[] = [];
  const known = vastApi({ days, instances: [plain, plain], endpoints: [] }, seed);
  const listening: Reply = (response, request) => {
    const end = response.end.bind(response) as (text: string) => typeof response;
    response.end = ((text: string) => {
      const isJson = text.startsWith('{');
      const body: unknown = isJson ? JSON.parse(text) : text;
      answers.push({ path: request.path, status: response.statusCode, body });
      return end(text);
    }) as typeof response.end;
    known(response, request);
  };
  const window = { startMs: JUNE_1.startMs, endMs: JUNE_1.endMs + DAY_MS };
  await pullVast(listening, { window });
  return answers;
}

describe("Vast.ai's OpenAPI documents", () => {
  test.each(['a', 'b', 'c', 'd'])('allow all that the emulator answers (%s)', async (seed) => {
    const answers = await answersOf(seed);
    expect(answers.length).toBeGreaterThan(3);
    // Refusals in plain text are documented only in prose.
    const plain = answers.filter(({ body }) => typeof body === 'string');
    expect(plain.filter(({ status }) => status !== 429)).toEqual([]);
    const odd = answers
      .filter(({ body }) => typeof body !== 'string')
      .flatMap(({ path, status, body }) => faults(path, status, body));
    expect(odd).toEqual([]);
  });

  test('have each parameter that we send', async () => {
    const token = json(chargesOf([ROW], { total: 2, next_token: 'more' }));
    const { requests } = await pullVast(vastAccount({ '/api/v0/charges/': token }));
    expect(requests.some(({ query }) => query.has('after_token'))).toBe(true);
    for (const { path, query } of requests) {
      const keys = ['paths', path, 'get'];
      const { parameters = [] } = schemaAt(specification(path), keys) as {
        parameters?: Parameter[];
      };
      for (const [name, value] of query) {
        const { schema } = parameters.find((one) => one.name === name) ?? { schema: undefined };
        expect([path, name, schema]).not.toContain(undefined);
        const typed = schema?.type === 'integer' ? Number(value) : value;
        expect(findSchemaFaults(typed, schema, {})).toEqual([]);
      }
    }
  });

  test('define the day as we do: both bounds in seconds, the last one inclusive', () => {
    const { parameters } = schemaAt(specification('/api/v0/charges/'), [
      'paths',
      '/api/v0/charges/',
      'get',
    ]) as { parameters: { description: string }[] };
    // All of January 2026.
    expect(parameters[0]?.description).toContain('{"gte":1767225600,"lte":1769903999}');
    expect(1_767_225_600_000).toBe(Date.UTC(2026, 0, 1));
    expect(1_769_904_000_000).toBe(Date.UTC(2026, 1, 1));
  });
});

describe("Vast.ai's examples", () => {
  test('are read: the amount whole, its items separate', async () => {
    const { all } = await pullVast(
      vastAccount({
        '/api/v0/charges/': json({ ...example('charges'), total: 1, next_token: null }),
        '/api/v1/instances/': json(instancesOf(example('instances')['instances'] as unknown[])),
      }),
    );
    expect(all.flatMap(({ rejects = [] }) => rejects)).toEqual([]);
    const charges = chargesIn(all);
    expect(charges.map(({ billed }) => billed)).toEqual([37_344_000_000n, 1_077_000_000n]);
    expect(charges[0]).toMatchObject({ resourceId: 'endpoint-19392' });
    const [resource] = all.flatMap(({ resources = [] }) => resources);
    expect(resource?.fact).toMatchObject({
      resourceId: 'instance-312',
      name: 'ML Training Job 2025',
      gpuType: 'RTX 4090',
      gpuCount: 1,
      usdPerHour: 802_100_000n,
      status: 'running',
    });
  });

  test.each([
    [403, '403'],
    [404, '404'],
  ])('of status %i are failures of the key', async (status, name) => {
    const body = example('charges-errors')[name];
    expect(faults('/api/v0/charges/', status, body)).toEqual([]);
    const { all } = await pullVast(json(body, status));
    expect(all.map(({ fetch }) => fetch.failure?.code)).toEqual(['auth']);
  });
});
