/** Tests Hyperstack's VMs, volumes, clusters and prices as facts. */

import { describe, expect, test } from 'vitest';
import { createSecret } from '../../../src/platform/secret.ts';
import { hyperstackKind } from '../../../src/sources/registry.ts';
import { json } from '../../support/httpServer.ts';
import { failuresIn, pullFromReply, rejectsIn, resourcesIn } from '../../support/pulledFrom.ts';
import { hyperstackApi, KEY, type PlantedOrganization } from './emulator.ts';
import { JUNE, PLANTED } from './subject.ts';

const OPTIONS = { apiKey: createSecret('${HYPERSTACK_API_KEY}', () => KEY) };
const REQUEST = { window: JUNE, usage: [], models: [], facts: ['inventory', 'rates'] } as const;

const planted = (changes: Partial<PlantedOrganization>) =>
  hyperstackApi({ ...PLANTED, ...changes }, 'calm');

const pull = (reply: ReturnType<typeof planted>) =>
  pullFromReply(hyperstackKind, reply, { options: OPTIONS, request: REQUEST });

describe('inventory and prices', () => {
  test('VMs have the GPUs of their flavor; a cluster has none that its VMs have', async () => {
    const { all } = await pull(planted({}));
    const result = resourcesIn(all).map((one) => [one.resourceId, one.gpuType, one.gpuCount]);
    expect(Object.fromEntries(result.map(([id, ...gpus]) => [id, gpus]))).toEqual({
      'vm-8429': ['H100-80G-PCIe-NVLink', 8],
      'vm-8430': ['RTX-A6000', 8],
      'vm-8431': [undefined, undefined],
      'cluster-31': [undefined, undefined],
      'volume-8429': [undefined, undefined],
    });
  });

  test('a cluster whose nodes are not in the list of VMs has the GPUs of its groups', async () => {
    const { all } = await pull(planted({ vms: [] }));
    const cluster = resourcesIn(all).find(({ kind }) => kind === 'cluster');
    expect(cluster).toMatchObject({ gpuType: 'RTX-A6000', gpuCount: 16 });
  });

  test('a cluster has no GPUs where the list of VMs cannot be read', async () => {
    const others = planted({});
    const { all } = await pull((response, request) =>
      (request.path.endsWith('/virtual-machines') ? json({ instances: [{}], count: 1 }) : others)(
        response,
        request,
      ),
    );
    const cluster = resourcesIn(all).find(({ kind }) => kind === 'cluster');
    expect([cluster?.resourceId, cluster?.gpuType]).toEqual(['cluster-31', undefined]);
  });

  test.each([
    [5, true],
    [5, false],
    [2, true],
    [2, false],
  ])(
    'all of %d VMs are read, two a page, if their count is that of a page or of all (%s)',
    async (many, isCountOfPage) => {
      const vms = Array.from({ length: many }, (_, at) => ({ id: at + 1, name: `vm ${at}` }));
      const { all } = await pull(planted({ vms, isCountOfPage }));
      expect([failuresIn(all), rejectsIn(all)]).toEqual([[], []]);
      const ids = resourcesIn(all).map(({ resourceId }) => resourceId);
      expect(ids.filter((id) => id.startsWith('vm')).toSorted()).toEqual(
        vms.map(({ id }) => `vm-${id}`),
      );
    },
  );

  const rates = async (prices: readonly object[]) => {
    const { all } = await pull(planted({ prices }));
    const found = all.flatMap(({ rates: some = [] }) => some.map(({ fact }) => fact));
    const result = found.map((one): [string, bigint] => [
      `${one.gpuType} ${one.pricingClass}`,
      one.usdPerGpuHour,
    ]);
    return result.toSorted(([a], [b]) => (a < b ? -1 : 1));
  };

  test('prices that are named like a GPU are rates, of spot where the name says so', async () => {
    expect(await rates(PLANTED.prices)).toEqual([
      ['H100-80G-PCIe-NVLink on-demand', 2_000_000_000n],
      ['RTX-A6000 on-demand', 500_000_000n],
      ['RTX-A6000 spot', 400_000_000n],
    ]);
  });

  test('an expired, missing or duplicate price is no rate', async () => {
    const one = { name: 'RTX-A6000', value: 0.5 };
    expect(await rates([{ ...one, end_time: '2025-01-01T00:00:00' }])).toEqual([]);
    expect(await rates([{ ...one, value: null }])).toEqual([]);
    expect(await rates([one, { ...one, value: 0.6 }])).toEqual([]);
    expect(await rates([one, one])).toHaveLength(1);
  });
});
