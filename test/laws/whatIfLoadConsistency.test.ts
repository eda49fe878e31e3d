/**
 * Laws of consistency for another load and another provider: the what-if agrees with the report.
 */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, decimal, type Exact, multiply, ONE, subtract } from '../../src/domain/exact.ts';
import type { UsageColumn, UsageSeries } from '../../src/domain/usage.ts';
import type { StackInput } from '../../src/economics/input.ts';
import { OPTIONS } from '../../src/economics/offer.ts';
import { BASE_ASSUMPTIONS, optionCost } from '../../src/economics/options.ts';
import { planUsd } from '../../src/economics/plan.ts';
import type { DeploymentEconomics } from '../../src/economics/result.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { applyOverrides } from '../../src/economics/whatIf/whatIf.ts';
import { meanTokensPerDay } from '../../src/economics/whatIf/load.ts';
import type { InputBreakEven } from '../../src/verdict/sensitivity/inputEffect.ts';
import { findDeploymentBreakEvens } from '../../src/verdict/sensitivity/breakEvens.ts';
import { computeTornado } from '../../src/verdict/sensitivity/tornado.ts';
import { makeContracted, pinProviders, fixReplicas } from '../support/committedWorlds.ts';
import { makeAllBilled, makeMostlyBilled } from '../support/oracle/worlds.ts';

const RUNS = { numRuns: 50, endOnFailure: true };
/** For what only few worlds show. */
const MORE_RUNS = { ...RUNS, numRuns: 120 };
const TIMEOUT_MS = 120_000;

function holds(law: (input: StackInput) => void, makeBase = makeMostlyBilled, runs = RUNS): void {
  fc.assert(
    fc.property(fc.gen(), (draw) => law(pinProviders(makeContracted(draw, makeBase(draw))))),
    runs,
  );
}

/** Every count of an interval doubled, so that half of it is whole. */
function doubled(series: UsageSeries): UsageSeries {
  const twice = (counts: UsageColumn) => Float64Array.from(counts, (count) => count * 2);
  return {
    ...series,
    uncachedPromptTokens: twice(series.uncachedPromptTokens),
    cachedPromptTokens: twice(series.cachedPromptTokens),
    outputTokens: twice(series.outputTokens),
    requests: twice(series.requests),
  };
}

const HALF = decimal('0.5');

test(
  'half of the tokens cost in a what-if what half of each interval costs',
  () => {
    let [seen, unbilledSeen] = [0, 0];
    holds((world) => {
      const input = {
        ...world,
        deployments: world.deployments.map((each) => ({ ...each, usage: doubled(each.usage) })),
      };
      const asIs = weighStack(input);
      const loaded = asIs.deployments.filter(
        ({ capacity, served, time }) => capacity && served.tokens > 0 && time.coveredNs > 0n,
      );
      if (loaded.length === 0 || loaded.some(({ utilization }) => utilization?.num === 1n)) return;
      const tokensPerDay = multiply(meanTokensPerDay(asIs, loaded), HALF);
      const then = fixReplicas(weighStack(applyOverrides(input, { tokensPerDay })), asIs);
      for (const { id } of loaded) {
        const [one, other] = [asIs, then].map(({ deployments }) =>
          deployments.find((each) => each.id === id),
        );
        const costs = (of: DeploymentEconomics | undefined, tokens?: Exact) =>
          OPTIONS.map((option) => [
            option,
            of && optionCost(of, option, { ...BASE_ASSUMPTIONS, ...(tokens && { tokens }) })?.usd,
          ]);
        expect(costs(other)).toEqual(costs(one, HALF));
        seen += 1;
        unbilledSeen += one?.unbilled === undefined ? 0 : 1;
      }
    });
    expect(Math.min(seen, unbilledSeen)).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);

const [LESS, MORE] = [decimal('0.98'), decimal('1.02')];
const MANY_TOKENS = 1_000_000;

test(
  'just below the tokens at which deleting breaks even the what-if saves, above it does not',
  () => {
    let seen = 0;
    holds(
      (input) => {
        const asIs = weighStack(input);
        for (const deployment of asIs.deployments) {
          const { id, served, utilization } = deployment;
          // A utilization of 1 is the limit: more is served than the known capacity allows.
          const isLoaded = utilization !== undefined && compare(utilization, ONE) < 0;
          if (!isLoaded || served.tokens < MANY_TOKENS) continue;
          if (optionCost(deployment, 'delete') === undefined) continue;
          const flips = findDeploymentBreakEvens(asIs, deployment, 'delete');
          const flip = flips.find((each) => each.code === 'tokens-per-day');
          // Fewer tokens fit into every interval; whole ones are too coarse for less than these.
          if (flip === undefined || !isWithin(flip)) continue;
          seen += 1;
          const savedAt = (factor: Exact) => {
            const tokensPerDay = multiply(flip.flipsAt, factor);
            const then = weighStack(applyOverrides(input, { tokensPerDay, deployment: id }));
            const own = then.deployments.find((each) => each.id === id);
            const [keep, gone] = [own && optionCost(own, 'keep'), own && optionCost(own, 'delete')];
            return keep && gone && subtract(keep.usd, gone.usd);
          };
          const [below, above] = [savedAt(LESS), savedAt(MORE)];
          expect([below && below.num > 0n, above && above.num < 0n]).toEqual([true, true]);
        }
      },
      makeAllBilled,
      MORE_RUNS,
    );
    expect(seen).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);

/** From a hundredth of today's tokens to today's. */
function isWithin({ today, flipsAt }: InputBreakEven): boolean {
  const hundredth = multiply(today, decimal('0.01'));
  return compare(flipsAt, hundredth) > 0 && compare(multiply(flipsAt, MORE), today) < 0;
}

test(
  'the most expensive provider of the tornado costs what its what-if costs',
  () => {
    let seen = 0;
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const input = makeContracted(draw, makeMostlyBilled(draw));
        const asIs = weighStack(input);
        for (const deployment of asIs.deployments) {
          // Without both its sides a deployment has no option, whatever providers charge.
          if (optionCost(deployment, 'delete') === undefined) continue;
          const { id, hosted } = deployment;
          const eligible = hosted.considered.filter(({ usd }) => usd !== undefined);
          const priciest = eligible.at(-1);
          const isOne = eligible.filter(({ host }) => host === priciest?.host).length === 1;
          if (priciest === undefined || !isOne || hosted.isPinned) continue;
          const picks = [{ deployment: id, choice: 'delete' as const }];
          const end = computeTornado(asIs, picks).find((each) => each.detail.code === 'host');
          if (end === undefined) continue;
          const then = weighStack(applyOverrides(input, { host: priciest.host, deployment: id }));
          const saving = subtract(planUsd(then, []), planUsd(then, picks));
          expect(end.savingAtHighUsd).toEqual(saving);
          seen += 1;
        }
      }),
      MORE_RUNS,
    );
    expect(seen).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);
