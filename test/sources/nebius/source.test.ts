import { expect, test } from 'vitest';
import { type Objects, s3Emulator } from '../focus/emulator.ts';
import { billCsv, type PlantedRow } from '../focus/exports.ts';
import { secret, startBillSource } from '../focus/stage.ts';

const HOUR = 3_600_000;
const JULY_1 = Date.UTC(2026, 6, 1);

/** `hour(2, '3')`: $3 of the third hour of July. */
function hour(at: number, usd: string, resource = 'computeinstance-1'): PlantedRow {
  return { resource, usd, hour: new Date(JULY_1 + at * HOUR).toISOString().slice(0, 13) };
}

async function exported(objects: Objects) {
  return startBillSource({
    kind: 'nebius',
    options: (origin) => ({
      bucket: 'usage',
      endpoint: origin,
      prefix: 'billing/export',
      accessKeyId: 'NAKIEXAMPLE',
      secretAccessKey: secret('key'),
    }),
    reply: s3Emulator({ bucket: 'usage', objects }),
  });
}

/** A delivery of the given hour. */
function put(objects: Objects, [name, at]: readonly [string, number], ...rows: PlantedRow[]) {
  const body = billCsv(...rows);
  objects.set(`billing/export/${name}`, { body, modifiedMs: JULY_1 + (at + 1) * HOUR });
}

test('hours that come in a file each are one bill', async () => {
  const objects: Objects = new Map();
  for (const at of [0, 1, 2]) put(objects, [`2026-07-01T0${at}.csv`, at], hour(at, '2'));
  const at = await exported(objects);
  await at.pull();
  expect(await at.spend()).toEqual({ 'computeinstance-1': '6' });
  put(objects, ['2026-07-01T03.csv', 3], hour(3, '2'));
  expect(await at.pull()).toMatchObject({ added: 1, restated: 0, failures: [] });
  expect(await at.spend()).toEqual({ 'computeinstance-1': '8' });
});

test('a file that is written anew each hour restates the month', async () => {
  const objects: Objects = new Map();
  put(objects, ['2026-07/usage.csv', 0], hour(0, '2'));
  const at = await exported(objects);
  await at.pull();
  put(objects, ['2026-07/usage.csv', 1], hour(0, '3'), hour(1, '2'));
  expect(await at.pull()).toMatchObject({ added: 1, restated: 1, failures: [] });
  expect(await at.spend()).toEqual({ 'computeinstance-1': '5' });
});

test('of files that each hold the month so far the newest counts', async () => {
  const objects: Objects = new Map();
  put(objects, ['usage-202607-01.csv', 1], hour(0, '2'), hour(1, '2'));
  put(objects, ['usage-202607-02.csv', 2], hour(0, '1'), hour(1, '2'), hour(2, '2'));
  const at = await exported(objects);
  await at.pull();
  expect(await at.spend()).toEqual({ 'computeinstance-1': '5' });
  const four = [hour(0, '1'), hour(1, '2'), hour(2, '2'), hour(3, '2')];
  put(objects, ['usage-202607-03.csv', 3], ...four);
  await at.pull();
  expect(await at.spend()).toEqual({ 'computeinstance-1': '7' });
});

test('files that repeat some hours are refused until the config says which count', async () => {
  const objects: Objects = new Map();
  put(objects, ['usage-202607-01.csv', 1], hour(0, '2'), hour(1, '2'));
  put(objects, ['usage-202607-02.csv', 2], hour(1, '2', 'disk-1'), hour(2, '2'));
  const at = await exported(objects);
  const { failures } = await at.pull();
  expect(failures).toMatchObject([{ code: 'config' }]);
  expect(failures[0]?.message).toContain('files: newest if each has the whole period so far');
  expect(await at.spend()).toEqual({});
  await at.pull({ files: 'all' });
  expect(await at.spend()).toEqual({ 'computeinstance-1': '6', 'disk-1': '2' });
});

test('two parts of one delivery are never confused', async () => {
  const objects: Objects = new Map();
  put(objects, ['usage-202607-part0.csv', 1], hour(0, '2'), hour(1, '2'));
  put(objects, ['usage-202607-part1.csv', 1], hour(0, '2', 'disk-1'));
  const at = await exported(objects);
  expect((await at.pull()).failures).toMatchObject([{ code: 'config' }]);
});

test("the contract's discounts are billed, and an adjustment is a credit", async () => {
  const objects: Objects = new Map();
  const adjustment = { ChargeCategory: 'Adjustment', ResourceId: '', ServiceName: 'Compute' };
  put(objects, ['2026-07/usage.csv', 0], hour(0, '2'), {
    ...hour(0, '-0.5'),
    more: { ...adjustment, EffectiveCost: '0' },
  });
  const at = await exported(objects);
  await at.pull();
  expect(await at.spend()).toEqual({ Compute: '-0.5', 'computeinstance-1': '2' });
});
