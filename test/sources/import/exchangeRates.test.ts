/** Tests exchange rates from files: one month per line, and the ECB's history by its daily mean. */

import { expect, test } from 'vitest';
import { toDecimal } from '../../../src/domain/exact.ts';
import { onlyFact, readImportText, refusedFile, onlyRejection } from './readImportText.ts';

const NOW = Date.UTC(2026, 7, 20);

test('a line is the rate of a currency for a month, exact', async () => {
  expect(await onlyFact('exchangeRates', ' eur ,2026-07,1.0842')).toEqual({
    sourceId: 'import',
    currency: 'EUR',
    monthMs: Date.UTC(2026, 6, 1),
    usdPerUnit: { num: 5421n, den: 5000n },
  });
});

test.each([
  ['EURO,2026-07,1.08', 'currency is "EURO"; expected an ISO 4217 currency code, like USD'],
  [
    'USD,2026-07,1',
    'currency is "USD"; expected a currency other than USD, whose rate is always 1',
  ],
  ['EUR,2026-13,1.08', 'month is "2026-13"; expected a month like 2026-07'],
  ['EUR,July,1.08', 'month is "July"; expected a month like 2026-07'],
  ['EUR,2027-02,1.08', 'month is "2027-02"; expected a time up to one day after now'],
  ['EUR,2026-07,0', 'usd_per_unit is "0"; expected US dollars per unit, above 0'],
  ['JPY,2026-07,160.2', 'usd_per_unit is "160.2"; expected US dollars per unit, above 0'],
])('%s is rejected', async (row, reason) => {
  expect(await onlyRejection('exchangeRates', row)).toContain(reason);
});

test('a month with two different rates in a file counts once', async () => {
  const rows = ['EUR,2026-07,1.08', 'EUR,2026-07,1.080', 'EUR,2026-07,1.09'];
  const text = ['currency,month,usd_per_unit', ...rows, ''].join('\n');
  const { facts, rejects, warnings } = await readImportText('exchangeRates', text);
  expect(facts.exchangeRates).toHaveLength(1);
  expect(rejects.map(({ position }) => position)).toEqual([4]);
  expect(warnings).toEqual(['1 row repeats an earlier row exactly.']);
});

/** As the ECB writes it: newest day first, a comma at the end of each line. */
const ECB = `Date,USD,JPY,BGN,HRK,
2026-08-03,1.2000,170.00,1.9558,N/A,
2026-07-31,1.1000,160.00,1.9558,N/A,
2026-07-30,1.1500,N/A,1.9558,N/A,
2026-07-02,1.0500,168.00,1.9558,N/A,
`;

async function ecb(text: string, nowMs = NOW) {
  const { facts, rejects, warnings } = await readImportText('exchangeRates', text, { nowMs });
  const monthly = facts.exchangeRates.map(({ position, fact }) => {
    const month = new Date(fact.monthMs).toISOString().slice(0, 7);
    const usd = fact.usdPerUnit === undefined ? '' : toDecimal(fact.usdPerUnit, 8);
    return [position, fact.currency, month, usd];
  });
  return { monthly, rejects, warnings };
}

test("the ECB's history becomes the mean of each month, crossed over the dollar", async () => {
  const { monthly, rejects, warnings } = await ecb(ECB);
  expect(rejects).toEqual([]);
  expect(monthly).toEqual([
    [2, 'EUR', '2026-08', '1.20000000'],
    // 1.2 / 170
    [2, 'JPY', '2026-08', '0.00705882'],
    [2, 'BGN', '2026-08', '0.61355967'],
    // (1.1 + 1.15 + 1.05) / 3
    [3, 'EUR', '2026-07', '1.10000000'],
    // The two days with both: (1.1 + 1.05) / (160 + 168)
    [3, 'JPY', '2026-07', '0.00655488'],
    // 3.3 / (3 × 1.9558)
    [3, 'BGN', '2026-07', '0.56242970'],
  ]);
  expect(warnings).toEqual([
    '2026-08 ends after this file, so its rates are the mean of 1 day so far. A later file ' +
      'restates them.',
  ]);
});

test('its days in another order and its columns elsewhere give the same', async () => {
  const [header = '', ...days] = ECB.trim().split('\n');
  const text = [header, ...days.toReversed(), ''].join('\r\n');
  const byName = (rows: readonly (readonly unknown[])[]) =>
    rows.map(([, ...rest]) => rest.join(' ')).toSorted();
  expect(byName((await ecb(text)).monthly)).toEqual(byName((await ecb(ECB)).monthly));
});

test('a day that cannot be read is rejected, and the others count', async () => {
  const { monthly, rejects } = await ecb(`${ECB}2026-07-01,zero,1,1,N/A,\n2026-13-01,1,1,1,N/A,\n`);
  expect(rejects.map(({ position }) => position)).toEqual([6, 7]);
  expect(monthly).toHaveLength(6);
});

test('a file of another kind requires our own columns', async () => {
  const refused = await refusedFile('exchangeRates', 'Date,EUR,JPY\n2026-07-01,0.9,150\n');
  expect(refused.message).toContain('has no columns "currency", "month", "usd_per_unit"');
  expect(refused.expected).toBe('a header row with currency, month, usd_per_unit');
});
