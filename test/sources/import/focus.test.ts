import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { exact } from '../../../src/domain/exact.ts';
import type { FocusRule } from '../../../src/domain/focus.ts';
import { scratchLedger } from '../../ledger/ledgerFixture.ts';
import { readImportText, refusedFile } from './readImportText.ts';

type Cells = Readonly<Record<string, string>>;

/** One hour of an instance with 8 GPUs, in FOCUS columns. */
const HOUR: Cells = {
  BilledCost: '98.32',
  BillingAccountId: '1234',
  BillingCurrency: 'USD',
  ChargeCategory: 'Usage',
  ChargeClass: '',
  ChargePeriodEnd: '2026-07-01T01:00:00Z',
  ChargePeriodStart: '2026-07-01T00:00:00Z',
  ConsumedQuantity: '1',
  ConsumedUnit: 'Hours',
  EffectiveCost: '60.5',
  InvoiceId: '',
  ListCost: '110',
  PricingCategory: 'Standard',
  RegionId: 'us-east-1',
  ResourceId: 'i-0abc',
  ResourceName: 'chat-70b-1',
  ServiceCategory: 'Compute',
  ServiceName: 'Amazon Elastic Compute Cloud',
  SkuId: 'SKU1',
  SkuPriceDetails: '{"GpuCount":8,"InstanceType":"p5.48xlarge"}',
  Tags: '{"team":"ml"}',
};

function csv(...rows: readonly Cells[]): string {
  const columns = Object.keys(HOUR);
  const quoted = (cell = '') => `"${cell.replaceAll('"', '""')}"`;
  const lines = rows.map((row) => columns.map((name) => quoted(row[name])).join(','));
  return [columns.join(','), ...lines, ''].join('\n');
}

async function charges(...rows: readonly Cells[]) {
  const { facts, rejects } = await readImportText('focus', csv(...rows));
  expect(rejects).toEqual([]);
  return facts.charges.map(({ fact }) => fact);
}

test.each([
  ['Usage', 'Used', { id: 'sp-1', status: 'used' }],
  ['Usage', 'Unused', { id: 'sp-1', status: 'unused' }],
  ['Purchase', '', { id: 'sp-1', status: 'purchase' }],
  ['Usage', '', undefined],
  ['Tax', '', undefined],
])('%s of a commitment that is "%s" is marked so', async (charge, status, commitment) => {
  const columns = { ChargeCategory: charge, InvoiceId: 'INV-7' };
  const discount = { CommitmentDiscountId: 'sp-1', CommitmentDiscountStatus: status };
  const header = Object.keys({ ...HOUR, ...discount }).join(',');
  const cells = Object.values({ ...HOUR, ...columns, ...discount });
  const row = cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');
  const { facts } = await readImportText('focus', `${header}\n${row}\n`);
  expect(facts.charges[0]?.fact.commitment).toEqual(commitment);
  expect(facts.charges[0]?.fact.invoice).toEqual({ id: 'INV-7' });
});

describe('a row of a FOCUS bill', () => {
  test('becomes a charge with its three costs, its hours, its GPUs and its tags', async () => {
    const [charge] = await charges(HOUR);
    expect(charge).toEqual({
      sourceId: 'import',
      key: expect.stringMatching(/^focus\/[0-9a-f]{32}$/),
      resourceId: 'i-0abc',
      resourceName: 'chat-70b-1',
      category: 'compute',
      pricingClass: 'on-demand',
      period: { startMs: Date.UTC(2026, 6, 1), endMs: Date.UTC(2026, 6, 1, 1) },
      billed: 98_320_000_000n,
      list: 110_000_000_000n,
      effective: 60_500_000_000n,
      quantity: exact(1n),
      unit: 'Hours',
      gpuCount: 8,
      basis: 'billed',
      tags: {
        ServiceName: 'Amazon Elastic Compute Cloud',
        SkuId: 'SKU1',
        RegionId: 'us-east-1',
        InstanceType: 'p5.48xlarge',
        team: 'ml',
      },
    });
  });

  test.each<[Cells, object]>([
    [{ ChargeCategory: 'Tax' }, { category: 'tax' }],
    [
      { ChargeCategory: 'Credit', BilledCost: '-5' },
      { category: 'credit', billed: -5_000_000_000n },
    ],
    [{ ChargeCategory: 'Purchase' }, { category: 'fee' }],
    [{ ServiceCategory: 'Storage' }, { category: 'storage' }],
    [{ ServiceCategory: 'Networking' }, { category: 'network' }],
    [{ ServiceCategory: 'AI and Machine Learning' }, { category: 'compute' }],
    [
      { ServiceCategory: 'AI and Machine Learning', ConsumedUnit: 'Tokens' },
      { category: 'hosted' },
    ],
    [{ ServiceCategory: 'Databases' }, { category: 'fee' }],
    [{ PricingCategory: 'Committed' }, { pricingClass: 'reserved' }],
    [{ PricingCategory: 'Dynamic' }, { pricingClass: 'spot' }],
    [{ PricingCategory: 'Savings Plan' }, { pricingClass: 'reserved' }],
    [{ PricingCategory: 'Spot' }, { pricingClass: 'spot' }],
    [{ PricingCategory: 'Cheap' }, { pricingClass: 'on-demand', isClassPresumed: true }],
    [{ ResourceId: '' }, { resourceId: 'SKU1' }],
    [
      { BilledCost: '0.0', EffectiveCost: '1' },
      { billed: 0n, effective: 1_000_000_000n },
    ],
    [{ ChargePeriodStart: '2026-07-01 00:00:00', Tags: 'NULL' }, { resourceId: 'i-0abc' }],
  ])('with %j is classified by its text', async (cells, expected) => {
    expect((await charges({ ...HOUR, ...cells }))[0]).toMatchObject(expected);
  });

  test.each<[Cells, string]>([
    [{ BillingCurrency: '€' }, 'BillingCurrency is "€"; expected an ISO 4217'],
    [{ BilledCost: '' }, 'BilledCost is empty; expected US dollars'],
    [{ ChargeCategory: 'Rent' }, 'expected Usage, Purchase, Tax, Credit or Adjustment'],
    [{ ChargePeriodEnd: '2026-07-01T00:00:00Z' }, 'expected a time after ChargePeriodStart'],
    [{ Tags: 'team=ml' }, 'Tags is not a JSON object'],
  ])('with %j is rejected, and the others are imported', async (cells, reason) => {
    const { facts, rejects } = await readImportText('focus', csv({ ...HOUR, ...cells }, HOUR));
    expect(rejects[0]?.reason).toContain(reason);
    expect(facts.charges).toHaveLength(1);
  });

  test('is a second charge where it is listed twice, because the bill has it twice', async () => {
    const keys = (await charges(HOUR, HOUR)).map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
  });

  test('a file without a mandatory column is refused whole', async () => {
    const failure = await refusedFile('focus', csv(HOUR).replace('BilledCost', 'Cost'));
    expect(failure.message).toContain('has no column BilledCost');
  });
});

