/** Checks the RunPod emulator's answers against RunPod's own OpenAPI document. */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_WINDOW } from '../../src/demo/calendar.ts';
import { startRunpod } from '../../src/demo/emulators/runpod.ts';
import type { Emulator } from '../../src/demo/emulators/emulator.ts';
import { RUNPOD_KEY, RUNPOD_KEY_WITHOUT_BILLING } from '../../src/demo/keys.ts';
import { instantText } from '../../src/domain/period.ts';
import { type EmulatorQuestion, requestEmulator, demoClock, FLEET } from '../support/demoFleet.ts';
import { findSchemaFaults, schemaAt } from '../support/jsonSchema.ts';

const SPECIFICATION: unknown = JSON.parse(
  readFileSync('../shared/reference/providers/runpod/openapi-rest-v2.json', 'utf8'),
);

const WEEK = {
  startTime: instantText(DEMO_WINDOW.startMs + 8 * 86_400_000),
  endTime: instantText(DEMO_WINDOW.startMs + 15 * 86_400_000),
};

let runpod: Emulator;

beforeAll(async () => {
  runpod = await startRunpod(FLEET, demoClock());
});

afterAll(() => runpod.close());

/** Faults of the answer to a documented path under a documented status. */
async function faults(path: string, status: string, how: EmulatorQuestion): Promise<string[]> {
  const answer = await requestEmulator(runpod, path, how);
  const mediaType = status === '200' ? 'application/json' : 'application/problem+json';
  expect(answer.type).toBe(mediaType);
  expect(String(answer.status)).toBe(status === 'default' ? '400' : status);
  const keys = ['paths', path, 'get', 'responses', status, 'content', mediaType, 'schema'];
  return findSchemaFaults(answer.json, schemaAt(SPECIFICATION, keys), SPECIFICATION);
}

const BILLS = ['', '/pods', '/serverless', '/endpoints', '/network-volumes', '/clusters'].map(
  (family) => `/v2/billing${family}`,
);
const LISTS = [
  '/v2/pods',
  '/v2/serverless',
  '/v2/network-volumes',
  '/v2/clusters',
  '/v2/catalog/gpus',
];

describe("RunPod's OpenAPI document", () => {
  it.each(LISTS)('allows what the emulator lists at %s', async (path) => {
    expect(await faults(path, '200', { key: RUNPOD_KEY })).toEqual([]);
  });

  it.each(BILLS)('allows what the emulator bills at %s by hour, day and month', async (path) => {
    for (const bucketSize of ['hour', 'day', 'month']) {
      const query = { ...WEEK, bucketSize };
      expect(await faults(path, '200', { key: RUNPOD_KEY, query })).toEqual([]);
    }
  });

  it('allows the bill of one pod, which echoes its id', async () => {
    const query = { ...WEEK, podId: 'k3v9t2m7qa' };
    expect(await faults('/v2/billing/pods', '200', { key: RUNPOD_KEY, query })).toEqual([]);
  });

  it('allows the problems that the emulator sends', async () => {
    const path = '/v2/billing/pods';
    const bad = { key: RUNPOD_KEY, query: { bucketSize: 'decade' } };
    expect(await faults(path, '401', {})).toEqual([]);
    expect(await faults(path, '403', { key: RUNPOD_KEY_WITHOUT_BILLING })).toEqual([]);
    expect(await faults(path, 'default', bad)).toEqual([]);
  });

  it('documents every parameter and value that the emulator accepts', () => {
    const parameters = (
      schemaAt(SPECIFICATION, ['paths', '/v2/billing/pods', 'get', 'parameters']) as {
        name?: string;
        $ref?: string;
      }[]
    ).map(({ name, $ref }) => name ?? $ref?.split('/').at(-1));
    expect(parameters).toEqual([
      'BillingStartTime',
      'BillingEndTime',
      'BillingBucketSize',
      'BillingLastN',
      'podId',
    ]);
    expect(schemaAt(SPECIFICATION, ['components', 'schemas', 'BillingBucketSize', 'enum'])).toEqual(
      ['hour', 'day', 'week', 'month', 'year'],
    );
  });

  it('rejects an answer that lacks, mistypes or misnames something', () => {
    const keys = ['components', 'schemas', 'PodBillingRecord'];
    const schema = schemaAt(SPECIFICATION, keys);
    const good = {
      startTime: '2026-06-01T00:00:00Z',
      endTime: '2026-06-02T00:00:00Z',
      podId: 'x',
      totalAmount: 1,
      gpuAmount: 1,
      cpuAmount: 0,
      diskAmount: 0,
    };
    expect(findSchemaFaults(good, schema, SPECIFICATION)).toEqual([]);
    expect(findSchemaFaults({ ...good, gpuAmount: '1' }, schema, SPECIFICATION)).toHaveLength(1);
    expect(
      findSchemaFaults({ ...good, startTime: '2026-06-01' }, schema, SPECIFICATION),
    ).toHaveLength(1);
    const { podId: _podId, ...nameless } = good;
    expect(findSchemaFaults(nameless, schema, SPECIFICATION)).toEqual(['$.podId: missing']);
  });
});
