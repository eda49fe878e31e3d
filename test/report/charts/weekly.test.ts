/** The weekly price chart, and what its title may state. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDecimal } from '../../../src/domain/exact.ts';
import { planWeeklyChart } from '../../../src/report/charts/weekly.ts';
import { mondayOf, computeWeeklyPrices } from '../../../src/report/charts/weeklyPrices.ts';
import { parseDetail } from '../../../src/report/sections/storedAmounts.ts';
import type { AuditDetail } from '../../../src/verdict/audit.ts';
import { readChartRows } from '../../support/chartSpec.ts';
import { LEADER } from '../../support/readers.ts';

type Day = AuditDetail['days'][number];

function aDay(day: string, tokens: number, overrides: Partial<Day> = {}): Day {
  return {
    day,
    deployment: 'a',
    spendUsd: '6.000000',
    coveredSpendUsd: '6.000000',
    tokens,
    hostedUsd: '2.000000',
    ...overrides,
  };
}

const pricesOf = (days: readonly Day[]) =>
  computeWeeklyPrices(parseDetail({ days, load: [] })).weeks.map(({ selfHosted, hosted }) => [
    selfHosted === undefined ? 'gap' : toDecimal(selfHosted, 6),
    hosted === undefined ? 'gap' : toDecimal(hosted, 6),
  ]);

const planOf = (...days: readonly Day[]) =>
  planWeeklyChart(parseDetail({ days, load: [] }), LEADER);

describe('weeks', () => {
  it('begin on Monday, UTC', () => {
    expect(new Date(mondayOf(Date.UTC(2026, 6, 1))).toISOString()).toBe('2026-06-29T00:00:00.000Z');
    expect(mondayOf(Date.UTC(2026, 5, 29))).toBe(Date.UTC(2026, 5, 29));
    expect(mondayOf(Date.UTC(1969, 11, 28))).toBe(Date.UTC(1969, 11, 22));
  });

  it('sum dollars and tokens, then divide: no average of prices', () => {
    const days = [
      aDay('2026-07-06', 12_000_000),
      aDay('2026-07-07', 4_000_000, { coveredSpendUsd: '2.000000' }),
    ];
    expect(pricesOf(days)).toEqual([['0.500000', '0.250000']]);
  });

  it('without tokens are gaps, and so is a hosted price with an unknown part', () => {
    const days = [
      aDay('2026-07-06', 1_000_000),
      aDay('2026-07-20', 1_000_000, { hostedUsd: null }),
      aDay('2026-07-27', 0),
    ];
    expect(pricesOf(days)).toEqual([
      ['6.000000', '2.000000'],
      ['gap', 'gap'],
      ['6.000000', 'gap'],
      ['gap', 'gap'],
    ]);
  });

  it('omit on both sides a deployment that no provider would serve', () => {
    const days = [
      aDay('2026-07-06', 1_000_000),
      aDay('2026-07-06', 1_000_000, { deployment: 'b', hostedUsd: null }),
    ];
    expect(pricesOf(days)).toEqual([['6.000000', '2.000000']]);
    expect(planOf(...days).alt).toContain('Left out, without a known hosted price: b.');
  });

  it('include the idle days of a week', () => {
    const days = [aDay('2026-07-06', 1_000_000), aDay('2026-07-07', 0, { hostedUsd: '0.000000' })];
    expect(pricesOf(days)).toEqual([['12.000000', '2.000000']]);
  });

  it('are marked partial if the window has fewer than seven days of them', () => {
    const days = Array.from({ length: 10 }, (_, at) =>
      aDay(`2026-07-${String(4 + at).padStart(2, '0')}`, 1000),
    );
    const { weeks } = computeWeeklyPrices(parseDetail({ days, load: [] }));
    expect(weeks.map(({ isCut }) => isCut)).toEqual([true, false, true]);
  });

  it('have all dollars and tokens of the days', () => {
    const anyDay = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 10 ** 9 }));
    fc.assert(
      fc.property(fc.array(anyDay, { minLength: 1, maxLength: 40 }), (list) => {
        const days = list.map(([offset, tokens]) =>
          aDay(new Date(Date.UTC(2026, 0, 1 + offset)).toISOString().slice(0, 10), tokens),
        );
        const { weeks, total } = computeWeeklyPrices(parseDetail({ days, load: [] }));
        const tokens = days.reduce((sum, day) => sum + day.tokens, 0);
        expect(weeks.reduce((sum, week) => sum + week.tokens, 0)).toBe(tokens);
        expect(total && toDecimal(total.selfHosted, 6)).toBe(
          toDecimal({ num: BigInt(6e6 * days.length), den: BigInt(tokens) }, 6),
        );
      }),
    );
  });
});

describe('the chart of prices', () => {
  it('states the finding and every week in words', () => {
    const { title, alt } = planOf(aDay('2026-07-06', 1_000_000), aDay('2026-07-13', 2_000_000));
    expect(title).toBe(
      'Self-hosted tokens cost 3.0× the hosted price: $4.00 against $1.33 per million',
    );
    expect(alt).toContain('Self-hosting was more expensive in all 2 weeks.');
    expect(alt.replaceAll('\u00a0', ' ')).toContain(
      'Jul 6: $6.00 vs $2.00; Jul 13: $3.00 vs $1.00.',
    );
  });

  it('says so if self-hosting is cheaper, equal, or has nothing to compare with', () => {
    const titleOf = (hostedUsd: string | null) =>
      planOf(aDay('2026-07-06', 1_000_000, { hostedUsd })).title;
    expect(titleOf('12.000000')).toContain('50% less than hosted: $6.00 against $12.0 per million');
    expect(titleOf('6.100000')).toContain('about the same as hosted');
    expect(titleOf('0.000000')).toContain('more than hosted, which are free');
    expect(titleOf(null)).toBe('Self-hosted tokens have a known price, but hosted tokens do not');
  });

  it('has no picture if no week has a price, and says why', () => {
    const plan = planOf(aDay('2026-07-06', 0));
    expect(plan.spec).toBeUndefined();
    expect(plan.alt).toBe('No week has a price, because no tokens are known to have been served.');
  });

  it('draws an unknown price as a gap, never as zero', () => {
    const days = [aDay('2026-07-06', 1_000_000), aDay('2026-07-20', 1_000_000)];
    const points = readChartRows(planOf(...days)).filter((row) => 'price' in row);
    const unknown = points.filter(({ week }) => week === 1);
    expect(unknown.map(({ price }) => price)).toEqual([null, null]);
    expect(points.map(({ price }) => price)).not.toContain(0);
  });

  it('uses a logarithmic axis only if one week would hide all others', () => {
    const days = [10, 10, 10, 0.01].map((mtok, week) =>
      aDay(`2026-08-${String(3 + week * 7).padStart(2, '0')}`, mtok * 1e6),
    );
    const scaleOf = (some: readonly Day[]) => JSON.stringify(planOf(...some).spec);
    expect(scaleOf(days)).toContain('"type":"log"');
    expect(scaleOf(days.slice(0, 3))).not.toContain('"type":"log"');
  });
});
