import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sumNano } from '../../src/domain/money.ts';
import { type JsonNumber, parseLossless } from '../../src/platform/json.ts';
import { newAccountBill } from '../../src/sources/runpod/accountBill.ts';
import { readRunpodBill } from '../../src/sources/runpod/billing.ts';
import { RUNPOD_FAMILIES } from '../../src/sources/runpod/wire.ts';
import {
  createPoolLookup,
  readPods,
  readRunpodEndpoints,
  readRunpodGpus,
  readRunpodVolumes,
} from '../../src/sources/runpod/inventory.ts';
import { readWorkers } from '../../src/sources/runpod/workers.ts';
import { WORKER } from '../sources/runpod/account.ts';
import { KEY, type PlantedBill, runpodApi } from '../sources/runpod/emulator.ts';
import { listBody } from '../support/bodyText.ts';
import { startServer } from '../support/httpServer.ts';
import { findSchemaFaults, schemaAt } from '../support/jsonSchema.ts';

const EXAMPLES = new URL('../../../shared/reference/providers/runpod/examples/', import.meta.url);
const SPEC = new URL('../openapi-rest-v2.json', EXAMPLES);
const SEEN = { sourceId: 'main', seenAtMs: 7 };

function payload(name: string): Record<string, unknown[]> {
  const body = readFileSync(new URL(`${name}.json`, EXAMPLES));
  return (parseLossless(body, name) as { payload: Record<string, unknown[]> }).payload;
}

/** The fields of one schema of the specification. */
function schemaAmounts(name: string): string[] {
  const spec = JSON.parse(readFileSync(SPEC, 'utf8')) as {
    components: { schemas: Record<string, { properties: object }> };
  };
  return Object.keys(spec.components.schemas[name]?.properties ?? {});
}

