/** Hosted prices on the command line. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { fetched, located, snapshot } from '../ledger/ledgerFixture.ts';
import type { PricesDocument } from '../../src/jobs/knownPrices.ts';
import { filesIn, folderWith, rentcheck } from '../support/cli.ts';

const PRICES = [
  'host,model,quantization,service_tier,valid_from,' +
    'input_usd_per_mtok,cached_usd_per_mtok,output_usd_per_mtok,second_hand',
  'novita,meta-llama/llama-3.3-70b,bf16,,2026-04-01,0.20,,0.40,',
  'novita,meta-llama/llama-3.3-70b,bf16,,2026-06-01,0.135,0.05,0.40,',
  'novita,meta-llama/llama-3.3-70b,bf16,batch,2026-06-01,0.07,,0.20,',
  'deepinfra,meta-llama/llama-3.3-70b,fp8,,2026-05-01,0.10,,0.32,',
  'gone,meta-llama/llama-3.3-70b,fp8,,2026-05-01,0.01,,0.01,',
  'gone,meta-llama/llama-3.3-70b,fp8,,2026-05-02,,,,',
  'Novita,Llama-3.3-70B,,,2026-03-01,0.39,,0.41,yes',
  'DeepInfra,Llama-3.3-70B,,,2026-03-01,0.11,,0.32,yes',
  '',
].join('\n');
const CONFIG = 'sources: {}\n';

async function stocked() {
  const folder = await folderWith({ 'rentcheck.yaml': CONFIG });
  await filesIn(folder, { 'prices.csv': PRICES });
  expect(await rentcheck(folder, ['import', 'prices', 'prices.csv'])).toMatchObject({ code: 0 });
  return folder;
}

async function pricesOf(folder: string, ...args: readonly string[]) {
  const ran = await rentcheck(folder, ['prices', ...args, '--json']);
  return JSON.parse(ran.stdout) as PricesDocument;
}

test('a model is listed with its providers, start dates, prices, and the spread', async () => {
  const { models } = await pricesOf(await stocked(), 'meta-llama/*', '--at', '2026-07-01');
  expect(models).toHaveLength(1);
  const [{ prices, spread, ...model } = { prices: [], spread: undefined }] = models;
  expect(model).toEqual({ source: 'import', model: 'meta-llama/llama-3.3-70b', gaps: [] });
  expect(prices.map(({ host, tier, since, inputUsd }) => [host, tier, since, inputUsd])).toEqual([
    ['deepinfra', 'standard', '2026-05-01T00:00:00Z', '0.100000'],
    ['novita', 'standard', '2026-06-01T00:00:00Z', '0.135000'],
    ['novita', 'batch', '2026-06-01T00:00:00Z', '0.070000'],
  ]);
  expect(spread).toEqual({
    input: { leastUsd: '0.100000', mostUsd: '0.135000' },
    output: { leastUsd: '0.320000', mostUsd: '0.400000' },
  });
});

test('at an earlier time the prices in force then are listed', async () => {
  const folder = await stocked();
  const { models } = await pricesOf(folder, 'meta-llama/*', '--at', '2026-04-15');
  expect(models[0]?.prices.map(({ host, inputUsd }) => [host, inputUsd])).toEqual([
    ['novita', '0.200000'],
  ]);
  expect((await pricesOf(folder, '--at', '2026-01-01')).models).toEqual([]);
});

test('a catalog that differs from the provider by over a tenth is named with both', async () => {
  const folder = await stocked();
  const { disagreements } = await pricesOf(folder, '--at', '2026-07-01');
  // DeepInfra's input of 0.11 is a tenth off 0.10, and not more. Novita's output 0.41 is less.
  expect(disagreements).toMatchObject([
    {
      side: 'input',
      own: { host: 'novita', inputUsd: '0.135000', since: '2026-06-01T00:00:00Z' },
      catalog: { host: 'Novita', inputUsd: '0.390000', secondHand: true, source: 'import' },
    },
  ]);
  const { stdout } = await rentcheck(folder, ['prices', '--disagreements', '--at', '2026-07-01']);
  expect(stdout).toContain('0.135');
  expect(stdout).toContain('0.39');
});

test('the table names providers, tiers and the source of each price', async () => {
  const { code, stdout } = await rentcheck(await stocked(), ['prices', '--at', '2026-07-01']);
  expect(code).toBe(0);
  expect(stdout).toContain('meta-llama/llama-3.3-70b (import)');
  expect(stdout).toMatch(/novita +bf16 +batch +0\.07 +0\.20 +2026-06-01 +provider/);
  expect(stdout).toMatch(/Novita +unknown +standard +0\.39 +0\.41 +2026-03-01 +catalog/);
  expect(stdout).toContain('  input: $0.10 to $0.135\n');
  expect(stdout).toContain('1 catalog price over 10% from the provider: see --disagreements');
});

test('without known prices the message says what to do', async () => {
  const { code, stdout, stderr } = await rentcheck(await stocked(), ['prices', 'nobody/*']);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('No price of nobody/* is known at');
});

test('quarantined prices are listed separately, never with those in force', async () => {
  const folder = await stocked();
  const none = await rentcheck(folder, ['prices', '--quarantined']);
  expect(none).toMatchObject({ code: 0, stdout: 'No price is in quarantine.\n' });
});

test('gaps between checks are shown as ranges, and to programs one by one', async () => {
  const folder = await folderWith({ 'rentcheck.yaml': CONFIG });
  const day = (month: number, date: number) => Date.UTC(2026, month - 1, date);
  const ledger = await openLedger(join(folder, 'rentcheck.db'), { clock: settableClock(0) });
  // Weekly, then daily. After a pause of 17 days daily again, and then no more.
  const weekly = [day(7, 6), day(7, 13), day(7, 20), day(7, 27)];
  const looks = [...weekly, day(7, 28), day(8, 14), day(8, 15)];
  for (const atMs of looks) {
    const facts = { priceSnapshots: located(snapshot(atMs, { host: 300_000 })) };
    await ledger.facts.append(fetched(facts, { startedAtMs: atMs }), atMs);
  }
  await ledger.close();
  const ran = await rentcheck(folder, ['prices', '--at', '2026-08-20']);
  expect(ran.stdout.split('\n').filter((line) => line.includes('checked'))).toEqual([
    '  not checked 2026-07-06 to 2026-07-27, 3 weeks, except for 2 checks',
    '  not checked 2026-07-28 to 2026-08-14, 17 days',
    '  not checked since 2026-08-15',
  ]);
  const { models } = await pricesOf(folder, '--at', '2026-08-20');
  expect(models[0]?.gaps.map(({ from }) => from.slice(0, 10))).toEqual([
    '2026-07-06',
    '2026-07-13',
    '2026-07-20',
    '2026-07-28',
    '2026-08-15',
  ]);
});
