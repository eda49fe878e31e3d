/** Knows what the chart of load is made of: hours sorted, set against what is paid for or kept. */

import { describe, expect, it } from 'vitest';
import { curvesOf } from '../../../src/report/charts/curves.ts';
import { loadPlan } from '../../../src/report/charts/load.ts';
import type { AuditDetail } from '../../../src/verdict/auditDetail.ts';
import { aDeployment, aDetail, anAudit } from '../../support/auditFixture.ts';
import { crowdedAudit } from '../../support/crowdedAudit.ts';
import { dataOf } from '../../support/chartSpec.ts';

const FULL = 10_800_000;

function loadOf(tokensByHour: readonly (number | null)[], capacity: number | null = FULL) {
  const load = { deployment: 'a', startMs: 0, replicas: 2, tokensByHour };
  const detail: AuditDetail = {
    days: [],
    load: [{ ...load, capacityTokensPerHour: capacity }],
  };
  return detail;
}

const KEPT = anAudit({ deployments: [aDeployment({ id: 'a', verdict: 'keep' })] });
const planOf = (...wish: Parameters<typeof loadOf>) => loadPlan(KEPT, loadOf(...wish));

/** Of which the plan keeps one of two machines. */
function hybrid() {
  const wish = aDeployment({ id: 'a', verdict: 'hybrid' });
  const options = wish.options.map((each) =>
    each.option === 'hybrid' ? { ...each, detail: { replicas: 1 } } : each,
  );
  return anAudit({ deployments: [{ ...wish, options }] });
}

describe('load-duration curves', () => {
  it('sort the worked example’s hours by demand', () => {
    const detail = loadOf([3_600_000, FULL, 0, 1_200_000]);
    const { curves } = curvesOf({ audit: KEPT, detail }, 4);
    expect(curves[0]?.shares).toEqual([1, 1 / 3, 1 / 9, 0]);
    expect(curves[0]?.kept).toBeUndefined();
  });

  it('tell what overflows where the plan keeps some of the machines', () => {
    const detail = loadOf([3_600_000, FULL, 0, 1_200_000]);
    const { curves } = curvesOf({ audit: hybrid(), detail }, 4);
    expect(curves[0]?.kept).toEqual({ replicas: 1, of: 2, share: 0.5, overflowHours: 1 });
    const { alt } = loadPlan(hybrid(), detail);
    expect(alt).toContain('plan keeps 1 of 2: 1 hour overflow');
  });

  it('color what is above the line, and nothing else', () => {
    const fills = (plan: ReturnType<typeof loadPlan>) =>
      dataOf(plan).flatMap(({ fill, panel }) => (panel === undefined ? [] : [fill]));
    const detail = loadOf([FULL, 0]);
    expect(new Set(fills(loadPlan(KEPT, detail)))).toEqual(new Set(['#0072B2']));
    expect(new Set(fills(loadPlan(hybrid(), detail)))).toEqual(new Set(['#0072B2', '#D55E00']));
  });

  it('leave unknown hours out and say how many', () => {
    const { alt } = planOf([null, FULL, null, 0]);
    expect(alt).toContain('2 hours without usage data left out.');
    expect(alt).toContain('busiest hour 100%, middle hour 0%, no tokens in 1 of 2 hours.');
  });

  it('state in the title how full the machines were', () => {
    expect(planOf([1, 1, 1, FULL]).title).toBe(
      'Less than half of full capacity was used in 75% of hours',
    );
    expect(planOf([9_000_000]).title).toBe('At least half of full capacity was used in every hour');
  });

  it('have no picture without a capacity, and say why', () => {
    const plan = planOf([1], null);
    expect(plan.spec).toBeUndefined();
    expect(plan.alt).toContain('No hour can be set against capacity');
  });

  it('show the four dearest of many', () => {
    const { alt } = loadPlan(crowdedAudit(), aDetail(crowdedAudit()));
    expect(alt).toContain('The 4 dearest of 40 deployments.');
    expect(alt).toContain('team-39-summarization-and-search: full at');
    expect(alt).not.toContain('team-35');
  });
});
