import { expect, test } from 'vitest';
import { exact } from '../../../src/domain/exact.ts';
import {
  onlyFact,
  importCsv,
  readImportText,
  refusedFile,
  onlyRejection,
} from './readImportText.ts';

const DAY = '2026-07-01,2026-07-02';

test('a row is one charge, its dollars exact to the nano-dollar', async () => {
  const row = `x-1,pod-7,chat pod,compute,on-demand,${DAY},36.123456789,USD,24.5,Hours,A100-80GB,2`;
  expect(await onlyFact('charges', row)).toEqual({
    sourceId: 'import',
    key: 'x-1',
    resourceId: 'pod-7',
    resourceName: 'chat pod',
    category: 'compute',
    pricingClass: 'on-demand',
    period: { startMs: Date.UTC(2026, 6, 1), endMs: Date.UTC(2026, 6, 2) },
    billed: 36_123_456_789n,
    quantity: { num: 49n, den: 2n },
    unit: 'Hours',
    gpuType: 'A100-80GB',
    gpuCount: 2,
    basis: 'billed',
  });
});

test('extra columns are kept as tags under their own names, the empty ones left out', async () => {
  const text =
    'resource_id,Team,category,start,end,billed_cost,currency,cost center\n' +
    `pod-7,ml,compute,${DAY},1,USD,\npod-8,,compute,${DAY},1,USD,42\n`;
  const { facts } = await readImportText('charges', text);
  expect(facts.charges.map(({ fact }) => fact.tags)).toEqual([
    { Team: 'ml' },
    { 'cost center': '42' },
  ]);
});

test('an optional column may be left out, also where a tag looks a little like it', async () => {
  const text =
    'resource_id,resource_type,category,start,end,billed_cost,currency,units\n' +
    `pod-7,gpu-pod,compute,${DAY},1,USD,\n`;
  const { facts } = await readImportText(
    'charges',
    text.replace(',units', '').replace('USD,', 'USD'),
  );
  expect(facts.charges.map(({ fact }) => fact.tags)).toEqual([{ resource_type: 'gpu-pod' }]);
  // One letter off is a typo: as a tag, the quantity would lose its unit unnoticed.
  expect((await refusedFile('charges', text)).message).toBe(
    'f.csv has an unknown column "units" (did you mean the optional "unit"? Rename it to ' +
      'that or to something else)',
  );
});

test.each([
  ['Compute', 'compute'],
  ['STORAGE', 'storage'],
  ['Networking', 'network'],
  ['Tax', 'tax'],
  ['Credit', 'credit'],
  ['hosted', 'hosted'],
])('category %s is %s', async (written, category) => {
  expect(await onlyFact('charges', `,p,,${written},,${DAY},1,USD,,,,`)).toMatchObject({ category });
});

test.each([
  ['', 'on-demand'],
  ['On-Demand', 'on-demand'],
  ['on demand', 'on-demand'],
  ['Standard', 'on-demand'],
  ['Committed', 'reserved'],
  ['Dynamic', 'spot'],
  ['SPOT', 'spot'],
  ['serverless', 'serverless'],
])('pricing class "%s" is %s', async (written, pricingClass) => {
  const row = `,p,,compute,${written},${DAY},1,USD,,,,`;
  expect(await onlyFact('charges', row)).toMatchObject({ pricingClass });
});

test('a negative amount is a credit, in any category', async () => {
  const { billed } = await onlyFact('charges', `,p,,compute,,${DAY},-3.5,USD,,,,`);
  expect(billed).toBe(-3_500_000_000n);
});

test('a refund keeps its dollars and its negative quantity', async () => {
  const refund = await onlyFact('charges', `,p,,compute,,${DAY},-3.5,USD,-2.5,Hours,,`);
  expect(refund).toMatchObject({ billed: -3_500_000_000n, quantity: { num: -5n, den: 2n } });
});

const CATEGORIES =
  'expected compute, storage, network, fee, commitment, credit, tax, labor or hosted';
const CURRENCY =
  'expected an ISO 4217 currency code, like USD or EUR; use the currency code of the bill';
const CLASSES = 'expected on-demand, spot, reserved, serverless or community';

