/** The paid-hours chart: the GPU cost, split without a remainder. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sum, toDecimal } from '../../../src/domain/exact.ts';
import {
  GPU_SPEND_PARTS,
  planPaidHoursChart,
  splitPaidHours,
} from '../../../src/report/charts/paidHours.ts';
import { aDeployment, anAudit } from '../../support/auditFixture.ts';
import { keptAudit, mixedAudit } from '../../support/audits.ts';
import { crowdedAudit } from '../../support/crowdedAudit.ts';
import { readChartRows, readChartTexts } from '../../support/chartSpec.ts';
import { LEADER, findingsForLeader, readForLeader } from '../../support/readers.ts';

/** $6.00 of GPU cost at a utilization of 0.361111 and a busy fraction of 0.541667. */
const WORKED = {
  id: 'a',
  spend: 6,
  fullCapacityUsd: '2.166667',
  underfilledUsd: '1.083333',
  idleUsd: '2.750000',
} as const;

const planOf = (...requests: Parameters<typeof aDeployment>) =>
  planPaidHoursChart(
    readForLeader(anAudit({ deployments: requests.map((request) => aDeployment(request)) })),
    LEADER,
  );

describe('the chart of paid hours', () => {
  it('splits the worked example’s GPU cost', () => {
    const plan = planOf({ ...WORKED, utilization: '0.361111' });
    expect(plan.title).toBe(
      '36% of the GPU spend paid for tokens served, $1.08 for under-filled and $2.75 for idle GPUs',
    );
    expect(plan.alt).toContain('a: $6.00 for 2,210 hours, 36% full, 18% under-filled, 46% idle.');
  });

  it('states the same utilization as the page', () => {
    for (const audit of [mixedAudit(), keptAudit(), crowdedAudit()]) {
      const [, use] = findingsForLeader(audit).main;
      expect(planPaidHoursChart(readForLeader(audit), LEADER).title).toContain(
        `${use.value} of the GPU spend`,
      );
    }
  });

  it('labels unknown hours as unknown, and draws them separately', () => {
    const plan = planOf({ ...WORKED, idleUsd: null, underfilledUsd: null });
    expect(plan.title).toContain('how much of the rest was idle is unknown');
    expect(plan.alt).toContain('64% unknown');
    expect(plan.alt).not.toContain('idle.');
    expect(readChartTexts(plan).map(({ text }) => text)).toContain('Unknown');
  });

  it('shows idle hours if no capacity is known', () => {
    const plan = planOf({ ...WORKED, fullCapacityUsd: null, underfilledUsd: null });
    expect(plan.title).toBe(
      '$2.75 of GPU spend paid for idle hours, and the use of the other hours is unknown',
    );
  });

  it('has no picture if nothing is known of the hours, or nothing was paid', () => {
    const unknown = { fullCapacityUsd: null, underfilledUsd: null, idleUsd: null };
    expect(planOf(unknown).spec).toBeUndefined();
    expect(planOf().spec).toBeUndefined();
    expect(planOf().alt).toContain('cannot be shown');
  });

  it('draws the nine most expensive of many, and states the rest in words', () => {
    const plan = planPaidHoursChart(readForLeader(crowdedAudit()), LEADER);
    const words = readChartTexts(plan).map((each) => each.text);
    expect(words.filter((each) => each.startsWith('team-'))).toHaveLength(9);
    expect(words.some((each) => each.startsWith('31 others: $371,'))).toBe(true);
  });

  it('has bars as long as the GPU cost, each beginning where the one before ends', () => {
    const bars = readChartRows(planOf(WORKED)).filter((row) => 'share' in row);
    expect(bars.map(({ from }) => from)).toEqual([0, 2.166667, 3.25]);
    expect(bars.at(-1)?.['to']).toBe(6);
  });

  it('splits any GPU cost without a remainder', () => {
    const cents = fc.integer({ min: 1, max: 10 ** 12 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const maybe = fc.boolean();
    const any = fc.tuple(cents, share, share, maybe, maybe);
    fc.assert(
      fc.property(fc.array(any, { maxLength: 45 }), (list) => {
        const deployments = list.map(([rent, full, idle, hasFull, hasIdle], at) => {
          const spend = rent / 100;
          const [a, b] = [(spend * full) / 2, (spend * idle) / 2];
          return aDeployment({
            id: `d${at}`,
            spend,
            fullCapacityUsd: hasFull ? a.toFixed(6) : null,
            idleUsd: hasIdle ? b.toFixed(6) : null,
            underfilledUsd: null,
          });
        });
        const { rows, rest } = splitPaidHours(readForLeader(anAudit({ deployments })));
        const all = rest === undefined ? rows : [...rows, rest];
        for (const { rent, parts } of all) {
          expect(toDecimal(sum(GPU_SPEND_PARTS.map((part) => parts[part])), 6)).toBe(
            toDecimal(rent, 6),
          );
        }
        const total = list.reduce((cent, [rent]) => cent + rent, 0);
        expect(toDecimal(sum(all.map(({ rent }) => rent)), 2)).toBe((total / 100).toFixed(2));
      }),
    );
  });
});
