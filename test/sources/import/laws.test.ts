import { stringify } from 'csv-stringify/sync';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { UsageRow } from '../../../src/domain/usage.ts';
import { readImportText } from './readImportText.ts';

const MOST = 30_000_000_000;
const count = fc.nat({ max: MOST });
const maybe = fc.option(count, { nil: undefined });
const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter(
    (text) => text.trim() === text && text !== '' && !text.includes('\uFFFD') && !/\r/.test(text),
  );

/** Usage rows of distinct intervals, as the ledger would hold them. */
const usageRows = fc
  .array(
    fc.record({
      deployment: name,
      prompt: count,
      cachedShare: fc.option(fc.nat({ max: 100 }), { nil: undefined }),
      outputTokens: count,
      requests: maybe,
      busyMs: fc.option(fc.nat({ max: 300_000 }), { nil: undefined }),
      isReplicaKnown: fc.boolean(),
    }),
    { maxLength: 30 },
  )
  .map((rows) => rows.map(usageRow));

type Draft = {
  deployment: string;
  prompt: number;
  cachedShare: number | undefined;
  outputTokens: number;
  requests: number | undefined;
  busyMs: number | undefined;
  isReplicaKnown: boolean;
};

function usageRow(draft: Draft, index: number): UsageRow {
  const { deployment, prompt, cachedShare, outputTokens, requests, busyMs } = draft;
  const cached = cachedShare === undefined ? undefined : Math.floor((prompt * cachedShare) / 100);
  const startMs = Date.UTC(2026, 6, 1) + index * 300_000;
  return {
    sourceId: 'import',
    deployment,
    period: { startMs, endMs: startMs + 300_000 },
    uncachedPromptTokens: prompt - (cached ?? 0),
    ...(cached === undefined ? {} : { cachedPromptTokens: cached }),
    outputTokens,
    ...(requests === undefined ? {} : { requests }),
    ...(busyMs === undefined ? {} : { busyMs }),
    ...(draft.isReplicaKnown ? { replicaMs: 300_000 } : {}),
  };
}

/** The row as a person's file has it, by column. */
function cells(row: UsageRow): Record<string, string> {
  const { period, cachedPromptTokens, requests, busyMs, replicaMs } = row;
  const seconds = (ms: number | undefined) => (ms === undefined ? '' : String(ms / 1000));
  return {
    deployment: row.deployment,
    start: new Date(period.startMs).toISOString(),
    end: new Date(period.endMs).toISOString(),
    prompt_tokens: String(row.uncachedPromptTokens + (cachedPromptTokens ?? 0)),
    cached_tokens: String(cachedPromptTokens ?? ''),
    output_tokens: String(row.outputTokens),
    requests: String(requests ?? ''),
    busy_seconds: seconds(busyMs),
    replica_seconds: seconds(replicaMs),
  };
}

const COLUMNS = [
  'deployment',
  'start',
  'end',
  'prompt_tokens',
  'cached_tokens',
  'output_tokens',
  'requests',
  'busy_seconds',
  'replica_seconds',
];

test('rows written as CSV, columns in any order, come back as the facts they were', async () => {
  const columns = fc.shuffledSubarray(COLUMNS, { minLength: COLUMNS.length });
  const pieceBytes = fc.integer({ min: 1, max: 200 });
  await fc.assert(
    fc.asyncProperty(usageRows, columns, pieceBytes, async (rows, order, size) => {
      const text = stringify(rows.map(cells), { header: true, columns: order });
      const { facts, rejects } = await readImportText('usage', text, { pieceBytes: size });
      expect(rejects).toEqual([]);
      expect(facts.usage.map(({ fact }) => fact)).toEqual(rows);
    }),
    { numRuns: 150 },
  );
});

test('rows written as JSON lines come back as the same facts', async () => {
  await fc.assert(
    fc.asyncProperty(usageRows, async (rows) => {
      const text = rows.map((row) => `${JSON.stringify(cells(row))}\n`).join('');
      if (text === '') return;
      const { facts, rejects } = await readImportText('usage', text, { file: 'usage.jsonl' });
      expect(rejects).toEqual([]);
      expect(facts.usage.map(({ fact }) => fact)).toEqual(rows);
    }),
    { numRuns: 50 },
  );
});

test('every row of any text becomes a fact or a reject', async () => {
  const soup = fc.string({ unit: fc.constantFrom('a', '1', ',', '"', '\n', '\r', '.', '-', 'é') });
  await fc.assert(
    fc.asyncProperty(soup, fc.boolean(), async (text, isJson) => {
      const content = isJson ? `{}\n${text}` : `date,deployment,hours,note\n${text}`;
      const file = isJson ? 'ops.jsonl' : 'ops.csv';
      const { facts, rejects, batches } = await readImportText('ops', content, { file });
      const result = facts.ops.length + rejects.length;
      expect(result).toBe(batches.at(-1)?.rows);
    }),
    { numRuns: 300 },
  );
});
