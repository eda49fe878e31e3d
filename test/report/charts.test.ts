/** Knows what the charts must show; how they look is judged by eye, what they are made of here. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDecimal } from '../../src/domain/exact.ts';
import { drawCharts } from '../../src/report/charts/chart.ts';
import { curvesOf } from '../../src/report/charts/curves.ts';
import { fitted, writable } from '../../src/report/charts/fonts.ts';
import { loadPlan } from '../../src/report/charts/load.ts';
import { weeklyPlan } from '../../src/report/charts/weekly.ts';
import { mondayOf, weeksOf } from '../../src/report/charts/weeks.ts';
import type { AuditDetail } from '../../src/verdict/auditDetail.ts';
import { aDetail } from '../support/auditFixture.ts';
import { hostileAudit, keptAudit, mixedAudit } from '../support/audits.ts';
import { crowdedAudit } from '../support/crowdedAudit.ts';

const NOTHING: AuditDetail = { days: [], load: [] };

type Day = AuditDetail['days'][number];

function aDay(day: string, tokens: number, wish: Partial<Day> = {}): Day {
  return {
    day,
    deployment: 'a',
    spendUsd: '6.000000',
    coveredSpendUsd: '6.000000',
    tokens,
    hostedUsd: '2.000000',
    ...wish,
  };
}

const pricesOf = (days: readonly Day[]) =>
  weeksOf({ days, load: [] }).weeks.map(({ owned, hosted }) => [
    owned === undefined ? 'gap' : toDecimal(owned, 6),
    hosted === undefined ? 'gap' : toDecimal(hosted, 6),
  ]);

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

  it('without tokens are gaps, and so is a hosted price of which a part is unknown', () => {
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

  it('leave out on both sides a deployment that no host would serve', () => {
    const days = [
      aDay('2026-07-06', 1_000_000),
      aDay('2026-07-06', 1_000_000, { deployment: 'b', hostedUsd: null }),
    ];
    expect(pricesOf(days)).toEqual([['6.000000', '2.000000']]);
    expect(weeklyPlan({ days, load: [] }).alt).toContain('Without b: no hosted price is known.');
  });

  it('charge the idle days of a week too', () => {
    const days = [aDay('2026-07-06', 1_000_000), aDay('2026-07-07', 0, { hostedUsd: '0.000000' })];
    expect(pricesOf(days)).toEqual([['12.000000', '2.000000']]);
  });

  it('hold all dollars and tokens of the days', () => {
    const anyDay = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 10 ** 9 }));
    fc.assert(
      fc.property(fc.array(anyDay, { minLength: 1, maxLength: 40 }), (list) => {
        const days = list.map(([offset, tokens]) =>
          aDay(new Date(Date.UTC(2026, 0, 1 + offset)).toISOString().slice(0, 10), tokens),
        );
        const { weeks, total } = weeksOf({ days, load: [] });
        expect(weeks.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(
          days.reduce((sum, { tokens }) => sum + tokens, 0),
        );
        expect(toDecimal(total.owned, 6)).toBe(`${6 * days.length}.000000`);
        expect(toDecimal(total.hosted, 6)).toBe(`${2 * days.length}.000000`);
      }),
    );
  });
});

describe('the chart of prices', () => {
  it('states the finding and every week in words', () => {
    const days = [aDay('2026-07-06', 1_000_000), aDay('2026-07-13', 2_000_000)];
    const { title, alt } = weeklyPlan({ days, load: [] });
    expect(title).toBe('Owned tokens cost 3.0× hosted, dearer in 2 of 2 weeks');
    expect(alt.replaceAll('\u00a0', ' ')).toContain(
      '6 Jul: $6.00 vs $2.00; 13 Jul: $3.00 vs $1.00.',
    );
  });

  it('says so when owned is cheaper, alike, or without anything to compare', () => {
    const titleOf = (hostedUsd: string | null) =>
      weeklyPlan({ days: [aDay('2026-07-06', 1_000_000, { hostedUsd })], load: [] }).title;
    expect(titleOf('12.000000')).toBe('Owned tokens cost 50% less than hosted');
    expect(titleOf('6.100000')).toBe('Owned tokens cost about the same as hosted');
    expect(titleOf('0.000000')).toBe('Owned tokens cost more, as hosted ones are free');
    expect(titleOf(null)).toBe('Owned tokens have a price, hosted ones none that is known');
    expect(weeklyPlan(NOTHING).title).toContain('No week has a price');
  });

  it('turns to a logarithmic axis only where one week would hide all others', () => {
    const days = [10, 10, 10, 0.01].map((mtok, week) =>
      aDay(`2026-08-${String(3 + week * 7).padStart(2, '0')}`, mtok * 1e6),
    );
    const scaleOf = (some: readonly Day[]) =>
      JSON.stringify(weeklyPlan({ days: some, load: [] }).spec);
    expect(scaleOf(days)).toContain('"type":"log"');
    expect(scaleOf(days.slice(0, 3))).not.toContain('"type":"log"');
  });
});

describe('load-duration curves', () => {
  const load = (hours: readonly (number | null)[], capacity: number | null = 10_800_000) => ({
    days: [],
    load: [
      {
        deployment: 'a',
        startMs: 0,
        tokensByHour: hours,
        capacityTokensPerHour: capacity,
        replicas: 1,
      },
    ],
  });

  it('sort the worked example’s hours by demand', () => {
    const { curves } = curvesOf(load([3_600_000, 10_800_000, 0, 1_200_000]), 4);
    expect(curves[0]?.shares).toEqual([1, 1 / 3, 1 / 9, 0]);
  });

  it('leave unknown hours out and say how many', () => {
    const plan = loadPlan(load([null, 10_800_000, null, 0]));
    expect(plan.alt).toContain('2 hours without usage data left out.');
    expect(plan.alt).toContain('busiest hour 100%, middle hour 0%, no tokens in 1 of 2 hours.');
  });

  it('state in the title how full the machines were', () => {
    expect(loadPlan(load([1, 1, 1, 10_800_000])).title).toBe(
      'Less than half of full capacity was used in 75% of hours',
    );
    expect(loadPlan(load([9_000_000])).title).toBe(
      'At least half of full capacity was used in every hour',
    );
    expect(loadPlan(load([1], null)).title).toContain('No hour can be set against capacity');
  });

  it('show the four dearest of many', () => {
    const { alt } = loadPlan(aDetail(crowdedAudit()));
    expect(alt).toContain('The 4 dearest of 40 deployments.');
    expect(alt).toContain('team-39-summarization-and-search: full at');
    expect(alt).not.toContain('team-35');
  });
});

describe('pictures', () => {
  const sizeOf = (png: Uint8Array) => {
    const view = new DataView(png.buffer, png.byteOffset);
    return [view.getUint32(16), view.getUint32(20)] as const;
  };

  it.each([
    ['four', aDetail(mixedAudit())],
    ['one', aDetail(keptAudit())],
    ['forty', aDetail(crowdedAudit())],
    ['hostile', aDetail(hostileAudit())],
    ['three days', aDetail(keptAudit(), { days: 3 })],
    [
      'a single hour',
      aDetail(keptAudit(), { days: 1, hourly: (_, hour) => (hour === 0 ? 5 : null) }),
    ],
  ])(
    'are drawn for %s deployments, wide enough to read and small enough to mail',
    async (_, detail) => {
      for (const plan of [weeklyPlan(detail), loadPlan(detail)]) {
        const [{ png } = { png: new Uint8Array() }] = await drawCharts([plan]);
        const [width, height] = sizeOf(png);
        expect(width).toBeGreaterThan(1100);
        expect(width).toBeLessThan(1500);
        expect(height).toBeLessThan(1000);
        expect(png.length).toBeLessThan(160_000);
      }
    },
  );

  it('are the same to the byte when drawn again', async () => {
    const plan = weeklyPlan(aDetail(mixedAudit()));
    expect(await drawCharts([plan])).toEqual(await drawCharts([plan]));
  });

  it('are written in letters that the font has, cut to the width that there is', () => {
    expect(writable('模型 8b')).toBe('?? 8b');
    expect(fitted('chat-70b', 200, { fontSize: 12 })).toBe('chat-70b');
    expect(fitted('W'.repeat(80), 100, { fontSize: 12 })).toMatch(/^W{3,12}…$/);
  });
});
