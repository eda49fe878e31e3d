/** Tests rows of a FOCUS bill that need more than one column: tokens and corrections. */

import { expect, test } from 'vitest';
import { decimal } from '../../../src/domain/exact.ts';
import { scratchLedger } from '../../ledger/ledgerFixture.ts';
import { readImportText } from './readImportText.ts';

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
  const { facts, rejects } = await readImportText('focus', lines.join(''), { file: 'b.jsonl' });
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
])('%s: %s of them are %s tokens, bought from a provider', async (unit, result, tokens) => {
  const [charge] = await chargesOf({ ConsumedQuantity: result, ConsumedUnit: unit });
  expect(charge?.fact).toMatchObject({
    category: 'hosted',
    quantity: decimal(tokens),
    unit: 'Tokens',
  });
});

test.each(['Tokens', 'Token', 'tokens', 'Token-Hours', '5 token units'])(
  '%s stays unchanged',
  async (unit) => {
    const [charge] = await chargesOf({ ConsumedQuantity: '5', ConsumedUnit: unit });
    expect(charge?.fact).toMatchObject({ quantity: decimal('5'), unit });
  },
);

test('each bill may correct the same hour once more, and the same bill only once', async () => {
  const { ledger } = await scratchLedger();
  const result: (readonly [number, number, number])[] = [];
  const bring = async (month: string, usd: string, at: number) => {
    const charges = await chargesOf({
      BilledCost: usd,
      BillingPeriodStart: `2026-${month}-01T00:00:00Z`,
      ChargeClass: month === '07' ? '' : 'Correction',
    });
    const start = { sourceId: 'import', kind: 'import.focus', url: `file:${month}.jsonl` };
    const session = await ledger.facts.beginImport({ ...start, startedAtMs: at });
    const facts = charges.flatMap(({ position, fact }) =>
      'billed' in fact ? [{ position, fact }] : [],
    );
    const { added, restated, unchanged } = await session.append({ charges: facts });
    await session.finish({ digest: `${at}`.padStart(64, '0'), endedAtMs: at });
    result.push([added, restated, unchanged]);
  };
  await bring('07', '10', 1);
  await bring('08', '-1', 2);
  await bring('09', '-2', 3);
  await bring('09', '-2', 4);
  await bring('09', '-3', 5);
  expect(result).toEqual([
    [1, 0, 0],
    [1, 0, 0],
    [1, 0, 0],
    [0, 0, 1],
    [0, 1, 0],
  ]);
});

/** As Google's view over its billing export has a row, and BigQuery writes it. */
const OF_GOOGLE = {
  ...ROW,
  ChargeCategory: 'usage',
  ChargePeriodStart: '2026-07-01 00:00:00 UTC',
  ChargePeriodEnd: '2026-07-01 01:00:00 UTC',
};

test('labels in a list are tags, those of the resource itself before inherited ones', async () => {
  const label = (key: string, value: string | null, isInherited = false) => ({
    key,
    value,
    x_type: isInherited ? 'project_label' : 'label',
    x_inherited: isInherited,
  });
  const nested = {
    ...OF_GOOGLE,
    Tags: [label('team', 'ml'), label('spot', null), label('team', 'all', true)],
    x_Credits: [{ Name: 'promotion', Amount: -1.5 }],
    x_Project: { id: 'p', ancestors: [] },
  };
  const lines = [
    nested,
    { ...OF_GOOGLE, Tags: [] },
    { ...OF_GOOGLE, Tags: { team: 'db', n: 1.5 } },
  ];
  const { facts, rejects } = await readImportText(
    'focus',
    lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    { file: 'b.jsonl' },
  );
  expect(rejects).toEqual([]);
  const tags = facts.charges.map(({ fact }) => fact.tags);
  expect(tags[0]).toMatchObject({ team: 'ml', spot: '' });
  expect(tags[1]).not.toHaveProperty('team');
  expect(tags[2]).toMatchObject({ team: 'db', n: '1.5' });
  const startMs = Date.UTC(2026, 6, 1);
  for (const { fact } of facts.charges) {
    expect(fact.period).toEqual({ startMs, endMs: startMs + 3_600_000 });
  }
  const [result] = await chargesOf({ ...OF_GOOGLE, Tags: JSON.stringify(nested.Tags) });
  expect(result?.fact.tags).toEqual(tags[0]);
});

test.each([[['team']], [[{ name: 'team' }]], [[null]]])(
  'tags without a name are no tags: %j',
  async (tags) => {
    const line = JSON.stringify({ ...ROW, Tags: tags });
    const { rejects } = await readImportText('focus', `${line}\n`, { file: 'b.jsonl' });
    expect(rejects[0]?.reason).toContain('Tags is not a JSON object');
  },
);
