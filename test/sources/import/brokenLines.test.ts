import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitCsvCells } from '../../../src/sources/import/csvReader.ts';
import { MAX_LINE_CHARACTERS } from '../../../src/sources/import/splitters.ts';
import { importCsv, readImportText } from './readImportText.ts';

const good = (note: string) => `2026-07-01,chat,1,${note}`;

async function outcome(text: string | Uint8Array, file = 'f.csv') {
  const { facts, rejects } = await readImportText('ops', text, { file });
  return {
    notes: facts.ops.map(({ position, fact }) => `${position}: ${fact.note}`),
    rejects: rejects.map(({ position, reason }) => `${position}: ${reason}`),
  };
}

const QUOTING = 'put the whole cell in quotes and double the quotes inside it';

describe('a bad line affects no other line:', () => {
  test('a quoted cell may hold commas, quotes and line breaks, and lines still count', async () => {
    expect(await outcome(importCsv('ops', good('"a, ""b""\nand c"'), good('d')))).toEqual({
      notes: ['2: a, "b"\nand c', '4: d'],
      rejects: [],
    });
  });

  test('a quote that is never closed', async () => {
    expect(await outcome(importCsv('ops', good('a'), good('"b'), good('c'), good('d')))).toEqual({
      notes: ['2: a', '4: c', '5: d'],
      rejects: [`3: a quote is not closed before the file ends; ${QUOTING}`],
    });
  });

  test('a quote that another misplaced quote seems to close', async () => {
    const text = importCsv('ops', good('"a'), good('b'), good('"c'), good('d'));
    expect(await outcome(text)).toEqual({
      notes: ['3: b', '5: d'],
      rejects: [
        `2: a quote is not closed in the same row; ${QUOTING}`,
        `4: a quote is not closed before the file ends; ${QUOTING}`,
      ],
    });
  });

  test('a quote that stays open for a hundred lines', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => good(`n${i}`));
    const { notes, rejects } = await outcome(importCsv('ops', good('"a'), ...rows));
    expect(notes).toHaveLength(300);
    expect(rejects).toEqual([`2: a quote is not closed within 100 lines; ${QUOTING}`]);
  });

  test('a quote inside a plain cell', async () => {
    expect(await outcome(importCsv('ops', good('24" screen and 3" tape'), good('b')))).toEqual({
      notes: ['3: b'],
      rejects: [`2: found a quote inside a cell; ${QUOTING}`],
    });
  });

  test('too few cells, as in a truncated file, and too many', async () => {
    const text = `${importCsv('ops', good('a,b'), good('c'))}2026-07-01,ch`;
    const cut = 'the line may be incomplete, or have an unquoted comma';
    expect(await outcome(text)).toEqual({
      notes: ['3: c'],
      rejects: [
        `2: found 5 cells, expected 4 as in the header; ${cut}`,
        `4: found 2 cells, expected 4 as in the header; ${cut}`,
      ],
    });
  });

  test('bytes that are not UTF-8', async () => {
    const text = Buffer.from(importCsv('ops', good('caf\xe9'), good('b')), 'latin1');
    expect(await outcome(text)).toEqual({
      notes: ['3: b'],
      rejects: ['2: the line has bytes that are not UTF-8; save the file as UTF-8'],
    });
  });

  test('a line without end', async () => {
    const text = importCsv('ops', good('a'), good('x'.repeat(3 * MAX_LINE_CHARACTERS)), good('b'));
    expect(await outcome(text)).toEqual({
      notes: ['2: a', '4: b'],
      rejects: ['3: the line is longer than 1,000,000 characters; check its line break'],
    });
  });
});

describe('JSON lines:', () => {
  test('the same fields as keys, numbers to the digit as they are written', async () => {
    const text =
      '{"resource_id":"p","category":"compute","start":"2026-07-01","end":"2026-07-02",' +
      '"billed_cost":123456789.123456789,"currency":"USD","team":"ml","gpu_count":null}\n';
    const { facts } = await readImportText('charges', text, { file: 'bill.ndjson' });
    expect(facts.charges[0]?.fact).toMatchObject({
      billed: 123_456_789_123_456_789n,
      tags: { team: 'ml' },
    });
    expect(facts.charges[0]?.fact).not.toHaveProperty('gpuCount');
  });

  test('yes and no are text: a tag like any other, and no amount', async () => {
    const line = (cost: string) =>
      `{"resource_id":"p","category":"compute","start":"2026-07-01","end":"2026-07-02",` +
      `"billed_cost":${cost},"currency":"USD","shared":true}\n`;
    const { facts, rejects } = await readImportText('charges', line('1') + line('false'), {
      file: 'bill.jsonl',
    });
    expect(facts.charges.map(({ fact }) => fact.tags)).toEqual([{ shared: 'true' }]);
    expect(rejects).toMatchObject([{ position: 2 }]);
    expect(rejects[0]?.reason).toContain('billed_cost is "false"');
  });

  test('each bad line is rejected with its number, the good ones go in', async () => {
    const text = [
      '{"date":"2026-07-01","hours":1,"note":"a"}',
      '',
      '{"date":"2026-07-01","hours":"1.5","note":"b"}',
      '{"date":"2026-07-01","hour":1}',
      '{"date":"2026-07-01","hours":{"n":1}}',
      '[1,2]',
      '{"date":"2026-07-01","hours":2,"note":"c"}',
      '{"date":"2026-07-0',
    ].join('\n');
    expect(await outcome(text, 'ops.jsonl')).toEqual({
      notes: ['1: a', '3: b', '7: c'],
      rejects: [
        '4: has no "hours"; did you mean "hour"?',
        '5: "hours" is neither text nor a number; write it without nesting',
        '6: not a JSON object; write each row as one complete object',
        '8: not a JSON object; write each row as one complete object',
      ],
    });
  });

  test('unknown keys are left out with one warning', async () => {
    const line = '{"date":"2026-07-01","hours":1,"mood":"good"}\n';
    const { warnings } = await readImportText('ops', line.repeat(3), { file: 'ops.jsonl' });
    expect(warnings).toEqual(['Unknown columns were ignored: mood.']);
  });
});

test('a record is split into cells as an independent CSV reader does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' '), maxLength: 20 });
  fc.assert(
    fc.property(text, (record) => {
      let cells: string[] | undefined;
      try {
        [cells = ['']] = parse(record, { record_delimiter: '\0', relax_column_count: true });
      } catch {
        cells = undefined;
      }
      expect(splitCsvCells(record)).toEqual(cells);
    }),
    { numRuns: 2000 },
  );
});
