/** Billed and effective cost of random worlds, against sums computed one line at a time. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { sumNano } from '../../src/domain/money.ts';
import { overlapMs, type Period } from '../../src/domain/period.ts';
import type { StackInput } from '../../src/economics/input.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { makeContracted } from '../support/committedWorlds.ts';
import { listCharges } from '../support/listCharges.ts';
import { isSpend } from '../support/oracle/bill.ts';

const RUNS = 60;

/** Nano-USD of an amount that fall into the window. */
function partIn(window: Period, span: Period, nano: bigint): number {
  return (Number(nano) * overlapMs(window, span)) / (span.endMs - span.startMs);
}

/** Plans of the config that no line of the bill spreads. */
function plansOf({ commitments, window, ...input }: StackInput) {
  const lines = listCharges({ commitments, window, ...input });
  return commitments.flatMap(({ sourceId, id, usdUpfront, fromMs = 0, untilMs = 0 }) => {
    const isSpread = lines.some(
      ({ commitment, period, effective = 0n, ...line }) =>
        line.sourceId === sourceId &&
        commitment?.id === id &&
        overlapMs(period, window) > 0 &&
        partIn(window, period, effective) !== 0,
    );
    if (usdUpfront === undefined || isSpread) return [];
    return [{ nano: usdUpfront, span: { startMs: fromMs, endMs: untilMs } }];
  });
}

/** Every line is divided in whole micro-dollars: at each edge it may be off by one. */
function expectNear(found: bigint, wanted: number, lines: number): void {
  expect(Math.abs(Number(found) - wanted)).toBeLessThan(
    2_000 * lines + Math.abs(wanted) * 1e-12 + 1,
  );
}

test('spend is the effective cost of the window, and bills are what they say', () => {
  fc.assert(
    fc.property(fc.gen(), (draw) => {
      const input = makeContracted(draw);
      const { window } = input;
      const { bill } = weighStack(input);
      const lines = listCharges(input).filter(isSpend);
      const plans = plansOf(input);
      const count = lines.length + plans.length;
      const sum = (parts: readonly number[]) => parts.reduce((all, part) => all + part, 0);
      const spread = sum(plans.map(({ nano, span }) => partIn(window, span, nano)));
      const effective = lines.map(({ period, effective: cost, billed }) =>
        partIn(window, period, cost ?? billed),
      );
      expectNear(bill.spend, sum(effective) + spread, count);
      const paid = plans.filter(
        ({ span }) => window.startMs <= span.startMs && span.startMs < window.endMs,
      );
      const billed = lines.map((line) => partIn(window, line.period, line.billed));
      expectNear(bill.billed, sum([...billed, ...paid.map(({ nano }) => Number(nano))]), count);
    }),
    { numRuns: RUNS },
  );
});

test('deployments and unattributed amounts sum to the whole, spend and bill', () => {
  fc.assert(
    fc.property(fc.gen(), (draw) => {
      const input = makeContracted(draw);
      const { bill, deployments, unclaimed, unattributed } = weighStack(input);
      const own = sumNano(deployments.map(({ spend }) => spend.total));
      expect(own + bill.unattributed).toBe(bill.spend);
      expect(sumNano(unclaimed.map(({ nanoUsd }) => nanoUsd))).toBe(bill.unattributed);
      expect(sumNano(unattributed.map(({ nanoUsd }) => nanoUsd))).toBe(bill.unattributed);
      for (const { spend, days } of deployments) {
        expect(sumNano(days.map((day) => day.spend))).toBe(spend.total);
      }
    }),
    { numRuns: RUNS },
  );
});

test('used and unused sum to what was committed, and neither is below zero', () => {
  fc.assert(
    fc.property(fc.gen(), (draw) => {
      for (const { use } of weighStack(makeContracted(draw)).commitments) {
        const { committedUsd, usedUsd, unusedUsd } = use;
        if (usedUsd === undefined || unusedUsd === undefined) continue;
        expect(usedUsd.num >= 0n && unusedUsd.num >= 0n).toBe(true);
        const whole = usedUsd.num * unusedUsd.den + unusedUsd.num * usedUsd.den;
        expect(whole * committedUsd.den).toBe(committedUsd.num * usedUsd.den * unusedUsd.den);
      }
    }),
    { numRuns: RUNS },
  );
});
