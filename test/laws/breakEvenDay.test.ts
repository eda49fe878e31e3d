/** Laws of the break-even day: trying every plan day by day finds the same one. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { add, type Exact, exact, subtract, ZERO } from '../../src/domain/exact.ts';
import { DAY_MS } from '../../src/domain/period.ts';
import { CHOICES, type Choice } from '../../src/economics/offer.ts';
import { BASE_ASSUMPTIONS, optionCost } from '../../src/economics/options.ts';
import { bestPlan, fixedParts } from '../../src/economics/plan.ts';
import type { StackEconomics } from '../../src/economics/result.ts';
import { type Outlook, computeOutlook } from '../../src/verdict/outlook/outlook.ts';
import { pointRange, hour, LABOR, price } from '../economics/stackFixture.ts';
import {
  WEEKS_DAYS,
  WEEKS_END_MS,
  type WeeklyPod,
  weeklyStack,
} from '../verdict/outlook/weeksWorld.ts';

const WEEK_MS = 7 * DAY_MS;
const MIDDLE_MS = WEEKS_END_MS - (WEEKS_DAYS / 2) * DAY_MS;
const NONE_KEPT: ReadonlySet<string> = new Set();

/** Savings of a deployment's options, each against keeping it, in its own world of that instant. */
function savingsAt(economics: StackEconomics, found: Outlook, instantMs: number) {
  const weeks = (instantMs - MIDDLE_MS) / WEEK_MS;
  return economics.deployments.map((deployment, at) => {
    const { tokens = 0, hostedPrice = 0 } = found.deployments[at]?.trends ?? {};
    const world = {
      ...BASE_ASSUMPTIONS,
      tokens: grown(tokens, weeks),
      hostedPrice: grown(hostedPrice, weeks),
    };
    const keep = optionCost(deployment, 'keep', world)?.usd ?? ZERO;
    return new Map(
      CHOICES.flatMap((choice): [Choice, Exact][] => {
        const cost = optionCost(deployment, choice, world);
        return cost === undefined ? [] : [[choice, subtract(keep, cost.usd)]];
      }),
    );
  });
}

function grown(trend: number, weeks: number): Exact {
  return exact(BigInt(Math.round(Math.max(0, 1 + trend * weeks) * 1e9)), 1_000_000_000n);
}

/** What the best of all plans saves. */
function mostSaved(economics: StackEconomics, savings: ReturnType<typeof savingsAt>): Exact {
  let plans: { saved: Exact; picks: { deployment: string; choice: Choice }[] }[] = [
    { saved: ZERO, picks: [] },
  ];
  for (const [at, options] of savings.entries()) {
    const deployment = economics.deployments[at]?.id ?? '';
    plans = plans.flatMap(({ saved, picks }) =>
      [...options].map(([choice, own]) => ({
        saved: add(saved, own),
        picks: [...picks, { deployment, choice }],
      })),
    );
  }
  const totals = plans.map(({ saved, picks }) => add(saved, once(economics, picks)));
  return totals.reduce((a, b) => (subtract(a, b).num >= 0n ? a : b));
}

function once({ labor, ...rest }: StackEconomics, picks: Parameters<typeof fixedParts>[1]): Exact {
  const parts = fixedParts({ labor, ...rest }, picks);
  const spared = parts.selfHosted ? ZERO : labor.selfHosted.base;
  return parts.hosted ? subtract(spared, labor.hosted.base) : spared;
}

const pods = fc
  .array(
    fc.record({
      usdPerDay: fc.integer({ min: 2, max: 8 }),
      slope: fc.constantFrom(-0.5, -0.25, 0, 0.25),
      level: fc.integer({ min: 6, max: 10 }),
    }),
    { minLength: 1, maxLength: 2 },
  )
  .map((drawn) =>
    drawn.map(
      ({ usdPerDay, slope, level }, at): WeeklyPod => ({
        id: `pod-${at}`,
        usdPerDay,
        mtok: (week) => level + slope * (week - 6),
      }),
    ),
  );

const cases = fc.record({
  pods,
  cheaper: fc.constantFrom(0, 0.02, 0.05),
  selfHosted: fc.integer({ min: 0, max: 100 }),
  hosted: fc.integer({ min: 0, max: 100 }),
});

test('a stack that is kept turns on the first day on which any plan pays', () => {
  let flips = 0;
  fc.assert(
    fc.property(cases, (drawn) => {
      const prices = Array.from({ length: 13 }, (_, week) => {
        const usd = (1 - drawn.cheaper * (week - 6)).toFixed(2);
        return price({ host: 'host-a', input: usd, output: usd, validFromMs: hour(week * 168) });
      });
      const side = (usd: number) => ({
        fixedHours: pointRange(`${usd}`),
        hoursPerDeployment: pointRange('0'),
      });
      const labor = { ...LABOR, selfHosted: side(drawn.selfHosted), hosted: side(drawn.hosted) };
      const economics = weeklyStack(drawn.pods, { prices, labor });
      const plan = bestPlan(economics, { kept: NONE_KEPT });
      fc.pre(plan.picks.every(({ choice }) => choice === 'keep'));
      const found = computeOutlook(economics, { plan, kept: NONE_KEPT });
      const pays = (instantMs: number) =>
        mostSaved(economics, savingsAt(economics, found, instantMs)).num > 0n;
      const { breakEvenMs } = found;
      const lastMs = breakEvenMs ?? WEEKS_END_MS + 52 * WEEK_MS;
      const before = [
        lastMs,
        ...[1, 4, 8, 16, 32, 52].map((week) => WEEKS_END_MS + week * WEEK_MS),
      ];
      const early = before.filter((instantMs) => instantMs <= lastMs && instantMs > WEEKS_END_MS);
      expect(early.map(pays)).toEqual(early.map(() => false));
      expect(breakEvenMs === undefined || pays(breakEvenMs + DAY_MS)).toBe(true);
      flips += breakEvenMs === undefined ? 0 : 1;
    }),
    { numRuns: 40 },
  );
  expect(flips).toBeGreaterThan(0);
});
