/** Laws of break-evens: put back in, each makes both sides cost the same to the digit. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  add,
  compare,
  divide,
  type Exact,
  exact,
  exactInteger,
  larger,
  multiply,
  ONE,
  subtract,
  sum,
  ZERO,
} from '../../src/domain/exact.ts';
import { CHOICES, OPTIONS } from '../../src/economics/offer.ts';
import { gpuFactorAt, sumGpuSpend } from '../../src/economics/bill/contract.ts';
import { BASE_ASSUMPTIONS, optionCost, type Assumptions } from '../../src/economics/options.ts';
import { bestPlan, type PlanPick, planUsd } from '../../src/economics/plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../../src/economics/result.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { comparePlan } from '../../src/verdict/sensitivity/planComparison.ts';
import type { InputBreakEven } from '../../src/verdict/sensitivity/inputEffect.ts';
import {
  findDeploymentBreakEvens,
  findStackBreakEvens,
} from '../../src/verdict/sensitivity/breakEvens.ts';
import { findScale } from '../../src/verdict/sensitivity/tokenBreakEvens.ts';
import { makeMostlyBilled } from '../support/oracle/worlds.ts';
import { int, pick } from '../support/oracle/draw.ts';
import { size } from '../support/size.ts';

const RUNS = { numRuns: size({ short: 30, full: 500 }), endOnFailure: true };
/** Enough that the rarest kind of break-even is among them. */
const MANY_RUNS = { ...RUNS, numRuns: size({ short: 90, full: 500 }) };
const TIMEOUT_MS = 120_000;

function holds(
  law: (economics: StackEconomics, draw: fc.GeneratorValue) => void,
  runs = RUNS,
): void {
  fc.assert(
    fc.property(fc.gen(), (draw) => law(weighStack(makeMostlyBilled(draw)), draw)),
    runs,
  );
}

/** The world in which one input has its break-even value. */
function worldOf(
  { code, today, flipsAt, contract }: InputBreakEven,
  hoursUsd: Exact,
  of: readonly DeploymentEconomics[],
): Assumptions {
  const factor = () => divide(flipsAt, today);
  if (code === 'hosted-price') return { ...BASE_ASSUMPTIONS, hostedPrice: factor() };
  if (code === 'gpu-rate') return gpuWorld(flipsAt, contract?.isBeyond === true, of);
  if (code === 'cache-share') return { ...BASE_ASSUMPTIONS, cacheShare: () => flipsAt };
  if (code !== 'ops-hours') return { ...BASE_ASSUMPTIONS, tokens: factor() };
  if (today.num === 0n)
    return { ...BASE_ASSUMPTIONS, selfHosted: () => multiply(flipsAt, hoursUsd) };
  return { ...BASE_ASSUMPTIONS, selfHosted: ({ base }) => multiply(base, factor()) };
}

/**
 * The GPU rate is reached by the part that no contract fixes, or after its end by all GPU spend.
 */
function gpuWorld(usd: Exact, isBeyond: boolean, of: readonly DeploymentEconomics[]): Assumptions {
  const rent = sumGpuSpend(of);
  if (!isBeyond) return { ...BASE_ASSUMPTIONS, ownGpu: gpuFactorAt(rent, usd) ?? ONE };
  const charges = sum(of.flatMap(({ contract }) => contract?.chargesUsd ?? []));
  const ownGpu = divide(multiply(usd, rent.hours), add(rent.usd, charges));
  return { ...BASE_ASSUMPTIONS, ownGpu, contracts: 'over' };
}

function saving(
  deployment: DeploymentEconomics,
  option: (typeof OPTIONS)[number],
  world: Assumptions,
) {
  const [keep, other] = [
    optionCost(deployment, 'keep', world),
    optionCost(deployment, option, world),
  ];
  return keep && other && subtract(keep.usd, other.usd);
}

test(
  'at each break-even of each option it costs what keeping does',
  () => {
    const seen = new Map<string, number>();
    holds((economics) => {
      for (const deployment of economics.deployments) {
        for (const option of OPTIONS) {
          if (optionCost(deployment, option) === undefined) continue;
          for (const flip of findDeploymentBreakEvens(economics, deployment, option)) {
            const world = worldOf(flip, economics.laborUsdPerHour, [deployment]);
            expect({ ...flip, option, left: saving(deployment, option, world) }).toMatchObject({
              left: ZERO,
            });
            const name = `${flip.code} of ${option}`;
            seen.set(name, (seen.get(name) ?? 0) + 1);
          }
        }
      }
    }, MANY_RUNS);
    const wanted = ['delete', 'hybrid', 'serverless'].map(
      (option) => `tokens-per-day of ${option}`,
    );
    expect(wanted.filter((name) => !seen.has(name))).toEqual([]);
  },
  TIMEOUT_MS,
);

function anyPicks({ deployments }: StackEconomics, draw: fc.GeneratorValue): PlanPick[] {
  return deployments.map((each) => {
    const priced = CHOICES.filter((choice) => optionCost(each, choice) !== undefined);
    return { deployment: each.id, choice: pick(draw, 'keep', ...priced) };
  });
}

