import { gzipSync } from 'node:zlib';
import {
  type Arbitrary,
  array,
  assert,
  asyncProperty,
  bigInt,
  double,
  integer,
  option,
  record,
  string,
} from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeCsv, writeParquet } from '../../support/parquet.ts';
import { readImportText, refusedFile } from './readImportText.ts';

/** Hours of instances: each column in a type in which clouds write it. */
const hours = (count: number, tags = "MAP {'team': 'ml', 'n': i::VARCHAR}") => `
SELECT (i * 1.000000001)::DECIMAL(38, 18) AS "BilledCost", 'USD' AS "BillingCurrency",
  'Usage' AS "ChargeCategory",
  TIMESTAMP '2026-07-01 00:00:00' + INTERVAL (i) HOUR AS "ChargePeriodStart",
  TIMESTAMPTZ '2026-07-01 01:00:00+00' + INTERVAL (i) HOUR AS "ChargePeriodEnd",
  CASE WHEN i % 3 = 0 THEN NULL ELSE i * 0.1 END::DOUBLE AS "ListCost",
  (i * 0.1)::FLOAT AS "EffectiveCost", 1::BIGINT AS "ConsumedQuantity", 'Hours' AS "ConsumedUnit",
  'Standard' AS "PricingCategory", 'i-' || (i % 7) AS "ResourceId",
  'Compute' AS "ServiceCategory", DATE '2026-07-01' AS "x_Day", ${tags} AS "Tags"
FROM range(1, ${count + 1}) AS rows(i)`;

const AS_JSON = "to_json(MAP {'team': 'ml', 'n': i::VARCHAR})::VARCHAR";

async function factsOf(content: Uint8Array, file = 'bill.parquet') {
  const { facts, rejects } = await readImportText('focus', content, { file });
  expect(rejects).toEqual([]);
  return facts.charges.map(({ fact }) => fact);
}

