/** Tests that a JSON array of objects is read like the same rows as JSON lines. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_LINE_CHARACTERS } from '../../../src/sources/import/splitters.ts';
import { readImportText, refusedFile } from './readImportText.ts';

const BILL = {
  id: 'a-1',
  resource_id: 'pod-7',
  category: 'compute',
  start: '2026-07-01',
  end: '2026-07-02',
  billed_cost: 36.1,
  currency: 'USD',
};

async function chargesOf(text: string | Uint8Array, file = 'bill.json', pieceBytes = 65_536) {
  const { facts, rejects } = await readImportText('charges', text, { file, pieceBytes });
  return {
    charges: facts.charges.map(({ position, fact }) => [position, fact.key, fact.billed]),
    rejects: rejects.map(({ position, reason }) => `${position}: ${reason}`),
  };
}

const TWO = [BILL, { ...BILL, id: 'a-2', billed_cost: '0.000000001' }];
const BOTH = {
  charges: [
    [1, 'a-1', 36_100_000_000n],
    [2, 'a-2', 1n],
  ],
  rejects: [],
};

describe('an array of objects', () => {
  it.each([
    ['on one line', JSON.stringify(TWO)],
    ['set out over many', JSON.stringify(TWO, null, 2)],
    ['behind a byte order mark', `\uFEFF${JSON.stringify(TWO)}\r\n`],
    ['with spaces before it', `\n\n  ${JSON.stringify(TWO)}`],
  ])('is read as one row each, numbered by position: %s', async (_, text) => {
    expect(await chargesOf(text)).toEqual(BOTH);
    expect(await chargesOf(text, 'bill.json', 1)).toEqual(BOTH);
  });

  it.each(['bill.json', 'bill.jsonl', 'bill.csv', '-'])(
    'is recognized by how it begins: %s',
    async (file) => {
      expect(await chargesOf(JSON.stringify(TWO), file)).toEqual(BOTH);
    },
  );

  it('keeps every digit of a number as it is written', async () => {
    const text = JSON.stringify([BILL]).replace('36.1', '12345678.123456789');
    expect((await chargesOf(text)).charges).toEqual([[1, 'a-1', 12_345_678_123_456_789n]]);
  });

  it('without rows has none, and is no failure', async () => {
    expect(await chargesOf('[]')).toEqual({ charges: [], rejects: [] });
    expect(await chargesOf('[\n]\n')).toEqual({ charges: [], rejects: [] });
  });

  it('that is truncated keeps the complete rows and reports the rest', async () => {
    const whole = JSON.stringify(TWO);
    const cut = await chargesOf(whole.slice(0, -20));
    expect(cut.charges).toEqual(BOTH.charges.slice(0, 1));
    expect(cut.rejects).toEqual(['2: the array does not end; the file may be incomplete']);
    // Also where the cut is between two rows, which nothing else would show.
    const between = await chargesOf(`${whole.slice(0, -1)},`);
    expect(between.charges).toEqual(BOTH.charges);
    expect(between.rejects).toEqual(['3: the array does not end; the file may be incomplete']);
  });

  it('reports what follows its end', async () => {
    const twice = JSON.stringify([BILL]) + JSON.stringify([{ ...BILL, id: 'b' }]);
    expect((await chargesOf(twice)).rejects).toEqual([
      '2: the file continues after the end of the array; remove the rest',
    ]);
    const long = JSON.stringify([BILL]) + 'x'.repeat(MAX_LINE_CHARACTERS + 5);
    expect((await chargesOf(long)).rejects).toHaveLength(1);
  });

  it('rejects what is not a flat object, and only that', async () => {
    const row = JSON.stringify(BILL);
    const nested = JSON.stringify({ ...BILL, id: 'n', unit: { of: 'x' } });
    const huge = JSON.stringify({ ...BILL, id: 'h', note: 'x'.repeat(MAX_LINE_CHARACTERS) });
    const text = `[${row},7,"],[{",{"a":},${nested},${huge},${row.replace('a-1', 'z')}]`;
    const { charges, rejects } = await chargesOf(text);
    expect(charges).toEqual([
      [1, 'a-1', 36_100_000_000n],
      [7, 'z', 36_100_000_000n],
    ]);
    expect(rejects.map((reject) => reject.slice(0, 15))).toEqual([
      '2: not a JSON o',
      '3: not a JSON o',
      '4: not a JSON o',
      '5: "unit" is ne',
      '6: the line is ',
    ]);
  });
});

it('any rows are the same facts in an array, however it is written and cut', async () => {
  const tag = fc.string({ unit: 'binary', maxLength: 12 });
  const rows = fc.array(fc.record({ note: tag, team: tag }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.nat(3),
      fc.integer({ min: 1, max: 9 }),
      async (tags, space, piece) => {
        const all = tags.map((more, at) => ({ ...BILL, id: `row ${at}`, ...more }));
        const lines = all.map((row) => JSON.stringify(row)).join('\n');
        const array = await readImportText('charges', JSON.stringify(all, null, space), {
          file: 'f.json',
          pieceBytes: piece,
        });
        const expected = await readImportText('charges', `${lines}\n`, { file: 'f.jsonl' });
        const facts = ({ facts: { charges } }: typeof array) => charges.map(({ fact }) => fact);
        expect(facts(array)).toEqual(facts(expected));
        expect(array.rejects.map(({ reason }) => reason)).toEqual(
          expected.rejects.map(({ reason }) => reason),
        );
      },
    ),
    { numRuns: 150 },
  );
});

describe('other JSON', () => {
  it('with one object a line is read as lines, whatever the file is called', async () => {
    const lines = TWO.map((row) => JSON.stringify(row)).join('\n');
    for (const file of ['bill.json', 'bill.ndjson', '-']) {
      expect(await chargesOf(lines, file)).toEqual(BOTH);
    }
  });

  it('that wraps the list is refused whole, and says what to extract from it', async () => {
    const text = JSON.stringify({ data: TWO }, null, 2);
    const refused = await refusedFile('charges', text, { file: 'answer.json' });
    expect(refused.message).toBe('answer.json is one JSON object, expected a list of rows');
    expect(refused.expected).toBe('a JSON array of objects, or one object per line (.jsonl)');
    expect(refused.hint).toBe("extract the list from it, e.g. jq '.data' answer.json > rows.json");
  });

  it('of our own hours is read as an array too', async () => {
    const text = JSON.stringify([{ date: '2026-07-01', hours: 1.5, note: 'driver' }]);
    const { facts } = await readImportText('ops', text, { file: 'hours.json' });
    expect(facts.ops.map(({ fact }) => [fact.workedMs, fact.note])).toEqual([
      [5_400_000, 'driver'],
    ]);
  });
});
