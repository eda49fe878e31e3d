/**
 * Laws of consistency: what-if, scenario, tornado and break-even give the same saving for the same
 * change of the same plan, contracts included.
 */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  add,
  compare,
  decimal,
  type Exact,
  exact,
  multiply,
  subtract,
  sum,
  toDecimal,
  toNumber,
} from '../../src/domain/exact.ts';
import type { StackInput } from '../../src/economics/input.ts';
import { CHOICES, OPTIONS, type OptionName } from '../../src/economics/offer.ts';
import { BASE_ASSUMPTIONS, optionCost, type Assumptions } from '../../src/economics/options.ts';
import { bestPlan, type PlanPick, planUsd } from '../../src/economics/plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../../src/economics/result.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { applyOverrides } from '../../src/economics/whatIf/whatIf.ts';
import { gpuSharingGroups } from '../../src/economics/whatIf/gpuRate.ts';
import type { WhatIfOverrides } from '../../src/economics/whatIf/overrides.ts';
import { openChanges } from '../../src/verdict/judge/stackPlan.ts';
import type { InputBreakEven } from '../../src/verdict/sensitivity/inputEffect.ts';
import {
  findDeploymentBreakEvens,
  findStackBreakEvens,
} from '../../src/verdict/sensitivity/breakEvens.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import { computeScenarios } from '../../src/verdict/sensitivity/scenarios.ts';
import { computeTornado } from '../../src/verdict/sensitivity/tornado.ts';
import { makeContracted, pinProviders, fixReplicas } from '../support/committedWorlds.ts';
import { int, pick } from '../support/oracle/draw.ts';

const RUNS = { numRuns: 50, endOnFailure: true };
/** Enough that four kinds of break-even are among them, whatever the seed. */
const MANY_RUNS = { ...RUNS, numRuns: 250 };
const TIMEOUT_MS = 120_000;

interface Case {
  readonly input: StackInput;
  readonly asIs: StackEconomics;
  readonly draw: fc.GeneratorValue;
}

function holds(law: (of: Case) => void, runs = RUNS): void {
  fc.assert(
    fc.property(fc.gen(), (draw) => {
      const input = pinProviders(makeContracted(draw));
      law({ input, asIs: weighStack(input), draw });
    }),
    runs,
  );
}

function anyPicks({ deployments }: StackEconomics, draw: fc.GeneratorValue): PlanPick[] {
  return deployments.map((each) => {
    const priced = CHOICES.filter((choice) => optionCost(each, choice) !== undefined);
    return { deployment: each.id, choice: pick(draw, 'keep', ...priced) };
  });
}

function savingOf(economics: StackEconomics, picks: readonly PlanPick[]): Exact {
  return subtract(planUsd(economics, []), planUsd(economics, picks));
}

const SHARES: Readonly<
  Record<string, (share: Exact) => readonly [WhatIfOverrides, Partial<Assumptions>]>
> = {
  gpuRate: (factor) => [{ gpuRate: { factor } }, { ownGpu: factor, marketGpu: factor }],
  hostedPrice: (factor) => [{ hostedPrice: { factor } }, { hostedPrice: factor }],
  cacheShare: (share) => {
    const within = compare(share, decimal('1')) > 0 ? decimal('1') : share;
    return [{ cacheShare: within }, { cacheShare: () => within }];
  },
};

function isPossible({ deployments }: StackEconomics, input: string): boolean {
  if (input === 'gpuRate') return deployments.length > 0;
  return input !== 'hostedPrice' || deployments.some(({ hosted }) => hosted.chosen !== undefined);
}

test(
  'each option costs in a what-if what it costs in that world, with or without contracts',
  () => {
    const bound = new Set<string>();
    holds(({ input, asIs, draw }) => {
      for (const [name, change] of Object.entries(SHARES)) {
        if (!isPossible(asIs, name)) continue;
        const [overrides, world] = change(exact(BigInt(int(draw, 1, 30)), 10n));
        const then = fixReplicas(weighStack(applyOverrides(input, overrides)), asIs);
        for (const [at, deployment] of asIs.deployments.entries()) {
          if ((deployment.contract?.fixedGpuUsd.num ?? 0n) > 0n) bound.add(name);
          const overridden = then.deployments[at];
          const costs = (of: DeploymentEconomics | undefined, where: Assumptions) =>
            OPTIONS.map((option) => [name, option, of && optionCost(of, option, where)?.usd]);
          expect(costs(overridden, BASE_ASSUMPTIONS)).toEqual(
            costs(deployment, { ...BASE_ASSUMPTIONS, ...world }),
          );
          const over = { contracts: 'over' } as const;
          expect(costs(overridden, { ...BASE_ASSUMPTIONS, ...over })).toEqual(
            costs(deployment, { ...BASE_ASSUMPTIONS, ...world, ...over }),
          );
        }
      }
    });
    expect([...bound].sort()).toEqual(Object.keys(SHARES).sort());
  },
  TIMEOUT_MS,
);

