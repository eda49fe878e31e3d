/**
 * Checks the OpenRouter emulator's answers against OpenRouter's own OpenAPI document and real rows.
 */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRICE_PULLS } from '../../src/demo/calendar.ts';
import { startOpenrouter } from '../../src/demo/emulators/openrouter.ts';
import type { Emulator } from '../../src/demo/emulators/emulator.ts';
import { OPENROUTER_KEY } from '../../src/demo/keys.ts';
import { requestEmulator, demoClock, FLEET } from '../support/demoFleet.ts';
import { findSchemaFaults, schemaAt } from '../support/jsonSchema.ts';

function reference(name: string): unknown {
  return JSON.parse(readFileSync(`../shared/reference/pricing/${name}`, 'utf8'));
}

const SPECIFICATION = reference('openrouter-openapi.json');
const PATH = '/models/{author}/{slug}/endpoints';
const MODELS = FLEET.deployments.map(({ hosted }) => hosted.model);

const clock = demoClock();
let router: Emulator;

beforeAll(async () => {
  router = await startOpenrouter(FLEET, clock);
});

afterAll(() => router.close());

function schemaOf(status: string): unknown {
  const media = ['content', 'application/json', 'schema'];
  return schemaAt(SPECIFICATION, ['paths', PATH, 'get', 'responses', status, ...media]);
}

const endpointsOf = (model: string) =>
  requestEmulator(router, `/api/v1/models/${model}/endpoints`, { key: OPENROUTER_KEY });

describe("OpenRouter's OpenAPI document", () => {
  it.each(MODELS)('allows what the emulator lists for %s at every pull', async (model) => {
    for (const atMs of PRICE_PULLS) {
      clock.set(atMs);
      const answer = await endpointsOf(model);
      expect(answer).toMatchObject({ status: 200, type: 'application/json' });
      expect(findSchemaFaults(answer.json, schemaOf('200'), SPECIFICATION)).toEqual([]);
    }
  });

  it('allows the refusal of an unknown model', async () => {
    const answer = await endpointsOf('nobody/nothing');
    expect(answer.status).toBe(404);
    expect(findSchemaFaults(answer.json, schemaOf('404'), SPECIFICATION)).toEqual([]);
  });
});

describe('real endpoint rows of 2026-05-12', () => {
  it('have the fields of ours, except those that require a key', async () => {
    const { models } = reference('openrouter_endpoints_2026-05-12.json') as {
      models: { endpoints: Record<string, unknown>[] }[];
    };
    const real = new Set(models.flatMap(({ endpoints }) => endpoints.flatMap(Object.keys)));
    const { json } = await endpointsOf(MODELS[0] ?? '');
    const [ours] = (json as unknown as { data: { endpoints: object[] } }).data.endpoints;
    const more = Object.keys(ours ?? {}).filter((field) => !real.has(field));
    const fewer = [...real].filter((field) => !(field in (ours ?? {})));
    expect(more).toEqual(['latency_last_30m', 'throughput_last_30m']);
    expect(fewer).toEqual(['tr_provider_slug']);
  });
});
