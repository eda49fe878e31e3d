/** Market rates for a GPU on the command line. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nanoUsd } from '../../src/domain/money.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { fetched, located } from '../ledger/ledgerFixture.ts';
import type { RatesDocument } from '../../src/jobs/marketRates.ts';
import { filesIn, folderWith, rentcheck } from '../support/cli.ts';
import { WORKED_FILES } from '../support/workedExample.ts';
import { expectRefusal } from './cliFixture.ts';

const RATES = `provider,gpu_type,pricing_class,valid_from,usd_per_gpu_hour,second_hand
vast,A100 80GB,on-demand,2026-04-01,0.90,
RunPod,NVIDIA A100-SXM4-80GB,on-demand,2026-04-01,1.39,
RunPod,NVIDIA A100-SXM4-80GB,on-demand,2026-06-15,1.19,
runpod,A100 80GB,on-demand,2026-06-20,0.50,yes
nebius,A100 80GB,on-demand,2026-06-20,1.10,yes
lambda,A100 80GB,spot,2026-05-01,0.60,
lambda,H100 PCIe,on-demand,2026-05-01,2.49,
oddly,abacus,on-demand,2026-05-01,7,
`;

async function stocked() {
  const folder = await folderWith(WORKED_FILES);
  await filesIn(folder, { 'rates.csv': RATES });
  for (const kind of ['charges', 'rates']) {
    expect(await rentcheck(folder, ['import', kind, `${kind}.csv`])).toMatchObject({ code: 0 });
  }
  return folder;
}

async function ratesOf(folder: string, ...args: readonly string[]) {
  const ran = await rentcheck(folder, ['rates', ...args, '--json']);
  return JSON.parse(ran.stdout) as RatesDocument;
}

test('rates of one GPU are grouped, however they are spelled, next to your own rate', async () => {
  const folder = await stocked();
  const { gpus } = await ratesOf(folder, 'A100', '--at', '2026-07-02');
  expect(gpus.map(({ gpu }) => gpu)).toEqual(['A100 80 GB', 'A100 80 GB SXM']);
  const [plain, sxm] = gpus;
  expect(
    plain?.classes.map(({ pricingClass, leastUsd, medianUsd, mostUsd }) => [
      pricingClass,
      leastUsd,
      medianUsd,
      mostUsd,
    ]),
  ).toEqual([
    // The catalog's rate for RunPod is not counted, since RunPod's own is listed below A100 SXM.
    ['on-demand', '0.900000', '0.900000', '1.100000'],
    ['spot', '0.600000', '0.600000', '0.600000'],
  ]);
  expect(sxm?.classes[0]?.rates).toEqual([
    {
      provider: 'RunPod',
      tier: 'neocloud',
      usdPerGpuHour: '1.190000',
      since: '2026-06-15T00:00:00Z',
      source: 'import',
      gpuType: 'NVIDIA A100-SXM4-80GB',
      secondHand: false,
      counts: true,
      regions: [],
    },
  ]);
  // Four hours for $6.00. The bill does not name the GPU, the deployment on it does.
  const own = { usdPerGpuHour: '1.500000', gpuHours: '4.000000' };
  expect([plain?.own, sxm?.own]).toEqual([own, own]);
});

test('at an earlier time the rates in force then are listed', async () => {
  const folder = await stocked();
  const { at, gpus } = await ratesOf(folder, 'A100 SXM', '--at', '2026-06-01');
  expect(at).toBe('2026-06-01T00:00:00Z');
  const rates = gpus.flatMap(({ classes }) => classes.flatMap((one) => one.rates));
  expect(rates.map(({ provider, usdPerGpuHour }) => `${provider} ${usdPerGpuHour}`)).toEqual([
    'vast 0.900000',
    'lambda 0.600000',
    'RunPod 1.390000',
  ]);
});

test('a terminal gets a table, and an unknown GPU is reported', async () => {
  const folder = await stocked();
  const { stdout, code } = await rentcheck(folder, ['rates', '--at', '2026-07-02']);
  expect(code).toBe(0);
  expect(stdout.split('\n\n')[0]).toBe(
    `A100 80 GB
  provider  class      $/GPU-hour  since       source  listed by
  runpod    on-demand        0.50  2026-06-20  import  catalog, not counted
  vast      on-demand        0.90  2026-04-01  import  provider
  nebius    on-demand        1.10  2026-06-20  import  catalog
  lambda    spot             0.60  2026-05-01  import  provider
  on-demand: $0.90 to $1.10, median $0.90
  spot: $0.60 to $0.60, median $0.60
  your rate: $1.50 an hour, 4.00 GPU-hours billed in the 31 days before`,
  );
  expect(stdout).toContain('unknown GPU: not compared with others');
});

test('without a known rate the message says how to get one', async () => {
  const folder = await stocked();
  const none = await rentcheck(folder, ['rates', 'B200']);
  expect(none).toMatchObject({ code: 1, stdout: '' });
  expect(none.stderr).toContain('No rate of B200 is known');
  expect(none.stderr).toContain('rentcheck import rates FILE');
  expectRefusal(await rentcheck(folder, ['rates', '--at', 'soon']), 2, ' for --at', '2026');
});

test('regions are listed next to a rate, the cheapest and most expensive by name', async () => {
  const folder = await stocked();
  const ledger = await openLedger(join(folder, 'rentcheck.db'), { clock: settableClock(0) });
  const cents = (usd: number) => nanoUsd(BigInt(usd) * 10_000_000n);
  const rate = (provider: string, usd: number, regions: Record<string, number>) => ({
    sourceId: 'clouds',
    provider,
    gpuType: 'H200 141 GB SXM',
    pricingClass: 'on-demand' as const,
    validFromMs: Date.UTC(2026, 5, 1),
    usdPerGpuHour: cents(usd),
    secondHand: true as const,
    regions: Object.entries(regions).map(([region, of]) => ({ region, usdPerGpuHour: cents(of) })),
  });
  const aws = rate('aws', 450, { 'us-east-2': 399, 'sa-east-1': 610, 'eu-west-1': 450 });
  const nebius = rate('nebius', 350, { 'eu-north1': 350 });
  await ledger.facts.append(fetched({ rates: located(aws, nebius) }), Date.now());
  await ledger.close();
  const { stdout } = await rentcheck(folder, ['rates', 'H200']);
  expect(stdout).toMatch(/aws .* 3: 3\.99 in us-east-2 to 6\.10 in sa-east-1\n/);
  expect(stdout).toMatch(/nebius .* eu-north1\n/);
  expect(stdout).toContain(
    'on-demand by region: $3.50 (nebius, eu-north1) to $6.10 (aws, sa-east-1)\n',
  );
  const ran = await rentcheck(folder, ['rates', 'H200', '--json']);
  const { gpus } = JSON.parse(ran.stdout) as RatesDocument;
  expect(gpus[0]?.classes[0]?.rates[1]?.regions.map(({ region }) => region)).toEqual([
    'us-east-2',
    'eu-west-1',
    'sa-east-1',
  ]);
});
