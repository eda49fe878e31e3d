/** The format of figures in a report. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, decimal, exact, subtract } from '../../src/domain/exact.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/period.ts';
import {
  counted,
  dateText,
  dayOfMonth,
  dollars,
  momentText,
  percent,
  shortNumber,
  spanText,
  times,
  tokenCount,
  pricePerMtok,
} from '../../src/report/format.ts';
import { LEADER } from '../support/readers.ts';

describe('dollars', () => {
  it.each([
    ['41200.4', '$41,200'],
    ['128712.48', '$128,712'],
    ['99.995', '$100'],
    ['100', '$100'],
    ['6.374175', '$6.37'],
    ['6', '$6.00'],
    ['0.384615', '$0.38'],
    ['0.01', '$0.01'],
    ['0.0099', '$0.0099'],
    ['0.000004', '$0.000004'],
    ['0', '$0'],
    ['-5', '-$5.00'],
    ['-41200.6', '-$41,201'],
    ['1234567890.5', '$1,234,567,890'],
  ])('prints %s as %s', (usd, text) => {
    expect(dollars(decimal(usd), LEADER)).toBe(text);
  });

  it('rounds an exact half to the even neighbor', () => {
    expect([dollars(decimal('100.5'), LEADER), dollars(decimal('101.5'), LEADER)]).toEqual([
      '$100',
      '$102',
    ]);
    expect([dollars(decimal('1.125'), LEADER), dollars(decimal('1.135'), LEADER)]).toEqual([
      '$1.12',
      '$1.14',
    ]);
  });

  it('is never further from the amount than half of its last digit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 18n }), (nano) => {
        const usd = exact(nano, 10n ** 9n);
        const text = dollars(usd, LEADER).slice(1).replaceAll(',', '');
        const off = subtract(decimal(text), usd);
        const places = text.split('.')[1]?.length ?? 0;
        const half = exact(1n, 2n * 10n ** BigInt(places));
        expect(compare(off.num < 0n ? subtract(usd, decimal(text)) : off, half)).not.toBe(1);
      }),
    );
  });
});

describe('prices, shares and counts', () => {
  it.each([
    ['0.384615', '$0.385'],
    ['0.136271', '$0.136'],
    ['0.0210285', '$0.0210'],
    ['12.34', '$12.3'],
    ['1234', '$1,230'],
    ['9.996', '$10.0'],
    ['999.6', '$1,000'],
    ['0.000004', '$0.00000400'],
    ['0', '$0'],
  ])('prints a price of %s per million tokens as %s', (usd, text) => {
    expect(pricePerMtok(decimal(usd), LEADER)).toBe(text);
  });

  it.each([
    ['0', '0%'],
    ['0.0001', '<0.1%'],
    ['0.0361', '3.6%'],
    ['0.04', '4%'],
    ['0.0995', '10%'],
    ['0.361111', '36%'],
    ['0.994', '99%'],
    ['0.996', '99.6%'],
    ['0.9996', '>99.9%'],
    ['1', '100%'],
    ['1.443884', '144%'],
    ['-0.25', '-25%'],
  ])('prints a share of %s as %s', (share, text) => {
    expect(percent(decimal(share), LEADER)).toBe(text);
  });

  it('never rounds something to nothing or less than all to everything', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999 }), (millionths) => {
        const text = percent(exact(BigInt(millionths), 1_000_000n), LEADER);
        expect(text).not.toBe('0%');
        expect(text).not.toBe('100%');
      }),
    );
  });

  it.each([
    [15_600_000, '15.6M'],
    [999_999, '1M'],
    [950, '950'],
    [1_050, '1.05K'],
    [0, '0'],
    [62_375_784, '62.4M'],
    [2_500_000_000_000, '2.5T'],
  ])('prints %d tokens as %s', (count, text) => {
    expect(tokenCount(count, LEADER)).toBe(text);
  });

  it('prints factors with two digits and plain numbers with three', () => {
    expect([
      times(decimal('2.8224'), LEADER),
      times(decimal('13.2'), LEADER),
      times(decimal('9.96'), LEADER),
    ]).toEqual(['2.8×', '13×', '10×']);
    expect(
      ['0.361111', '2400', '-7', '0'].map((text) => shortNumber(decimal(text), LEADER)),
    ).toEqual(['0.361', '2,400', '-7', '0']);
    expect([counted(1, 'hour', LEADER), counted(2208, 'hour', LEADER)]).toEqual([
      '1 hour',
      '2,208 hours',
    ]);
  });

  it('prints times in UTC', () => {
    const fourOClock = Date.UTC(2026, 6, 1, 4);
    expect(dateText(fourOClock, LEADER)).toBe('Jul 1, 2026');
    expect(dayOfMonth(fourOClock, LEADER)).toBe('Jul 1');
    expect(momentText(fourOClock, LEADER)).toBe('Jul 1, 2026 04:00 UTC');
    expect(spanText(92 * DAY_MS, LEADER)).toBe('92 days');
    expect(spanText(DAY_MS + 4 * HOUR_MS, LEADER)).toBe('1 day 4 hours');
    expect(spanText(45 * MINUTE_MS, LEADER)).toBe('45 minutes');
  });
});
