/** Tests the price of one GPU from catalogs of GPU prices, and which rows are left out. */

import { describe, expect, test } from 'vitest';
import { gpuCatalogKind } from '../../../src/sources/registry.ts';
import type { Reply } from '../../support/httpServer.ts';
import { failuresIn, pullFromReply, rejectsIn, warningsIn } from '../../support/pulledFrom.ts';
import { NOW_MS } from '../../support/testClient.ts';
import {
  csv,
  filesReply,
  gpuhuntCsv,
  H100,
  type Machine,
  skypilotCsv,
  VAST,
  zipOf,
  type ZipOptions,
} from './emulator.ts';

const request = { window: { startMs: 0, endMs: 1 }, usage: [], models: [] };

async function pull(reply: Reply, options: object) {
  const { all, requests } = await pullFromReply(gpuCatalogKind, reply, { options, request });
  const rates = all.flatMap(({ rates: some = [] }) => some.map(({ fact }) => fact));
  const short = rates.map(({ provider, gpuType, pricingClass, usdPerGpuHour }) => [
    provider,
    gpuType,
    pricingClass,
    Number(usdPerGpuHour) / 1e9,
  ]);
  const paths = requests.map(({ path }) => path);
  return { all, rates, short, paths, failures: failuresIn(all), rejects: rejectsIn(all) };
}

/** One of SkyPilot's clouds. */
function skypilot(
  machines: readonly Machine[],
  { seed = 'calm', ...options }: { seed?: string; regions?: string[] } = {},
) {
  const reply = filesReply({ '/cloud/vms.csv': skypilotCsv(machines, seed) });
  return pull(reply, { catalog: 'skypilot', providers: ['cloud'], ...options });
}

function gpuhunt(machines: readonly Machine[], zip: ZipOptions = {}) {
  const reply = filesReply({
    '/lambdalabs/version': '20261129-5512\n',
    '/lambdalabs/20261129-5512/catalog.zip': zipOf('lambdalabs.csv', gpuhuntCsv(machines), zip),
  });
  return pull(reply, { catalog: 'gpuhunt', providers: ['lambdalabs'] });
}

const one = (machine: Partial<Machine>): Machine => ({
  ...H100,
  name: 'gpu-h100-sxm_1gpu',
  count: 1,
  usd: '2.95',
  region: 'eu-north1',
  ...machine,
});

