/** The options chart: every option by cost, with the plan among them. */

import { describe, expect, it } from 'vitest';
import { toDecimal } from '../../../src/domain/exact.ts';
import { listStackOptions, planOptionsChart } from '../../../src/report/charts/options.ts';
import type { Verdict } from '../../../src/verdict/auditWord.ts';
import { aDeployment, anAudit } from '../../support/auditFixture.ts';
import { hostileAudit, keptAudit, mixedAudit } from '../../support/audits.ts';
import { readChartTexts } from '../../support/chartSpec.ts';
import { LEADER, readForLeader } from '../../support/readers.ts';

const named = (audit: Parameters<typeof listStackOptions>[0]) =>
  listStackOptions(audit).map(({ name }) => name);

describe('the options of a stack', () => {
  it('are sorted by cost, with the plan as one of them', () => {
    expect(named(readForLeader(mixedAudit()))).toEqual(['The plan', 'Keep all', 'Delete all']);
  });

  it('name the plan once if it is an option of a single deployment', () => {
    expect(named(readForLeader(anAudit()))).toEqual(['Delete (the plan)', 'Hybrid', 'Keep']);
    expect(named(readForLeader(keptAudit()))[0]).toBe('Keep (the plan)');
  });

  it('omit spot instances, which are never advised, and options without a price', () => {
    expect(named(readForLeader(keptAudit()))).not.toContain('Spot');
    const deployments = [aDeployment({ savings: { delete: 1, hybrid: null } })];
    expect(named(readForLeader(anAudit({ deployments })))).toEqual(['Delete (the plan)', 'Keep']);
  });

  it('have a cost interval: keeping less each end of the saving', () => {
    const [plan] = listStackOptions(readForLeader(mixedAudit()));
    // $127,472.48 less $61,900.40 and less $12,364.083.
    expect(plan?.interval?.map((end) => toDecimal(end, 6))).toEqual([
      '65572.080000',
      '115108.397000',
    ]);
  });
});

describe('the chart of options', () => {
  it('states what the plan costs and saves, to the cent of the audit', () => {
    const { title, alt } = planOptionsChart(readForLeader(mixedAudit()), LEADER);
    expect(title).toBe('The plan costs $86,259, $41,214 less than keeping');
    expect(alt).toContain('The plan $86,259 ($65,572 to $115,108), saves $41,214');
    expect(alt).toContain('Delete all $130,058 ($117,772 to $158,872), costs $2,586 more');
  });

  it('states what the cheapest change would cost if all is kept', () => {
    expect(planOptionsChart(readForLeader(keptAudit()), LEADER).title).toBe(
      'Keeping costs $6,624, and the cheapest change (right-size) costs $12.50 more',
    );
  });

  it('claims nothing without enough evidence, or if nothing is advised', () => {
    const titleOf = (verdict: Verdict) =>
      planOptionsChart(readForLeader(anAudit({ stack: { verdict } })), LEADER).title;
    expect(titleOf('not enough evidence')).toMatch(
      /^Not enough evidence to choose: the best plan would/,
    );
    expect(titleOf('too small to act on')).toMatch(/^Too small to act on: the best plan would/);
    expect(titleOf('not certain enough')).toMatch(/^Not certain enough: the best plan would/);
    expect(titleOf('too close to call')).toMatch(/^Too close to call: the best plan would/);
  });

  it('has no picture if nothing else has a price', () => {
    const deployments = [aDeployment({ verdict: 'keep', savings: { delete: null } })];
    const plan = planOptionsChart(readForLeader(anAudit({ deployments })), LEADER);
    expect(plan.spec).toBeUndefined();
    expect(plan.alt).toContain('No other option has a known cost');
    expect(planOptionsChart(readForLeader(hostileAudit()), LEADER).spec).toBeUndefined();
  });

  it('prints cost and saving next to each bar', () => {
    const words = readChartTexts(planOptionsChart(readForLeader(anAudit()), LEADER)).map(
      (each) => each.text,
    );
    expect(words).toEqual(expect.arrayContaining(['$24,000', 'saves $30,000', '$54,000']));
  });
});
