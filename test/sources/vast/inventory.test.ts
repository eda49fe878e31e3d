/** Tests what is rented at Vast.ai now: instances with their GPUs, and serverless endpoints. */

import { expect, test } from 'vitest';
import { json } from '../../support/httpServer.ts';
import { NOW_MS } from '../../support/testClient.ts';
import { toVastGpuType } from '../../../src/sources/vast/normalize.ts';
import { vastAccount, INSTANCE, instancesOf, pullVast } from './account.ts';
import { vastApi } from './emulator.ts';

const inventoryOf = async (rows: readonly unknown[]) => {
  const reply = vastAccount({ '/api/v1/instances/': json(instancesOf(rows)) });
  const { all } = await pullVast(reply, { facts: ['inventory'] });
  return {
    resources: all.flatMap(({ resources = [] }) => resources.map(({ fact }) => fact)),
    rejects: all.flatMap(({ rejects = [] }) => rejects.map(({ reason }) => reason)),
  };
};

test('an instance has its label as name, the price of the machine and its status', async () => {
  const { resources } = await inventoryOf([INSTANCE]);
  expect(resources).toEqual([
    {
      sourceId: 'main',
      resourceId: 'instance-312',
      kind: 'instance',
      name: 'chat-70b-a',
      gpuType: 'A100 SXM4 80GB',
      gpuCount: 2,
      usdPerHour: 2_402_100_000n,
      status: 'running',
      seenAtMs: NOW_MS,
    },
    {
      sourceId: 'main',
      resourceId: 'endpoint-19392',
      kind: 'serverless',
      name: 'bursty',
      status: 'active',
      seenAtMs: NOW_MS,
    },
  ]);
});

test('a stopped instance still exists, and unknown fields stay absent', async () => {
  const { resources, rejects } = await inventoryOf([
    { id: 1, label: null, gpu_name: null, num_gpus: null, dph_total: null, actual_status: null },
    { id: '2', label: '', actual_status: 'exited', cur_state: 'stopped', dph_total: 0.4 },
    { id: 3, cur_state: 'loading', num_gpus: 0 },
  ]);
  expect(rejects).toEqual([]);
  const about = { sourceId: 'main', kind: 'instance', seenAtMs: NOW_MS };
  expect(resources.slice(0, 3)).toEqual([
    { ...about, resourceId: 'instance-1', name: 'instance-1' },
    {
      ...about,
      resourceId: 'instance-2',
      name: 'instance-2',
      usdPerHour: 400_000_000n,
      status: 'exited',
    },
    { ...about, resourceId: 'instance-3', name: 'instance-3', status: 'loading' },
  ]);
});

test('an instance that cannot be read affects no other', async () => {
  const { resources, rejects } = await inventoryOf([{ id: null }, INSTANCE]);
  expect(resources.map(({ resourceId }) => resourceId)).toEqual(['instance-312', 'endpoint-19392']);
  expect(rejects).toHaveLength(1);
});

test.each(['a', 'b', 'c'])('all pages of instances are read (%s)', async (seed) => {
  const instances = Array.from({ length: 60 }, (_, id) => ({ ...INSTANCE, id, label: `w${id}` }));
  const { all } = await pullVast(vastApi({ days: [], instances, endpoints: [] }, seed), {
    facts: ['inventory'],
  });
  const names = all.flatMap(({ resources = [] }) => resources.map(({ fact }) => fact.name));
  expect(names).toEqual(instances.map(({ label }) => label));
  expect(all.flatMap(({ rejects = [] }) => rejects)).toEqual([]);
});

test.each([
  ['A100 SXM4', 40_960, 'A100 SXM4 40GB'],
  ['A100 PCIE', 81_559, 'A100 PCIE 80GB'],
  // The name alone is enough.
  ['RTX 4090', 24_564, 'RTX 4090'],
  ['H100 NVL', 95_830, 'H100 NVL'],
  // No A100 has so much, and nothing is known of the last.
  ['A100 SXM4', 65_536, 'A100 SXM4'],
  ['Imaginary RTX 9999', 24_576, 'Imaginary RTX 9999'],
  ['A100 SXM4', null, 'A100 SXM4'],
])('%s of %s MiB is %s', (name, mebibytes, expected) => {
  expect(toVastGpuType({ gpu_name: name, gpu_ram: mebibytes })).toBe(expected);
});