test(
  'a what-if prints and charts the same dollars beside its options',
  () => {
    holds(({ input, draw }) => {
      const factor = exact(BigInt(int(draw, 1, 30)), 10n);
      const then = weighStack(applyOverrides(input, { gpuRate: { factor } }));
      for (const each of then.deployments) {
        const { spend, hybrid, days, offers } = each;
        expect(optionCost(each, 'keep')?.gpuUsd).toEqual(spend.coveredComputeUsd);
        expect(optionCost(each, 'keep')?.infraUsd).toEqual(spend.coveredUsd);
        expect(sum(days.map(({ coveredUsd }) => coveredUsd))).toEqual(spend.coveredUsd);
        expect(days.reduce((all, day) => all + day.spend, 0n)).toBe(spend.total);
        const hybridUsd = hybrid.best && optionCost(each, 'hybrid')?.infraUsd;
        expect(hybridUsd).toEqual(hybrid.best?.ownUsd);
        for (const option of OPTIONS) {
          const offer = offers[option];
          const drawn = offer === undefined || 'reason' in offer ? [] : [...offer.days.ownUsd];
          const whole = toNumber(optionCost(each, option)?.infraUsd ?? exact(0n));
          const off = Math.abs(drawn.reduce((all, usd) => all + usd, 0) - whole);
          expect(off).toBeLessThan(1e-9 * Math.max(1, Math.abs(whole)));
        }
      }
    });
  },
  TIMEOUT_MS,
);

const ENDS: Readonly<Record<string, WhatIfOverrides>> = {
  'hosted price −30%': { hostedPrice: { factor: decimal('0.7') } },
  'hosted price +30%': { hostedPrice: { factor: decimal('1.3') } },
  'GPU price −30%': { gpuRate: { factor: decimal('0.7') } },
  'GPU price +40%': { gpuRate: { factor: decimal('1.4') } },
};

test(
  'a scenario, that end of the tornado and the what-if save the same, as does the best plan',
  () => {
    holds(({ input, asIs, draw }) => {
      const picks = anyPicks(asIs, draw);
      const kept = new Set(asIs.deployments.slice(0, int(draw, 0, 1)).map(({ id }) => id));
      const effects = computeTornado(asIs, picks);
      for (const { detail, savingUsd, bestSavingUsd } of computeScenarios(asIs, { picks, kept })) {
        const name = AUDIT_SENTENCES.scenario(detail);
        const overrides = ENDS[name] ?? {};
        if (!isPossible(asIs, Object.keys(overrides)[0] ?? '')) continue;
        const then = weighStack(applyOverrides(input, overrides));
        const saving = savingOf(fixReplicas(then, asIs), picks);
        expect([name, savingUsd]).toEqual([name, saving]);
        const best = bestPlan(then, { kept, changes: openChanges });
        expect([name, bestSavingUsd]).toEqual([name, subtract(planUsd(then, []), best.usd)]);
        const effect = effects.find((each) => each.detail.code === detail.input);
        if (effect === undefined) continue;
        const isLow = decimal(detail.change).num < 0n;
        expect(isLow ? effect.savingAtLowUsd : effect.savingAtHighUsd).toEqual(saving);
      }
    });
  },
  TIMEOUT_MS,
);

function overridesOf(
  { code, flipsAt }: InputBreakEven,
  deployment?: string,
): WhatIfOverrides | undefined {
  const whose = deployment === undefined ? {} : { deployment };
  if (code === 'gpu-rate') return { gpuRate: { usd: flipsAt }, ...whose };
  if (code === 'hosted-price') return { hostedPrice: { usd: flipsAt }, ...whose };
  if (code === 'ops-hours') return { opsHours: flipsAt, ...whose };
  if (code === 'cache-share') return { cacheShare: flipsAt };
  return undefined;
}