describe('a bill in Parquet', () => {
  test.each(['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'] as const)(
    'gives the facts of the same rows in CSV, its pages as %s',
    async (compression) => {
      const content = await writeParquet({ select: hours(300), compression });
      const facts = await factsOf(content);
      expect(facts).toEqual(await factsOf(await writeCsv(hours(300, AS_JSON)), 'bill.csv'));
      expect(facts).toHaveLength(300);
      expect(facts[2]).toMatchObject({
        billed: 3_000_000_003n,
        effective: 300_000_000n,
        quantity: { num: 1n, den: 1n },
        period: { startMs: Date.UTC(2026, 6, 1, 3), endMs: Date.UTC(2026, 6, 1, 4) },
        tags: { team: 'ml', n: '3' },
      });
      expect(facts[2]).not.toHaveProperty('list');
    },
  );

  test('keeps every digit of decimals, doubles, floats and large whole numbers', async () => {
    const of = (billed: string, quantity: string) =>
      `SELECT ${billed} AS "BilledCost", ${quantity} AS "ConsumedQuantity",
        'Hours' AS "ConsumedUnit", 'USD' AS "BillingCurrency", 'Usage' AS "ChargeCategory",
        'i-1' AS "ResourceId", '2026-07-01' AS "ChargePeriodStart",
        '2026-07-02' AS "ChargePeriodEnd"`;
    const resultOf = async (billed: string, quantity: string) => {
      const [fact] = await factsOf(await writeParquet({ select: of(billed, quantity) }));
      return [fact?.billed, fact?.quantity];
    };
    // 0.1 has 55 binary digits as a double, 17 as a float; its shortest name is 0.1.
    expect(await resultOf('0.1::DOUBLE', '0.1::FLOAT')).toEqual([
      100_000_000n,
      { num: 1n, den: 10n },
    ]);
    expect(await resultOf('-12.34::DECIMAL(4, 2)', '9007199254740993::BIGINT')).toEqual([
      -12_340_000_000n,
      { num: 9_007_199_254_740_993n, den: 1n },
    ]);
    expect(
      await resultOf(
        '123456789.123456789::DECIMAL(18, 9)',
        '0.000000000000000001::DECIMAL(38, 18)',
      ),
    ).toEqual([123_456_789_123_456_789n, { num: 1n, den: 10n ** 18n }]);
    expect(await resultOf('7::INTEGER', '1e-7::DOUBLE')).toEqual([
      7_000_000_000n,
      { num: 1n, den: 10n ** 7n },
    ]);
  });

  test('gives the facts of CSV for any amounts, times and words', async () => {
    const word = string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.trim());
    const row = record({
      cents: bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
      list: option(double({ min: -1e8, max: 1e8, noNaN: true })),
      hour: integer({ min: 0, max: 4000 }),
      name: word.filter((text) => !/[\0\r\n]/.test(text)),
    });
    const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
    const selectOf = (rows: readonly (typeof row extends Arbitrary<infer R> ? R : never)[]) =>
      rows
        .map(
          ({ cents, list, hour, name }, at) => `
SELECT (${cents}::HUGEINT * 0.0000001)::DECIMAL(38, 7) AS "BilledCost", 'USD' AS "BillingCurrency",
  'Usage' AS "ChargeCategory", 'r${at}' AS "ResourceId", ${quoted(name)} AS "ResourceName",
  ${list === null ? 'NULL::DOUBLE' : `'${list}'::DOUBLE`} AS "ListCost",
  TIMESTAMP '2026-01-01' + INTERVAL ${hour} HOUR AS "ChargePeriodStart",
  TIMESTAMP '2026-01-02' + INTERVAL ${hour} HOUR AS "ChargePeriodEnd"`,
        )
        .join(' UNION ALL ');
    const law = asyncProperty(array(row, { minLength: 1, maxLength: 12 }), async (rows) => {
      const select = selectOf(rows);
      const facts = await factsOf(await writeParquet({ select, compression: 'zstd' }));
      expect(facts).toEqual(await factsOf(await writeCsv(select), 'bill.csv'));
    });
    await assert(law, { numRuns: 20 });
  });

  test('may be compressed once more, and can be read from a pipe', async () => {
    const content = await writeParquet({ select: hours(10) });
    const packed = await readImportText('focus', gzipSync(content), {
      file: 'b.gz',
      pieceBytes: 7,
    });
    expect(packed.facts.charges.map(({ fact }) => fact)).toEqual(await factsOf(content));
    const raw = packed.batches.flatMap((batch) => batch.raw);
    expect(Buffer.concat(raw)).toEqual(content);
  });

  test('counts its rows from 1, over all row groups', async () => {
    const content = await writeParquet({ select: hours(4000), rowGroupRows: 2048 });
    const { facts } = await readImportText('focus', content, { file: 'b.parquet' });
    expect(facts.charges.map(({ position }) => position)).toEqual(
      Array.from({ length: 4000 }, (_, at) => at + 1),
    );
  });

  test('rejects a wrong row and keeps the others', async () => {
    const select = hours(3).replace("'Usage'", "CASE i WHEN 2 THEN 'Gift' ELSE 'Usage' END");
    const { facts, rejects } = await readImportText('focus', await writeParquet({ select }), {});
    expect(facts.charges).toHaveLength(2);
    expect(rejects).toMatchObject([{ position: 2, reason: expect.stringContaining('"Gift"') }]);
    expect(rejects[0]?.excerpt).toContain('"ResourceId":"i-2"');
  });

  test('is refused where a column is missing, and where it is cut off or damaged', async () => {
    const bare = await writeParquet({ select: 'SELECT 1 AS "BilledCost"' });
    expect((await refusedFile('focus', bare)).message).toContain('BillingCurrency');
    const whole = await writeParquet({ select: hours(300) });
    const cut = await refusedFile('focus', whole.subarray(0, -20));
    expect(cut.message).toContain('cannot read the Parquet file f.csv');
    const torn = Buffer.from(whole);
    torn.fill(0xff, 8, 400);
    expect((await refusedFile('focus', torn)).hint).toContain('download the file again');
  });
});