test.each([
  [`,,,compute,,${DAY},1,USD,,,,`, 'resource_id is empty; expected text; fill it in'],
  [`,p,,,,${DAY},1,USD,,,,`, `category is empty; ${CATEGORIES}; set what was paid for`],
  [`,p,,Usage,,${DAY},1,USD,,,,`, `category is "Usage"; ${CATEGORIES}; set what was paid for`],
  [
    `,p,,computer,,${DAY},1,USD,,,,`,
    `category is "computer"; ${CATEGORIES}; did you mean "compute"?`,
  ],
  [
    `,p,,compute,spott,${DAY},1,USD,,,,`,
    `pricing_class is "spott"; ${CLASSES}; did you mean "spot"?`,
  ],
  [
    `,p,,compute,,${DAY},,USD,,,,`,
    'billed_cost is empty; expected US dollars like 1234.56; fill it in',
  ],
  ...['1000000000', '-9999999999999.99', '99999999999999999999999999'].map((amount) => [
    `,p,,compute,,${DAY},${amount},USD,,,,`,
    `billed_cost is "${amount}"; expected less than a billion US dollars; ` +
      'check the unit and the decimal point',
  ]),
  [
    `,p,,compute,,${DAY},$5,USD,,,,`,
    'billed_cost is "$5"; expected a plain decimal like 1234.56; remove the currency sign',
  ],
  [
    `,p,,compute,,${DAY},"1,234.56",USD,,,,`,
    'billed_cost is "1,234.56"; expected a plain decimal like 1234.56; ' +
      'remove the thousands separators',
  ],
  [
    `,p,,compute,,${DAY},"5,50",USD,,,,`,
    'billed_cost is "5,50"; expected a plain decimal like 1234.56; ' +
      'write the decimal comma as a point',
  ],
  [`,p,,compute,,${DAY},1,EURO,,,,`, 'currency is "EURO"; ' + CURRENCY],
  [`,p,,compute,,${DAY},1,,,,,`, 'currency is empty; ' + CURRENCY],
  [
    `,p,,compute,,${DAY},1,USD,,,,9007199254740991`,
    'gpu_count is "9007199254740991"; expected at most 100000; check the unit',
  ],
  [
    `,p,,compute,,${DAY},1,USD,,,,0`,
    'gpu_count is "0"; expected a whole number of 1 or more; leave it empty if there is no GPU',
  ],
  [
    `,p,,compute,,${DAY},1,USD,24,GB-Months,,0.25`,
    'gpu_count is "0.25"; expected a whole number of 1 or more, or a part of a GPU with a ' +
      'quantity in hours; add quantity and unit, or leave it empty',
  ],
])('a bad row is rejected with its reason: %s', async (row, reason) => {
  expect(await onlyRejection('charges', row)).toBe(reason);
});

test('pods at a quarter of a GPU are billed as the GPU time that they had', async () => {
  const pod = (name: string, measure: string) =>
    onlyFact('charges', `,${name},,compute,,${DAY},6,USD,${measure},H100,0.25`);
  const hours = await pod('a', '24,Hours');
  expect(hours).toMatchObject({ quantity: exact(6n), unit: 'GPU-Hours', gpuType: 'H100' });
  expect(hours).not.toHaveProperty('gpuCount');
  expect(await pod('b', '86400,pod-seconds')).toMatchObject({
    quantity: exact(21_600n),
    unit: 'GPU-Seconds',
  });
  // The GPU time is already that of its part.
  expect(await pod('c', '6,GPU-Hours')).toMatchObject({ quantity: exact(6n), unit: 'GPU-Hours' });
});

test('without ids, identical rows are separate charges with stable keys', async () => {
  const row = `,p,,compute,,${DAY},1.5,USD,,,,`;
  const text = importCsv('charges', row, row, `,p,,compute,,${DAY},1.50,USD,,,,`);
  const keys = (await readImportText('charges', text)).facts.charges.map(({ fact }) => fact.key);
  const [first = ''] = keys;
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(keys).toEqual([first, `${first}#2`, `${first}#3`]);
  const again = await readImportText('charges', text, { pieceBytes: 7 });
  expect(again.facts.charges.map(({ fact }) => fact.key)).toEqual(keys);
});

test('the order of columns does not change the key of a row without id', async () => {
  const one =
    'resource_id,category,start,end,billed_cost,currency,team,env\n' +
    `p,compute,${DAY},1,USD,ml,x\n`;
  const other =
    'env,team,currency,billed_cost,end,start,category,resource_id\n' +
    'x,ml,USD,1,2026-07-02,2026-07-01,compute,p\n';
  const key = async (text: string) =>
    (await readImportText('charges', text)).facts.charges[0]?.fact.key ?? '';
  expect(await key(other)).toBe(await key(one));
});

test('one id with two amounts in one file is a contradiction, not a restatement', async () => {
  const { facts, rejects } = await readImportText(
    'charges',
    importCsv('charges', `i,p,,compute,,${DAY},1,USD,,,,`, `i,p,,compute,,${DAY},2,USD,,,,`),
  );
  expect(facts.charges.map(({ fact }) => fact.billed)).toEqual([1_000_000_000n]);
  expect(rejects[0]?.reason).toBe(
    'conflicts with line 2, which has the same key and other values; keep one of the two',
  );
});