/** What the change saves where the input is at the break-even times a factor. */
function savedAt(
  { input, asIs }: Case,
  flip: InputBreakEven,
  of: { factor: Exact; picks: readonly PlanPick[]; deployment?: string },
) {
  const moved = { ...flip, flipsAt: multiply(flip.flipsAt, of.factor) };
  const overrides = overridesOf(moved, of.deployment);
  if (overrides === undefined) return undefined;
  const then = fixReplicas(weighStack(applyOverrides(input, overrides)), asIs);
  return of.deployment === undefined ? savingOf(then, of.picks) : ownSaving(then, of.picks);
}

function ownSaving(
  { deployments }: StackEconomics,
  [picked]: readonly PlanPick[],
): Exact | undefined {
  const found = deployments.find(({ id }) => id === picked?.deployment);
  const cost = (option: OptionName) => found && optionCost(found, option)?.usd;
  const [keep, other] = [cost('keep'), cost(picked?.choice ?? 'keep')];
  return keep && other && subtract(keep, other);
}

const BELOW = decimal('0.9999');
const ABOVE = decimal('1.0001');

interface Turn {
  readonly picks: readonly PlanPick[];
  /** The only one that changes; absent for the whole stack. */
  readonly deployment?: string;
}

function expectTurn(of: Case, flip: InputBreakEven, turn: Turn): void {
  const at = (factor: Exact) => savedAt(of, flip, { factor, ...turn });
  const zero = at(decimal('1'));
  if (zero === undefined) return;
  expect([flip.code, toDecimal(zero, 6)]).toEqual([flip.code, '0.000000']);
  if (flip.flipsAt.num === 0n) return;
  const isCapped =
    flip.code === 'cache-share' && compare(multiply(flip.flipsAt, ABOVE), decimal('1')) > 0;
  const [below, above] = isReachable(flip) && !isCapped ? [at(BELOW), at(ABOVE)] : [];
  if (below === undefined || above === undefined) return;
  expect([flip.code, below.num > 0n]).toEqual([flip.code, above.num < 0n]);
  expect(below.num).not.toBe(0n);
}

/** Also just below it, where a contract fixes a part. */
function isReachable({ contract, flipsAt }: InputBreakEven): boolean {
  if (contract === undefined) return true;
  return compare(multiply(flipsAt, BELOW), contract.leastUsdPerHour) >= 0;
}

test(
  'at each break-even of a plan the what-if saves nothing, and on its sides the sign turns',
  () => {
    const seen = new Map<string, number>();
    holds((of) => {
      const picks = anyPicks(of.asIs, of.draw);
      for (const flip of findStackBreakEvens(of.asIs, picks)) {
        if (flip.contract?.isBeyond === true) continue;
        seen.set(flip.code, (seen.get(flip.code) ?? 0) + 1);
        expectTurn(of, flip, { picks });
      }
    }, MANY_RUNS);
    expect(seen.size).toBeGreaterThanOrEqual(4);
  },
  TIMEOUT_MS,
);

test(
  'at each break-even of one option the what-if of that deployment saves nothing',
  () => {
    holds((of) => {
      const groups = gpuSharingGroups(of.input);
      for (const deployment of of.asIs.deployments) {
        const isAlone = groups.some((group) => group.size === 1 && group.has(deployment.id));
        for (const choice of CHOICES) {
          if (optionCost(deployment, choice) === undefined) continue;
          for (const flip of findDeploymentBreakEvens(of.asIs, deployment, choice)) {
            if (flip.contract?.isBeyond === true) continue;
            if (flip.code === 'gpu-rate' && !isAlone) continue;
            const picks = [{ deployment: deployment.id, choice }];
            expectTurn(of, flip, { picks, deployment: deployment.id });
          }
        }
      }
    });
  },
  TIMEOUT_MS,
);

test(
  'a GPU rate moves nothing that a contract fixes, and all of it once the contract has ended',
  () => {
    holds(({ asIs, draw }) => {
      const ownGpu = exact(BigInt(int(draw, 0, 30)), 10n);
      for (const deployment of asIs.deployments) {
        const { contract, spend } = deployment;
        const fixed = contract?.fixedGpuUsd ?? exact(0n);
        const gpuUsd = (world: Partial<Assumptions>) =>
          optionCost(deployment, 'keep', { ...BASE_ASSUMPTIONS, ...world })?.gpuUsd;
        const moving = subtract(spend.coveredComputeUsd, fixed);
        expect(gpuUsd({ ownGpu })).toEqual(add(fixed, multiply(moving, ownGpu)));
        const charges = contract?.chargesUsd ?? exact(0n);
        expect(gpuUsd({ ownGpu, contracts: 'over' })).toEqual(
          multiply(add(spend.coveredComputeUsd, charges), ownGpu),
        );
      }
    });
  },
  TIMEOUT_MS,
);
