/** The load chart: sorted hours, compared with the paid or kept replicas. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/domain/period.ts';
import { computeHourDollars, computeLoadCurves } from '../../../src/report/charts/loadCurves.ts';
import { planLoadChart } from '../../../src/report/charts/load.ts';
import {
  type DetailReading,
  parseAmounts,
  parseDetail,
} from '../../../src/report/sections/storedAmounts.ts';
import { aDeployment, aDetail, anAudit } from '../../support/auditFixture.ts';
import { crowdedAudit } from '../../support/crowdedAudit.ts';
import { readChartRows } from '../../support/chartSpec.ts';
import { LEADER, readForLeader } from '../../support/readers.ts';

const FULL = 10_800_000;

function loadOf(
  tokensByHour: readonly (number | null)[],
  capacity: number | null = FULL,
): DetailReading {
  const paidMsByHour = tokensByHour.map(() => 2 * HOUR_MS);
  const load = { deployment: 'a', startMs: 0, replicas: 2, tokensByHour, paidMsByHour };
  return {
    days: [aDay('1970-01-01', '6.000000')],
    load: [{ ...load, capacityTokensPerHour: capacity }],
  };
}

function aDay(day: string, usd: string): DetailReading['days'][number] {
  const none = { tokens: 0, hostedUsd: null };
  return parseAmounts({ day, deployment: 'a', spendUsd: usd, coveredSpendUsd: usd, ...none });
}

const KEPT = anAudit({ deployments: [aDeployment({ id: 'a', verdict: 'keep' })] });
const planOf = (...parameters: Parameters<typeof loadOf>) =>
  planLoadChart(readForLeader(KEPT), loadOf(...parameters), LEADER);

/** The plan keeps one of its two replicas. */
function hybrid() {
  const deployment = aDeployment({ id: 'a', verdict: 'hybrid' });
  const options = deployment.options.map((each) =>
    each.option === 'hybrid' ? { ...each, detail: { replicas: 1 } } : each,
  );
  return anAudit({ deployments: [{ ...deployment, options }] });
}