describe('the next export of the same month', () => {
  const later: Cells = { ...HOUR, BilledCost: '99', EffectiveCost: '61', InvoiceId: 'INV-7' };

  test('restates changed rows, and adds only new ones', async () => {
    const { ledger } = await scratchLedger();
    const second = {
      ...HOUR,
      ChargePeriodStart: '2026-07-01T01:00:00Z',
      ChargePeriodEnd: '2026-07-01T02:00:00Z',
    };
    const take = async (...rows: Cells[]) => {
      const start = { sourceId: 'aws', kind: 'import.focus', url: 'file:bill.csv', startedAtMs: 0 };
      const session = await ledger.facts.beginImport(start);
      const { batches } = await readImportText('focus', csv(...rows));
      for (const { facts } of batches) await session.append(facts);
      return session.finish({ digest: String(rows.length).padStart(64, '0'), endedAtMs: 1 });
    };
    expect(await take(HOUR)).toMatchObject({ added: 1, restated: 0 });
    expect(await take(later, second)).toMatchObject({ added: 1, restated: 1 });
  });
});

describe('rules that select rows', () => {
  const database = {
    ...HOUR,
    ServiceCategory: 'Databases',
    ServiceName: 'Amazon RDS',
    BilledCost: '7',
  };
  const rows = [HOUR, database, { ...HOUR, ResourceId: 'i-web', Tags: '{"team":"web"}' }];
  const chosen = async (...take: FocusRule[]) => {
    const result = await readImportText('focus', csv(...rows), { take });
    return { ...result, ids: result.facts.charges.map(({ fact }) => fact.resourceId) };
  };

  test('select rows by globs of columns and tags, all of one rule, any of several', async () => {
    expect((await chosen({ ServiceName: 'Amazon Elastic*', 'Tags.team': 'ml' })).ids).toEqual([
      'i-0abc',
    ]);
    expect((await chosen({ ServiceName: 'Amazon Elastic*' })).ids).toEqual(['i-0abc', 'i-web']);
    expect((await chosen({ ServiceName: 'Amazon RDS' }, { ResourceId: 'i-web' })).ids).toHaveLength(
      2,
    );
  });

  test('report how much of the bill they selected, service by service', async () => {
    const { warnings, batches } = await chosen({ 'Tags.team': 'web' });
    expect(warnings).toEqual([
      'The option take selected 1 row of 3 rows, $98.32 of $203.64 billed.',
    ]);
    expect(batches.at(-1)?.survey).toEqual([
      {
        category: 'Compute',
        service: 'Amazon Elastic Compute Cloud',
        rows: 2,
        currency: 'USD',
        billedNano: 196_640_000_000n,
        takenRows: 1,
        takenNano: 98_320_000_000n,
      },
      {
        category: 'Databases',
        service: 'Amazon RDS',
        rows: 1,
        currency: 'USD',
        billedNano: 7_000_000_000n,
        takenRows: 0,
        takenNano: 0n,
      },
    ]);
  });

  test('an unselected row is not rejected for its other cells', async () => {
    const odd = { ...database, ChargeCategory: 'Rent' };
    const { rejects } = await readImportText('focus', csv(HOUR, odd), {
      take: [{ ServiceName: 'Amazon Elastic*' }],
    });
    expect(rejects).toEqual([]);
  });
});

test('the page on imports shows an example in FOCUS that can be imported', async () => {
  const page = readFileSync('docs/imports.md', 'utf8');
  const chapter = page.split('\n## focus\n')[1]?.split('\n## ')[0] ?? '';
  const [, example = ''] = /```csv\n([^`]*)```/.exec(chapter) ?? [];
  const { facts, rejects, warnings } = await readImportText('focus', example);
  expect([facts.charges.length, rejects, warnings]).toEqual([1, [], []]);
});
