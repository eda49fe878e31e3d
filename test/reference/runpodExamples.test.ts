import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sumNano } from '../../src/domain/money.ts';
import { type JsonNumber, parseLossless } from '../../src/platform/json.ts';
import { readBill } from '../../src/sources/runpod/billing.ts';
import { FAMILIES } from '../../src/sources/runpod/family.ts';
import { readEndpoints, readPods, readVolumes } from '../../src/sources/runpod/inventory.ts';
import { readGpus } from '../../src/sources/runpod/rates.ts';

const EXAMPLES = new URL('../../../shared/reference/providers/runpod/examples/', import.meta.url);
const SPEC = new URL('../openapi-rest-v2.json', EXAMPLES);
const SEEN = { sourceId: 'main', seenAtMs: 7 };

function payload(name: string): Record<string, unknown[]> {
  const body = readFileSync(new URL(`${name}.json`, EXAMPLES));
  return (parseLossless(body, name) as { payload: Record<string, unknown[]> }).payload;
}

describe("the official examples of RunPod's REST v2", () => {
  test('are there', () => {
    expect(readdirSync(EXAMPLES).length).toBeGreaterThan(10);
  });

  test.each(FAMILIES.map((family) => [family.name, family] as const))(
    'the bill of %s is read to its last cent, without a warning',
    (name, family) => {
      const value = payload(`v2-billing-${name}`);
      const records = value['records'] ?? [];
      const answer = { frame: value, count: records.length, items: () => records };
      const bill = readBill(answer, {
        sourceId: 'main',
        family,
        asked: { startMs: Date.UTC(2026, 5, 1), endMs: Date.UTC(2026, 5, 2) },
        where: name,
        holdings: new Map(),
      });
      const [record] = records as { totalAmount: JsonNumber }[];
      const total = BigInt(Math.round(Number(record?.totalAmount.text) * 1e9));
      expect(total).toBeGreaterThan(0n);
      expect(sumNano((bill.charges ?? []).map(({ fact }) => fact.billed))).toBe(total);
      expect(bill.statedTotal?.billedNanoUsd).toBe(total);
      expect([bill.rejects, bill.warnings]).toEqual([[], []]);
    },
  );

  test('the inventories are read without a reject', () => {
    const catalog = readGpus(payload('v2-catalog-gpus')['gpus'] ?? [], SEEN);
    const pods = readPods(payload('v2-pods')['pods'] ?? [], SEEN);
    const endpoints = readEndpoints(
      payload('v2-serverless')['endpoints'] ?? [],
      SEEN,
      catalog.pools,
    );
    const volumes = readVolumes(payload('v2-network-volumes')['networkVolumes'] ?? [], SEEN);
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

  test('every amount that the spec documents for our bills is a known part', () => {
    const spec = JSON.parse(readFileSync(SPEC, 'utf8')) as {
      components: { schemas: Record<string, { properties: object }> };
    };
    const schemas = {
      pods: 'PodBillingAmounts',
      serverless: 'ServerlessBillingAmounts',
      'network-volumes': 'NetworkVolumeBillingAmounts',
    };
    for (const family of FAMILIES) {
      const documented = Object.keys(
        spec.components.schemas[schemas[family.name]]?.properties ?? {},
      );
      const known = ['totalAmount', ...family.parts.map(({ field }) => field)];
      expect(known.toSorted()).toEqual(documented.toSorted());
    }
  });
});