describe("the official examples of RunPod's REST v2", () => {
  test('exist', () => {
    expect(readdirSync(EXAMPLES).length).toBeGreaterThan(10);
  });

  test.each(RUNPOD_FAMILIES.map((family) => [family.name, family] as const))(
    'the bill of %s is read to its last cent, without a warning',
    (name, family) => {
      const value = payload(`v2-billing-${name === 'endpoints' ? 'public-endpoints' : name}`);
      const bill = readRunpodBill(listBody(value, 'records'), {
        sourceId: 'main',
        family,
        asked: { startMs: Date.UTC(2026, 5, 1), endMs: Date.UTC(2026, 5, 2) },
        where: name,
        detailsById: new Map(),
      });
      const [record] = value['records'] as { totalAmount: JsonNumber }[];
      const total = BigInt(Math.round(Number(record?.totalAmount.text) * 1e9));
      expect(total).toBeGreaterThan(0n);
      expect(sumNano((bill.charges ?? []).map(({ fact }) => fact.billed))).toBe(total);
      expect(bill.statedTotal?.billedNanoUsd).toBe(total);
      expect([bill.rejects, bill.warnings]).toEqual([[], []]);
    },
  );

  test('the inventories are read without a reject', () => {
    const catalog = readRunpodGpus(payload('v2-catalog-gpus')['gpus'] ?? [], SEEN);
    const pods = readPods(payload('v2-pods')['pods'] ?? [], SEEN);
    const endpoints = readRunpodEndpoints(
      payload('v2-serverless')['endpoints'] ?? [],
      SEEN,
      createPoolLookup(catalog.types),
    );
    const volumes = readRunpodVolumes(payload('v2-network-volumes')['networkVolumes'] ?? [], SEEN);
    for (const { rejects } of [catalog, pods, endpoints, volumes]) expect(rejects).toEqual([]);
    expect(catalog.rates.map(({ fact }) => fact.usdPerGpuHour)).toEqual([
      440_000_000n,
      310_000_000n,
      1_100_000_000n,
    ]);
    expect(pods.resources[0]?.fact).toMatchObject({
      resourceId: '7h9k2m4n6p',
      name: 'pytorch-training',
      gpuType: 'NVIDIA GeForce RTX 4090',
      gpuCount: 1,
      usdPerHour: 440_000_000n,
      status: 'RUNNING',
    });
    expect(endpoints.resources[0]?.fact).toMatchObject({
      name: 'image-generator',
      gpuType: 'NVIDIA GeForce RTX 4090',
    });
    expect(volumes.resources[0]?.fact.name).toBe('training-dataset');
  });

  test('the bill of the whole account is split into products that are all known', () => {
    const account = newAccountBill();
    const window = { startMs: Date.UTC(2026, 5, 1), endMs: Date.UTC(2026, 5, 2) };
    const asked = { where: 'account', window, askedAtMs: 7 };
    expect(account.read(listBody(payload('v2-billing'), 'records'), 'main', asked)).toMatchObject({
      charges: [],
      rejects: [],
      warnings: [],
    });
    const billed = RUNPOD_FAMILIES.map((family) => account.billed(family, window));
    // 18.2 + 1.1; 12.6 + 0.44 + 1.25; 2.5; 2.5 + 0.3 + 0.24; 3.21: together 42.34.
    expect(billed).toEqual([
      19_300_000_000n,
      14_290_000_000n,
      2_500_000_000n,
      3_040_000_000n,
      3_210_000_000n,
    ]);
    const documented = schemaAmounts('BillingAmounts').filter((field) => field !== 'totalAmount');
    const products = documented.map((field) => /^[a-z]+/.exec(field)?.[0]);
    expect(new Set(products)).toEqual(
      new Set(RUNPOD_FAMILIES.map(({ account: prefix }) => prefix)),
    );
  });

  test('every amount that the spec documents for our bills is a known part', () => {
    const schemas = {
      pods: 'PodBillingAmounts',
      serverless: 'ServerlessBillingAmounts',
      'network-volumes': 'NetworkVolumeBillingAmounts',
      clusters: 'ClusterBillingAmounts',
      endpoints: 'EndpointBillingAmounts',
    };
    for (const family of RUNPOD_FAMILIES) {
      const documented = schemaAmounts(schemas[family.name]);
      const known = new Set(['totalAmount', ...family.parts.map(({ field }) => field)]);
      expect([...known].toSorted()).toEqual(documented.toSorted());
    }
  });

  test('a worker is read with its GPU, its start and its price per hour', () => {
    const catalog = readRunpodGpus(payload('v2-catalog-gpus')['gpus'] ?? [], SEEN);
    const seenAtMs = Date.UTC(2026, 5, 1, 13, 5);
    const about = { sourceId: 'main', seenAtMs, endpointId: '4m7x2k9q', name: 'image-generator' };
    const workers = payload('v2-serverless-workers')['workers'] ?? [];
    const { resources, rejects } = readWorkers(workers, { ...about, types: catalog.types });
    expect(rejects).toEqual([]);
    const type = 'NVIDIA GeForce RTX 4090';
    const result = resources.map(({ fact }) => [
      fact.resourceId,
      fact.status,
      fact.seenAtMs,
      fact.gpuType,
      fact.usdPerHour,
    ]);
    // Its start and its uptime of an hour agree.
    expect(result).toEqual([
      ['4m7x2k9q/8g3n5t6r', 'event: started', Date.UTC(2026, 5, 1, 12, 5), type, undefined],
      ['4m7x2k9q/8g3n5t6r', 'up', seenAtMs, type, 1_100_000_000n],
    ]);
  });

  test('the document allows the workers that our emulator lists', async () => {
    const spec: unknown = JSON.parse(readFileSync(SPEC, 'utf8'));
    const path = '/v2/serverless/{id}/workers';
    const keys = ['paths', path, 'get', 'responses', '200', 'content', 'application/json'];
    const schema = schemaAt(spec, [...keys, 'schema']);
    const none = { pods: [], endpoints: [], networkVolumes: [], clusters: [] };
    const { image: _image, ...bare } = WORKER;
    const workers = [WORKER, { ...bare, gpuTypeId: null, startedAt: null }];
    for (const seed of ['a', 'b', 'c']) {
      const server = await startServer(
        runpodApi(NO_BILL, { ...none, workers: () => workers }, seed),
      );
      const url = `${server.origin}/v2/serverless/ep1/workers`;
      const headers = { authorization: `Bearer ${KEY}` };
      let answer = await fetch(url, { headers });
      if (answer.status === 429) answer = await fetch(url, { headers });
      expect(findSchemaFaults(await answer.json(), schema, spec)).toEqual([]);
      await server.close();
    }
  });
});

const NO_BILL: PlantedBill = {
  pods: [],
  serverless: [],
  volumes: [],
  clusters: [],
  publicEndpoints: [],
  nodes: [],
};
