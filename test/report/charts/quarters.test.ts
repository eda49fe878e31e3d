/** The trend of the quarters. A gap in it is never a zero. */

import { describe, expect, it } from 'vitest';
import { computeQuarterTrend, planQuartersChart } from '../../../src/report/charts/quarters.ts';
import type { Audit } from '../../../src/verdict/audit.ts';
import { anAudit } from '../../support/auditFixture.ts';
import { readChartRows, readChartTexts } from '../../support/chartSpec.ts';
import { LEADER, readForLeader } from '../../support/readers.ts';
import type { AuditReading } from '../../../src/report/sections/auditReading.ts';

function quarter(
  name: string | null,
  saving: string | null,
  overrides: Partial<Audit> = {},
): AuditReading {
  const savingUsd = { base: saving, low: null, high: null };
  const stack = { keepUsd: '80000.000000', savingUsd };
  return readForLeader({ ...anAudit({ quarter: name, stack }), ...overrides });
}

const NOW = quarter('2026-Q3', '19309.149099');

describe('the trend of the quarters', () => {
  it('compares this quarter with the last one whose saving is known', () => {
    const titleOf = (...history: readonly AuditReading[]) =>
      planQuartersChart(NOW, history, LEADER).title;
    expect(titleOf(quarter('2026-Q2', '31000')).replaceAll('\u00a0', ' ')).toBe(
      'A change would save $19,309 a quarter, down from $31,000 in Q2 2026',
    );
    expect(titleOf(quarter('2026-Q2', '1000'))).toContain('up from $1,000 in');
    expect(titleOf(quarter('2026-Q2', '19309.1'))).toContain('the same as in');
    expect(titleOf(quarter('2026-Q2', null), quarter('2026-Q1', '5000'))).toContain(
      'up from $5,000 in',
    );
    expect(titleOf(quarter('2026-Q2', null))).toContain('and the earlier saving is unknown');
  });

  it('does not call $0 a saving', () => {
    const titleOf = (saving: string) =>
      planQuartersChart(quarter('2026-Q3', '0'), [quarter('2026-Q2', saving)], LEADER).title;
    const plain = (title: string) => title.replaceAll('\u00a0', ' ');
    expect(plain(titleOf('0'))).toBe('No change would save anything, as in Q2 2026');
    expect(plain(titleOf('400'))).toBe(
      'No change would save anything, but one would have saved $400 in Q2 2026',
    );
  });

  it('shows fewer quarters rather than cut a figure', () => {
    const history = ['2025-Q2', '2025-Q3', '2025-Q4', '2026-Q1', '2026-Q2'].map((name) =>
      quarter(name, '123456789012.34'),
    );
    const words = readChartTexts(planQuartersChart(NOW, history, LEADER)).map((each) => each.text);
    expect(words.filter((each) => each === '$123,456,789,012')).toHaveLength(3);
    expect(words.join()).not.toContain('…');
  });

  it('has a gap for a quarter without an audit, and gray for an unknown saving', () => {
    const plan = planQuartersChart(NOW, [quarter('2025-Q4', null)], LEADER);
    expect(plan.alt).toContain(
      'Q4 2025: $80,000, saving unknown; Q1 2026: not audited; Q2 2026: not audited; Q3 2026',
    );
    const words = readChartTexts(plan).map((each) => each.text);
    expect(words.filter((each) => each === 'not audited')).toHaveLength(2);
    expect(words).toContain('Saving unknown');
    expect(readChartRows(plan).filter(({ fill }) => fill === '#C3CAD3')).toHaveLength(2);
  });

  it('keeps the newest audit of a quarter, whatever the order', () => {
    const older = quarter('2026-Q2', '1', { asOf: '2026-07-05T00:00:00Z' });
    const newer = quarter('2026-Q2', '2', { asOf: '2026-08-05T00:00:00Z' });
    for (const history of [
      [older, newer],
      [newer, older],
    ]) {
      expect(computeQuarterTrend(NOW, history)[0]?.saving).toEqual({ num: 2n, den: 1n });
    }
  });

  it('shows six quarters at most, none later than this one, and this one once', () => {
    const names = [2023, 2024, 2025, 2026, 2027].flatMap((year) =>
      [1, 2, 3, 4].map((number) => quarter(`${year}-Q${number}`, '1')),
    );
    expect(computeQuarterTrend(NOW, names).map(({ name }) => name)).toEqual([
      'Q2 2025',
      'Q3 2025',
      'Q4 2025',
      'Q1 2026',
      'Q2 2026',
      'Q3 2026',
    ]);
    expect(computeQuarterTrend(NOW, names).at(-1)?.saving).toEqual({
      num: 19309149099n,
      den: 1000000n,
    });
  });

  it('has no picture for a first quarter, nor for an explicit window', () => {
    expect(planQuartersChart(NOW, [], LEADER).spec).toBeUndefined();
    expect(planQuartersChart(NOW, [], LEADER).alt).toContain('from the second audited quarter on');
    const byHand = planQuartersChart(quarter(null, '1'), [NOW], LEADER);
    expect(byHand.spec).toBeUndefined();
    expect(byHand.alt).toBe('A period chosen by hand has no trend of quarters.');
  });

  it('draws nothing as avoidable if a change would cost more', () => {
    const bars = readChartRows(
      planQuartersChart(quarter('2026-Q3', '-500'), [quarter('2026-Q2', '0')], LEADER),
    );
    const avoidable = bars.filter(({ fill, x2 }) => fill === '#D55E00' && Number(x2) > 40);
    expect(avoidable.map(({ y, y2 }) => Number(y2) - Number(y))).toEqual([0, 0]);
  });
});