describe('a machine of SkyPilot', () => {
  test.each(['calm', 'b', 'c', 'd', 'e', 'f'])(
    'divides its price among its GPUs, in every format (%s)',
    async (seed) => {
      const { rates, short, rejects } = await skypilot(VAST, { seed });
      // $1.80, $3.60 for two and $17.07 for eight: the middle one.
      expect(short).toEqual([
        ['cloud', 'H100 80 GB SXM', 'on-demand', 1.8],
        ['cloud', 'RTX 4090 24 GB', 'on-demand', 0.4],
      ]);
      expect(rates[0]).toMatchObject({ sourceId: 'main', validFromMs: NOW_MS });
      expect(rejects).toEqual([]);
    },
  );

  test('the cheaper of the two middle ones counts, a machine listed twice only once', async () => {
    const expensive = one({ name: 'gpu-h100-sxm_8gpu', count: 8, usd: '40' });
    expect((await skypilot([one({}), expensive, expensive, expensive])).short).toEqual([
      ['cloud', 'H100 80 GB SXM', 'on-demand', 2.95],
    ]);
  });

  test('has a spot price where it is not 0.00', async () => {
    const machines = [
      one({ spot: '1.25' }),
      one({ name: 'gpu-h100-sxm_2gpu', count: 2, usd: '5.90' }),
    ];
    expect((await skypilot(machines)).short).toEqual([
      ['cloud', 'H100 80 GB SXM', 'on-demand', 2.95],
      ['cloud', 'H100 80 GB SXM', 'spot', 1.25],
    ]);
  });

  test('is in RunPod’s community class where its name says so', async () => {
    const machines = ['SECURE', 'COMMUNITY'].map((cloud, at) =>
      one({
        name: `1x_A100-80GB_${cloud}`,
        gpu: 'A100-80GB',
        mib: 80,
        usd: at === 0 ? '1.64' : '1.19',
      }),
    );
    expect((await skypilot(machines)).short).toEqual([
      ['cloud', 'A100 80 GB', 'community', 1.19],
      ['cloud', 'A100 80 GB', 'on-demand', 1.64],
    ]);
  });

  test.each([
    ['an A100 without a size has 40 GB', { gpu: 'A100', name: 'a2', mib: 40_960 }, 'A100 40 GB'],
    ['also where nothing else gives it', { gpu: 'A100', name: 'a2', info: '' }, 'A100 40 GB'],
    ['a V100 without one has 16', { gpu: 'V100', name: 'p3', info: 'V100' }, 'V100 16 GB'],
    ['one with a size has that', { gpu: 'A100-80GB', name: 'a2', mib: 81_920 }, 'A100 80 GB'],
    [
      'memory in GB is memory too',
      { gpu: 'A100-80GB', name: '1x_A100-80GB_SECURE', info: "{'SizeInMiB': 80}" },
      'A100 80 GB',
    ],
    [
      'the form is in the name of the machine',
      { gpu: 'H100', name: '1x-H100_NVL-32-65536', mib: 95_830 },
      'H100 94 GB NVL',
    ],
    [
      'or in the description of the GPU',
      { gpu: 'A100-80GB', name: 'x', info: "{'Gpus': [{'Name': 'A100 PCIe'}]}" },
      'A100 80 GB PCIe',
    ],
    [
      'the machine has what the short name drops',
      { gpu: 'RTX4060', name: '1x-RTX_4060_Ti-32-65536', mib: 16_380 },
      undefined,
    ],
    [
      'the second name format of Vast.ai has its memory',
      { gpu: 'A100', name: 'vastv2-1x-A100_PCIE-81920-32-65536', mib: 81_920 },
      'A100 80 GB PCIe',
    ],
  ])('%s', async (_, machine: Partial<Machine>, gpuType) => {
    const { mib: _mib, ...h100 } = one({});
    const result = { ...h100, ...machine };
    const { short } = await skypilot([one({ gpu: 'L4', name: 'l4', info: '' }), result]);
    const found = short.map(([, gpu]) => gpu).filter((gpu) => gpu !== 'L4 24 GB');
    expect(found).toEqual(gpuType === undefined ? [] : [gpuType]);
  });

  test.each([
    ['with two different memory sizes', { gpu: 'A100', name: 'a', mib: 81_920 }],
    ['whose GPU is not understood', { gpu: 'RTXPRO6000S', name: 'a' }],
    ['that has a part of a GPU', { gpu: 'A10', name: 'a', count: '0.5', info: '' }],
  ])('%s is left out and reported', async (_, machine: Partial<Machine>) => {
    const { short, all } = await skypilot([one({}), one(machine)]);
    expect(short).toHaveLength(1);
    expect(warningsIn(all)).toEqual([
      `1 row of cloud skipped: ${machine.gpu ?? ''}. Parts of GPUs and GPUs of unclear ` +
        'model or memory are not compared.',
    ]);
  });

  test('without a GPU it is skipped, and not stored', async () => {
    const cpu = one({ name: 'cpu-d3', gpu: '', count: '', usd: '0.0992', info: '' });
    const { short, all } = await skypilot([cpu, one({})]);
    expect(short).toHaveLength(1);
    expect(warningsIn(all)).toEqual([]);
    const body = all[0]?.fetch.body;
    const kept = new TextDecoder().decode(body instanceof Uint8Array ? body : undefined);
    expect(kept.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(kept)).not.toHaveProperty('vCPUs');
  });

  test.each(['NaN', '-2.95', '99999', '0.0001'])('at %s has no price', async (usd) => {
    const { short, rejects } = await skypilot([one({}), one({ name: 'other', usd })]);
    expect(short).toEqual([['cloud', 'H100 80 GB SXM', 'on-demand', 2.95]]);
    expect(rejects).toEqual([expect.stringMatching(/^record \d+: (invalid|implausible) price: /)]);
  });

  test('is provided by region too: the same median of each alone', async () => {
    const eu = ['2.95', '3.05', '3.45'].map((usd, at) =>
      one({ name: `m${at}`, usd, region: 'eu-north1' }),
    );
    const us = one({ name: 'm9', usd: '2.10', region: 'us-1' });
    const nowhere = one({ name: 'm8', usd: '9', region: '' });
    const { rates } = await skypilot([...eu, us, nowhere]);
    // 2.10, 2.95, 3.05, 3.45, 9: the middle of all is 3.05, as is that of eu-north1.
    expect(rates).toHaveLength(1);
    expect(rates[0]).toMatchObject({
      usdPerGpuHour: 3_050_000_000n,
      regions: [
        { region: 'eu-north1', usdPerGpuHour: 3_050_000_000n },
        { region: 'us-1', usdPerGpuHour: 2_100_000_000n },
      ],
    });
    const { rates: wanted } = await skypilot([...eu, us], { regions: ['us-*'] });
    expect(wanted[0]?.regions?.map(({ region }) => region)).toEqual(['us-1']);
  });

  test('counts only in the wanted regions', async () => {
    const machines = [one({}), one({ region: 'us-central1', usd: '4' })];
    expect((await skypilot(machines, { regions: ['us-*'] })).short).toEqual([
      ['cloud', 'H100 80 GB SXM', 'on-demand', 4],
    ]);
    const none = await skypilot(machines, { regions: ['ap-*'] });
    expect(none.failures).toMatchObject([
      { code: 'malformed', message: expect.stringContaining('check providers and regions') },
    ]);
  });

  test('with a possibly truncated last price is rejected', async () => {
    const rows = [one({}), one({ name: 'b' })].map(({ name, gpu, usd }) => ({
      AcceleratorName: gpu,
      InstanceType: name,
      AcceleratorCount: '1',
      Price: usd ?? '',
    }));
    const reply = filesReply({ '/cloud/vms.csv': csv(rows, '').slice(0, -3) });
    const { short, rejects } = await pull(reply, { catalog: 'skypilot', providers: ['cloud'] });
    expect(short).toEqual([['cloud', 'H100 80 GB SXM', 'on-demand', 2.95]]);
    expect(rejects).toEqual([expect.stringContaining('ends within its last row')]);
  });
});