describe('load-duration curves', () => {
  it('sort the worked example’s hours by demand', () => {
    const detail = loadOf([3_600_000, FULL, 0, 1_200_000]);
    const { curves } = computeLoadCurves({ audit: readForLeader(KEPT), detail }, 4);
    expect(curves[0]?.shares).toEqual([1, 1 / 3, 1 / 9, 0]);
    expect(curves[0]?.kept).toBeUndefined();
  });

  it('show what overflows if the plan keeps some replicas', () => {
    const detail = loadOf([3_600_000, FULL, 0, 1_200_000]);
    const { curves } = computeLoadCurves({ audit: readForLeader(hybrid()), detail }, 4);
    expect(curves[0]?.kept).toEqual({ replicas: 1, of: 2, share: 0.5, overflowHours: 1 });
    const { alt } = planLoadChart(readForLeader(hybrid()), detail, LEADER);
    expect(alt).toContain('plan keeps 1 of 2 replicas: 1 hour overflow');
  });

  it('color only what is above the line', () => {
    const fills = (plan: ReturnType<typeof planLoadChart>) =>
      readChartRows(plan).flatMap(({ fill, panel }) => (panel === undefined ? [] : [fill]));
    const detail = loadOf([FULL, 0]);
    expect(new Set(fills(planLoadChart(readForLeader(KEPT), detail, LEADER)))).toEqual(
      new Set(['#0072B2']),
    );
    expect(new Set(fills(planLoadChart(readForLeader(hybrid()), detail, LEADER)))).toEqual(
      new Set(['#0072B2', '#D55E00']),
    );
  });

  it('omit unknown hours and say how many', () => {
    const { alt } = planOf([null, FULL, null, 0]);
    expect(alt).toContain('Left out: 2 hours without usage data.');
    expect(alt).toContain('busiest hour 100%, median hour 0%, no tokens in 1 of 2 hours.');
  });

  it('state the utilization in the title, by what was paid for the hours', () => {
    // The worked example: $1.50 of $6.00 went into its one hour at half or more, as 36% was used.
    expect(planOf([3_600_000, FULL, 0, 1_200_000]).title).toBe(
      'Hours that used less than half of full capacity took 75% of the GPU spend',
    );
    expect(planOf([9_000_000]).title).toBe(
      'Hours that used at least half of full capacity took 100% of the GPU spend',
    );
  });

  it('weight an hour by the replicas paid in it, and compare it with those only', () => {
    // Sixteen hours of one busy replica at $1 and eight of four idle ones at $1: $16 of $48.
    const hours = Array.from({ length: 24 }, (_, hour) => (hour < 16 ? 2_000_000 : 500_000));
    const paidMsByHour = hours.map((_, hour) => (hour < 16 ? 1 : 4) * HOUR_MS);
    const load = { deployment: 'a', startMs: 0, replicas: 4, tokensByHour: hours, paidMsByHour };
    const detail = {
      days: [aDay('1970-01-01', '48.000000')],
      load: [{ ...load, capacityTokensPerHour: 4 * FULL }],
    };
    expect(planLoadChart(readForLeader(KEPT), detail, LEADER).title).toBe(
      'Hours that used less than half of full capacity took 100% of the GPU spend',
    );
    const fuller = { ...load, tokensByHour: hours.map((tokens) => tokens * 4) };
    const plan = planLoadChart(
      readForLeader(KEPT),
      {
        ...detail,
        load: [{ ...fuller, capacityTokensPerHour: 4 * FULL }],
      },
      LEADER,
    );
    expect(plan.title).toBe(
      'Hours that used less than half of full capacity took 67% of the GPU spend',
    );
  });

  it('claim nothing for a capacity that is only the highest observed', () => {
    for (const capacityBasis of [
      'observed (a lower bound)',
      'measured, raised to what was seen',
      'observed (a lower bound), raised to what was seen',
      null,
    ]) {
      const deployments = [aDeployment({ id: 'a', verdict: 'keep', capacityBasis })];
      const { title, alt, spec } = planLoadChart(
        readForLeader(anAudit({ deployments })),
        loadOf([FULL, FULL, 0]),
        LEADER,
      );
      expect(title).toBe('Tokens served in each hour, busiest hour first');
      expect(alt).toContain('No capacity is measured. 100% is the highest load seen.');
      expect(alt).toContain('a: highest load seen: 10.8M tokens an hour,');
      expect(`${title} ${alt}`).not.toMatch(/half|full|can serve/);
      expect(JSON.stringify(spec)).not.toContain('Paid for, not used');
    }
  });

  it('claim nothing if an older audit did not record the paid hours', () => {
    const [load] = loadOf([FULL]).load;
    if (load === undefined) throw new Error('one deployment is loaded');
    const { paidMsByHour: _, ...older } = load;
    const { title } = planLoadChart(
      readForLeader(KEPT),
      { ...loadOf([FULL]), load: [older] },
      LEADER,
    );
    expect(title).toBe('Tokens served in each hour, busiest hour first');
  });

  it('never claim more hours at half or more than the paid utilization allows', () => {
    const hours = fc.array(
      fc.record({
        tokens: fc.option(fc.integer({ min: 0, max: 2 * FULL }), { freq: 9 }),
        replicas: fc.integer({ min: 0, max: 4 }),
      }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(hours, (drawn) => {
        const tokensByHour = drawn.map(({ tokens }) => tokens);
        const paidMsByHour = drawn.map(({ replicas }) => replicas * HOUR_MS);
        const load = { deployment: 'a', startMs: 0, replicas: 4, tokensByHour, paidMsByHour };
        // A day has as many dollars as replica-hours: $1 each.
        const days = [0, 1, 2].map((day) => {
          const own = drawn.slice(24 * day, 24 * day + 24);
          const usd = own.reduce((all, { replicas }) => all + replicas, 0);
          return aDay(`1970-01-0${day + 1}`, `${usd}.000000`);
        });
        const use = computeHourDollars({ ...load, capacityTokensPerHour: 4 * FULL }, days);
        const known = drawn.filter(({ tokens, replicas }) => tokens !== null && replicas > 0);
        const worked = known.reduce((all, { tokens }) => all + (tokens ?? 0) / FULL, 0);
        expect((use?.atLeastHalfUsd ?? 0) <= 2 * worked + 1e-9).toBe(true);
        const usd = known.reduce((all, { replicas }) => all + replicas, 0);
        expect(Math.abs((use?.usd ?? 0) - usd)).toBeLessThan(1e-9);
      }),
    );
  });

  it('have no picture without a capacity, and say why', () => {
    const plan = planOf([1], null);
    expect(plan.spec).toBeUndefined();
    expect(plan.alt).toContain('No hour can be compared with capacity');
  });

  it('show the four most expensive of many', () => {
    const { alt } = planLoadChart(
      readForLeader(crowdedAudit()),
      parseDetail(aDetail(crowdedAudit())),
      LEADER,
    );
    expect(alt).toContain('The 4 most expensive of 40 deployments.');
    expect(alt).toContain('team-39-summarization-and-search: full at');
    expect(alt).not.toContain('team-35');
  });
});
