/** The tornado chart: whether one input alone reverses the answer, and which. */

import { describe, expect, it } from 'vitest';
import { planTornadoChart } from '../../../src/report/charts/tornado.ts';
import type { AuditSensitivity } from '../../../src/verdict/auditDecision.ts';
import { anAudit } from '../../support/auditFixture.ts';
import { keptAudit, mixedAudit } from '../../support/audits.ts';
import { crowdedAudit } from '../../support/crowdedAudit.ts';
import { readChartRows, readChartTexts } from '../../support/chartSpec.ts';
import { LEADER, readForLeader } from '../../support/readers.ts';

function effect(input: string, savingAtLowUsd: string, savingAtHighUsd: string): AuditSensitivity {
  return {
    input,
    low: '−30%',
    base: 'as measured',
    high: '+30%',
    savingAtLowUsd,
    savingAtHighUsd,
  };
}

const changed = (...sensitivity: readonly AuditSensitivity[]) =>
  planTornadoChart(readForLeader({ ...anAudit(), sensitivity }), LEADER);
const kept = (...sensitivity: readonly AuditSensitivity[]) =>
  planTornadoChart(readForLeader({ ...keptAudit(), sensitivity }), LEADER);

describe('the tornado of a change', () => {
  it('says that no single input reverses it, and which has the largest effect', () => {
    const { title, alt } = planTornadoChart(readForLeader(mixedAudit()), LEADER);
    expect(title).toBe(
      'No single input removes the saving. Largest effect: GPU price, $18,300 to $71,900',
    );
    expect(alt).toContain('What the plan saves a quarter, now $41,214,');
    expect(alt).toContain('Hosted price −30% to +30%: $52,900 to $29,500');
  });

  it('names the input that alone turns it into a loss, and how many do', () => {
    const price = effect('hosted price', '52000', '-4000');
    expect(changed(price).title).toBe(
      'Hosted price alone could turn the saving into a loss of $4,000',
    );
    expect(changed(price, effect('GPU rate', '-9000', '1')).title).toBe(
      '2 of 2 inputs alone could turn the saving into a loss. Largest: GPU rate, a loss of $9,000',
    );
  });

  it('begins each bar at the current saving', () => {
    const bars = readChartRows(planTornadoChart(readForLeader(mixedAudit()), LEADER)).filter(
      (row) => 'from' in row,
    );
    expect(new Set(bars.map(({ from }) => from))).toEqual(new Set([41_213.61]));
  });

  it('prints no figure at an end that changes nothing', () => {
    const words = readChartTexts(changed(effect('host', '30000', '28000'))).map(
      (each) => each.text,
    );
    expect(words).toContain('$28,000');
    expect(words).not.toContain('$30,000');
  });

  it('shows the seven inputs with the largest effect', () => {
    expect(planTornadoChart(readForLeader(crowdedAudit()), LEADER).alt).toContain(
      'The 7 of 15 inputs that move it most.',
    );
  });
});

describe('the tornado if everything is kept', () => {
  it('shows the change compared with keeping, and never states a current saving of $0', () => {
    const plan = kept(effect('GPU rate', '-9000', '-1200'));
    expect(plan.title).toBe(
      'No single input makes a change pay. At best, a change costs $1,200 more than keeping',
    );
    expect(plan.alt).toContain('What the cheapest change would save a quarter');
    expect(plan.alt).not.toMatch(/\$0|now/);
  });

  it('draws no current position, since it is unknown', () => {
    const bars = readChartRows(kept(effect('GPU rate', '-9000', '-1000'))).filter(
      (row) => 'from' in row,
    );
    expect(bars[0]).toMatchObject({ from: -9000, to: -1000, fill: '#C3CAD3' });
    expect(bars.map(({ from, to }) => Number(to) - Number(from)).every((size) => size > 0)).toBe(
      true,
    );
  });

  it('says which input alone would make it pay off', () => {
    expect(kept(effect('GPU rate', '-9000', '1200')).title).toBe(
      'GPU rate alone could make a change pay, with a saving of up to $1,200',
    );
    expect(kept(effect('GPU rate', '-9000', '0')).title).toContain(
      'a change costs as much as keeping',
    );
  });
});

describe('a tornado without inputs', () => {
  it('has no picture, and says so', () => {
    const plan = changed();
    expect(plan.spec).toBeUndefined();
    expect(plan.alt).toContain('No single input is known to change');
  });
});
