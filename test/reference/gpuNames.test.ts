import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type GpuKind, parseGpu, formatGpu, isSameGpu } from '../../src/domain/gpu.ts';

const REFERENCE = new URL('../../../shared/reference/', import.meta.url);

function json(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, REFERENCE), 'utf8'));
}

interface Sample {
  readonly src: string;
  readonly gpu?: string;
  readonly instance?: string;
}

function notUnderstood(names: readonly string[]): string[] {
  return [...new Set(names.filter((name) => parseGpu(name) === undefined))];
}

function kindOf(name: string): GpuKind {
  const kind = parseGpu(name);
  if (kind === undefined) throw new Error(`not understood: ${name}`);
  return kind;
}

describe('the names of real price lists', () => {
  const { rows } = json('pricing/gpu_prices_samples.json') as { rows: Sample[] };
  const names = rows.map(({ gpu, instance }) => gpu ?? instance ?? '');

  test('are all recognized', () => {
    expect(names.length).toBeGreaterThan(30);
    expect(notUnderstood(names)).toEqual([]);
  });

  test('leave the memory open only where two sizes are sold', () => {
    const open = names.filter((name) => kindOf(name).memoryGb === undefined);
    expect(new Set(open)).toEqual(
      new Set(['V100', 'gpu_1x_a100_sxm4', 'gpu_1x_gh200', 'A100 PCIe', 'A100']),
    );
  });

  test('match across providers', () => {
    const ours = kindOf('NVIDIA H100 80GB HBM3');
    const same = rows.filter((_, at) => isSameGpu(ours, kindOf(names[at] ?? '')));
    const providers = same.map(({ src }) =>
      src.split(' ').find((word) => !/^(?:skypilot|v7|datareceipts|[\d-]+)$/.test(word)),
    );
    expect(new Set(providers)).toEqual(new Set(['vast', 'lambda', 'runpod']));
    expect(new Set(same.map(({ gpu, instance }) => gpu ?? instance))).toEqual(
      new Set(['H100_SXM', 'gpu_1x_h100_sxm5', 'H100 SXM']),
    );
  });
});

describe("RunPod's names", () => {
  interface Spec {
    readonly components: {
      readonly schemas: {
        readonly PodCreateInput: {
          readonly properties: {
            readonly gpuTypeIds: { readonly items: { readonly enum: readonly string[] } };
          };
        };
      };
    };
  }
  const { components } = json('providers/runpod/openapi-rest-v1.json') as Spec;
  const names = components.schemas.PodCreateInput.properties.gpuTypeIds.items.enum;

  test('are all recognized except a low-profile card', () => {
    expect(names.length).toBeGreaterThan(40);
    expect(notUnderstood(names)).toEqual(['Tesla V100-FHHL-16GB']);
  });

  test('mean different GPUs unless they are only spellings of one', () => {
    const byKind = Map.groupBy(
      names.filter((name) => parseGpu(name) !== undefined),
      (name) => formatGpu(kindOf(name)),
    );
    const spelledTwice = [...byKind].filter(([, of]) => of.length > 1).map(([kind]) => kind);
    expect(spelledTwice.sort()).toEqual([
      'A30 24 GB',
      'RTX 3080 Ti 12 GB',
      'RTX 5000 Ada 32 GB',
      'RTX A4500 20 GB',
      'RTX PRO 6000 96 GB',
    ]);
  });

  test('have the memory that the catalog states', () => {
    interface Catalog {
      readonly payload: { readonly gpus: readonly { id: string; name: string; memory: number }[] };
    }
    const { payload } = json('providers/runpod/examples/v2-catalog-gpus.json') as Catalog;
    expect(payload.gpus.length).toBeGreaterThan(0);
    for (const { id, name, memory } of payload.gpus) {
      expect([kindOf(id).memoryGb, kindOf(name).memoryGb]).toEqual([memory, memory]);
    }
  });
});

test("Together's hardware matches its own specs", () => {
  interface Hardware {
    readonly payload: {
      readonly id: string;
      readonly specs: { readonly gpu_type: string; readonly gpu_memory: number };
    };
  }
  const { payload } = json('providers/together/examples/hardware.json') as Hardware;
  expect(kindOf(payload.id)).toMatchObject({ memoryGb: payload.specs.gpu_memory, form: 'SXM' });
  expect(isSameGpu(kindOf(payload.id), kindOf(payload.specs.gpu_type))).toBe(true);
});

test("CoreWeave's instances are recognized except pairs and special memory", () => {
  interface List {
    readonly gpu_instances: readonly { readonly name: string }[];
  }
  const { gpu_instances: instances } = json(
    'providers/coreweave/list-prices-2026-09-20.json',
  ) as List;
  expect(notUnderstood(instances.map(({ name }) => name))).toEqual([
    'RTX PRO 6000 Blackwell (High Memory)',
    'GB300 NVL72 / HGX B300',
  ]);
});
