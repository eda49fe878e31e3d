/**
 * Scenario: days of usage are missing. One pod at $2.00 ($48 a day), 20 to 32 Mtok a day by the day
 * of the week and growing, a provider at $0.50; no usage known for some days in August.
 */

import { expect, test } from 'vitest';
import {
  chatDeployment,
  QUARTER_DAYS,
  flatPrice,
  MTOK,
  optionOf,
  podCharge,
  quarterVerdict,
  usageByHour,
} from './quarterWorld.ts';

const FIRST_DAY = 40;

function missing(days: number) {
  const isMissing = (day: number) => day >= FIRST_DAY && day < FIRST_DAY + days;
  const usage = usageByHour(({ day }) =>
    isMissing(day) ? undefined : { uncached: MTOK + (day % 7) * 50_000 + day * 2_000 },
  );
  return quarterVerdict({
    charges: [podCharge(2)],
    prices: [flatPrice('0.5')],
    deployments: [chatDeployment({ usage })],
  });
}

const widthOf = ({ low, high }: { low: string | null; high: string | null }) =>
  Number(high) - Number(low);

test('three weeks without usage: no verdict, and the missing pull is named', () => {
  const { first, verdict } = missing(21);
  expect(first.verdict).toBe('not enough evidence');
  // 71 of 92 days.
  expect(first.missing).toEqual([
    'Usage covers 77.1% of the paid replica time of chat, below the required ' +
      '90%. It has gaps on 21 days, first on 2026-08-10. Pull or import the ' +
      'missing usage.',
  ]);
  expect(verdict.stack).toMatchObject({ verdict: 'not enough evidence', confidence: 'none' });
});

test('every figure that can be printed is, over the 71 days that are known', () => {
  const { audit, costs, printed } = missing(21);
  expect(audit.totals).toMatchObject({
    spendUsd: '4416.000000',
    uncoveredUsd: '1008.000000',
    coverage: '0.771739',
  });
  expect(costs()['keep']).toBe('3408.000000');
  expect(printed.effectiveUsdPerMtok).not.toBeNull();
  expect(printed.hosted?.usdPerMtok).toBe('0.500000');
  expect(printed.breakEven.tokens).not.toBeNull();
  const { probability, low, high } = optionOf(audit, 'delete');
  expect([probability, low, high]).not.toContain(null);
  expect(audit.stack.savingUsd.base).not.toBeNull();
});

test('four days without usage: a verdict over covered dollars, less certain', () => {
  const { first, verdict, costs, audit } = missing(4);
  const whole = missing(0);
  expect(audit.totals.coverage).toBe('0.956522');
  expect(costs()['keep']).toBe('4224.000000');
  expect(first.verdict).toBe('delete');
  expect(verdict.stack.confidence).toBe('medium');
  expect(whole.verdict.stack).toMatchObject({ verdict: 'delete', confidence: 'high' });
});

test('missing time is not idle: the price per token hardly moves, the interval widens', () => {
  const [whole, four, nine] = [0, 4, 9].map((days) => missing(days));
  const widths = [whole, four, nine].map((each) =>
    each === undefined ? 0 : widthOf(optionOf(each.audit, 'delete')),
  );
  expect(widths[1]).toBeGreaterThan(widths[0] ?? Number.NaN);
  expect(widths[2]).toBeGreaterThan(widths[0] ?? Number.NaN);
  const [before, after] = [whole, four].map((each) => Number(each?.printed.effectiveUsdPerMtok));
  expect(Math.abs((after ?? 0) / (before ?? 1) - 1)).toBeLessThan(0.01);
});

test('a day that was billed without traffic is known, and is no gap', () => {
  const usage = usageByHour(({ day }) => (day < 4 ? { busyS: 0 } : { uncached: MTOK }));
  const { audit, first } = quarterVerdict({
    charges: [podCharge(2)],
    prices: [flatPrice('0.5')],
    deployments: [chatDeployment({ usage })],
  });
  expect(audit.totals).toMatchObject({ coverage: '1.000000', uncoveredUsd: '0.000000' });
  // 88 days of 24 Mtok at $0.50.
  expect(optionOf(audit, 'delete').costUsd).toBe('1056.000000');
  expect(first.verdict).toBe('delete');
  expect(audit.totals.tokensPerDay).toBe(Math.round((88 * 24 * MTOK) / QUARTER_DAYS));
});