test(
  'at each break-even of a plan it costs what keeping everything does',
  () => {
    holds((economics, draw) => {
      const picks = anyPicks(economics, draw);
      for (const flip of findStackBreakEvens(economics, picks)) {
        const world = worldOf(flip, economics.laborUsdPerHour, economics.deployments);
        expect(planUsd(economics, picks, world)).toEqual(planUsd(economics, [], world));
      }
      const distances = findStackBreakEvens(economics, picks).flatMap(({ change }) => change ?? []);
      const sizes = distances.map((change) => larger(change, subtract(ZERO, change)));
      expect(sizes.toSorted(compare)).toEqual(sizes);
    });
  },
  TIMEOUT_MS,
);

test(
  'a saving is that of the plan against keeping everything, in any world',
  () => {
    holds((economics, draw) => {
      const any = () => exact(BigInt(int(draw, 0, 30)), 10n);
      const [ownGpu, marketGpu, hostedPrice, tokens, share] = [any(), any(), any(), any(), any()];
      const world: Assumptions = {
        ...BASE_ASSUMPTIONS,
        ownGpu,
        marketGpu,
        hostedPrice,
        tokens,
        cacheShare: () => divide(share, exact(3n)),
        selfHosted: ({ high }) => high,
        hosted: ({ low }) => low,
      };
      for (const picks of [
        anyPicks(economics, draw),
        bestPlan(economics, { kept: new Set() }).picks,
      ]) {
        const wanted = subtract(planUsd(economics, [], world), planUsd(economics, picks, world));
        expect(comparePlan(economics, picks).savingIn(world)).toEqual(wanted);
      }
    });
  },
  TIMEOUT_MS,
);

test(
  'at each break-even keeping costs what deleting does',
  () => {
    holds(({ deployments, laborUsdPerHour }) => {
      for (const each of deployments) {
        for (const world of brokenEven(each, laborUsdPerHour)) {
          expect(saving(each, 'delete', { ...BASE_ASSUMPTIONS, ...world })).toEqual(ZERO);
        }
      }
    });
  },
  TIMEOUT_MS,
);

const MTOK = exact(1_000_000n);

function brokenEven(of: DeploymentEconomics, laborUsdPerHour: Exact): Partial<Assumptions>[] {
  const { hostedUsdPerMtok, gpuUsdPerHour, gpuContract, opsHours, cacheShare } = of.breakEven;
  const hosted = optionCost(of, 'delete')?.hostedUsd ?? ZERO;
  const compute = of.spend.coveredComputeUsd;
  const worlds: (Partial<Assumptions> | undefined)[] = [
    hostedUsdPerMtok && hosted.num > 0n
      ? {
          hostedPrice: divide(
            multiply(hostedUsdPerMtok, exactInteger(of.served.tokens)),
            multiply(hosted, MTOK),
          ),
        }
      : undefined,
    gpuUsdPerHour && compute.num !== 0n
      ? gpuWorld(gpuUsdPerHour, gpuContract?.isBeyond === true, [of])
      : undefined,
    opsHours && { selfHosted: () => multiply(opsHours, laborUsdPerHour) },
    cacheShare && { cacheShare: () => cacheShare },
  ];
  return worlds.filter((world) => world !== undefined);
}

const piece = fc.record({
  from: fc.integer({ min: 0, max: 4_000_000 }).map((at) => exact(BigInt(at), 999_983n)),
  slope: fc.integer({ min: 0, max: 1_000 }).map((usd) => exact(BigInt(usd), 7n)),
});

test('the scale of any cost that bends upward is found exactly, or does not exist', () => {
  const pieces = fc.array(piece, { minLength: 1, maxLength: 60 });
  const target = fc.integer({ min: -10, max: 100_000 }).map((usd) => exact(BigInt(usd), 11n));
  fc.assert(
    fc.property(pieces, target, (bends, targetUsd) => {
      const above = (scale: Exact) => bends.filter(({ from }) => compare(scale, from) >= 0);
      const costAt = (scale: Exact) => ({
        usd: sum(above(scale).map((each) => multiply(each.slope, subtract(scale, each.from)))),
        slopeUsd: sum(above(scale).map(({ slope }) => slope)),
      });
      const found = findScale(costAt, targetUsd);
      const isBeyond =
        compare(targetUsd, costAt(ZERO).usd) <= 0 ||
        compare(targetUsd, costAt(exact(2n ** 20n)).usd) > 0;
      const met = found === undefined ? isBeyond : compare(costAt(found).usd, targetUsd) === 0;
      expect({ found, met }).toMatchObject({ met: true });
      expect(found === undefined || found.num >= 0n).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('digits that grow without bound are cut on the way, and the last step is exact again', () => {
  const long = divide(ONE, exact(10n ** 101n + 9n));
  const costAt = (scale: Exact) => ({
    usd: multiply(scale, add(ONE, long)),
    slopeUsd: add(ONE, long),
  });
  const found = findScale(costAt, exact(3n));
  expect(costAt(found ?? ZERO).usd).toEqual(exact(3n));
});
