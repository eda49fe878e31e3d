/** Rows of a FOCUS bill whose reading takes more than a column: tokens and corrections. */

import { expect, test } from 'vitest';
import { decimal } from '../../../src/domain/exact.ts';
import { scratchLedger } from '../../ledger/scratch.ts';
import { imported } from './imported.ts';

type Cells = Readonly<Record<string, string>>;

const ROW: Cells = {
  BilledCost: '10',
  BillingCurrency: 'USD',
  ChargeCategory: 'Usage',
  ChargePeriodStart: '2026-07-01T00:00:00Z',
  ChargePeriodEnd: '2026-07-01T01:00:00Z',
  ServiceCategory: 'AI and Machine Learning',
  ServiceName: 'Amazon Bedrock',
  SkuId: 'USE1-Qwen3-32B-input-tokens',
};

async function chargesOf(...rows: readonly Cells[]) {
  const lines = rows.map((row) => `${JSON.stringify({ ...ROW, ...row })}\n`);
  const { facts, rejects } = await imported('focus', lines.join(''), { file: 'b.jsonl' });
  expect(rejects).toEqual([]);
  return facts.charges;
}

test.each([
  ['1K tokens', '1.5', '1500'],
  ['1K Tokens', '0.001', '1'],
  ['1M tokens', '2', '2000000'],
  ['1,000 tokens', '3', '3000'],
  ['1000 Tokens', '3', '3000'],
  ['per 1K input tokens', '3', '3000'],
  ['Million Tokens', '0.25', '250000'],
  ['KTokens', '7', '7000'],
])('%s: %s of them are %s tokens, bought from a host', async (unit, told, tokens) => {
  const [charge] = await chargesOf({ ConsumedQuantity: told, ConsumedUnit: unit });
  expect(charge?.fact).toMatchObject({
    category: 'hosted',
    quantity: decimal(tokens),
    unit: 'Tokens',
  });
});

test.each(['Tokens', 'Token', 'tokens', 'Token-Hours', '5 token units'])(
  '%s stays as it is told',
  async (unit) => {
    const [charge] = await chargesOf({ ConsumedQuantity: '5', ConsumedUnit: unit });
    expect(charge?.fact).toMatchObject({ quantity: decimal('5'), unit });
  },
);

test('each bill may correct the same hour once more, and the same bill only once', async () => {
  const { ledger } = await scratchLedger();
  const told: (readonly [number, number, number])[] = [];
  const bring = async (month: string, usd: string, at: number) => {
    const charges = await chargesOf({
      BilledCost: usd,
      BillingPeriodStart: `2026-${month}-01T00:00:00Z`,
      ChargeClass: month === '07' ? '' : 'Correction',
    });
    const start = { sourceId: 'import', kind: 'import.focus', url: `file:${month}.jsonl` };
    const session = await ledger.beginImport({ ...start, startedAtMs: at });
    const facts = charges.flatMap(({ position, fact }) =>
      'billed' in fact ? [{ position, fact }] : [],
    );
    const { added, restated, unchanged } = await session.append({ charges: facts });
    await session.finish({ digest: `${at}`.padStart(64, '0'), endedAtMs: at });
    told.push([added, restated, unchanged]);
  };
  await bring('07', '10', 1);
  await bring('08', '-1', 2);
  await bring('09', '-2', 3);
  await bring('09', '-2', 4);
  await bring('09', '-3', 5);
  expect(told).toEqual([
    [1, 0, 0],
    [1, 0, 0],
    [1, 0, 0],
    [0, 0, 1],
    [0, 1, 0],
  ]);
});