describe('a machine of gpuhunt', () => {
  const MACHINES: readonly Machine[] = [
    one({ name: 'gpu_8x_h100_sxm5', count: 8, usd: '23.92', mib: 81_920, region: 'us-east-1' }),
    one({ name: 'gpu_1x_h100_pcie', usd: '2.49', spot: '1.10', mib: 81_920 }),
    one({ name: 'cpu_4x_general', gpu: '', count: 0, usd: '0.20' }),
    one({ name: 'a3-highgpu-8g', usd: '1', flags: 'gcp-dws-calendar-mode' }),
    one({ name: 'a3-edgegpu-8g', usd: '1' }),
  ];
  const RATES = [
    ['lambda', 'H100 80 GB PCIe', 'on-demand', 2.49],
    ['lambda', 'H100 80 GB PCIe', 'spot', 1.1],
    // $23.92 for eight.
    ['lambda', 'H100 80 GB SXM', 'on-demand', 2.99],
  ];

  test.each([
    ['packed', {}],
    ['not packed', { isStored: true }],
    ['with a comment behind it', { comment: 'made by PK\u0005\u0006' }],
  ])('is read from an archive that is %s', async (_, zip) => {
    const { short, paths, failures } = await gpuhunt(MACHINES, zip);
    expect(failures).toEqual([]);
    expect(short).toEqual(RATES);
    expect(paths).toEqual(['/lambdalabs/version', '/lambdalabs/20261129-5512/catalog.zip']);
  });

  test('has the memory that is stated for one GPU', async () => {
    const a10 = (mib: number, usd: string) =>
      one({ name: `Standard_NV_${mib}`, gpu: 'A10', mib, usd });
    const { short, all } = await gpuhunt([a10(24_576, '3.2'), a10(4_096, '0.5')]);
    expect(short).toEqual([['lambda', 'A10 24 GB', 'on-demand', 3.2]]);
    expect(warningsIn(all)).toEqual([expect.stringContaining('A10 4 GB')]);
  });

  test.each([
    ['damaged bytes', (zip: Buffer) => (zip.writeUInt8(zip.readUInt8(60) ^ 255, 60), zip)],
    ['half of it', (zip: Buffer) => zip.subarray(0, zip.length / 2)],
    ['no archive', () => Buffer.from('PK\u0003\u0004 not really')],
    ['another file', () => zipOf('readme.txt', 'hello')],
    ['a promise of more bytes than there are', (zip: Buffer) => grown(zip, 1_000)],
    ['a promise of gigabytes', (zip: Buffer) => grown(zip, 2 ** 31)],
  ])('in an archive with %s is a named failure', async (_, spoil: (zip: Buffer) => Buffer) => {
    const zip = spoil(zipOf('lambdalabs.csv', gpuhuntCsv(MACHINES)));
    const reply = filesReply({ '/lambdalabs/version': 'v1', '/lambdalabs/v1/catalog.zip': zip });
    const { failures, rates } = await pull(reply, {
      catalog: 'gpuhunt',
      providers: ['lambdalabs'],
    });
    expect(rates).toEqual([]);
    expect(failures).toMatchObject([
      { kind: 'gpu-catalog.gpuhunt', message: expect.stringMatching(/; \S/) },
    ]);
  });

  test('is not fetched with an invalid version', async () => {
    const reply = filesReply({ '/lambdalabs/version': '<html>../../x' });
    const { failures, paths } = await pull(reply, {
      catalog: 'gpuhunt',
      providers: ['lambdalabs'],
    });
    expect(failures).toMatchObject([{ code: 'malformed', kind: 'gpu-catalog.version' }]);
    expect(paths).toHaveLength(1);
  });
});

/** An archive whose directory states more bytes for its file. */
function grown(zip: Buffer, more: number): Buffer {
  const at = zip.readUInt32LE(zip.length - 6) + 24;
  zip.writeUInt32LE(zip.readUInt32LE(at) + more, at);
  return zip;
}

test('a provider that the catalog does not have keeps no other from being read', async () => {
  const files = { '/vast/vms.csv': skypilotCsv(VAST) };
  const options = { catalog: 'skypilot', providers: ['azur', 'vast'] };
  const { short, failures } = await pull(filesReply(files), options);
  expect(short).toHaveLength(2);
  expect(failures).toMatchObject([
    { code: 'not-found', message: expect.stringContaining('skypilot has no catalog of azur') },
  ]);
  // A bucket without list permission answers 403 for a missing object.
  const hidden = await pull(filesReply({}, 403), { catalog: 'gpuhunt', providers: ['vultr'] });
  expect(hidden.failures).toMatchObject([
    { code: 'forbidden', message: expect.stringContaining('gpuhunt has no catalog of vultr') },
  ]);
});
