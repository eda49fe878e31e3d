import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal, ONE, ZERO } from '../../src/domain/exact.ts';
import type { StackInput } from '../../src/economics/input.ts';
import { bestPlan } from '../../src/economics/plan.ts';
import type { StackEconomics } from '../../src/economics/result.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { decide } from '../../src/verdict/decide.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import { printAudit } from '../../src/verdict/document/document.ts';
import { oracleDifferences } from '../support/oracle/compare.ts';
import { near } from '../support/oracle/difference.ts';
import { bestUsd, planUsd } from '../support/oracle/plan.ts';
import { oracleDeployments } from '../support/oracle/oracle.ts';
import { isClose, micro, printedDifferences } from '../support/oracle/printed.ts';
import { stackChoices } from '../support/oracle/stackPlan.ts';
import { makeConditionedWorld, makeWorld } from '../support/oracle/worlds.ts';
import { size } from '../support/size.ts';
import { listCharges } from '../support/listCharges.ts';
import { ACTING } from '../support/acting.ts';
import {
  charge,
  deployment,
  hosted,
  hour,
  POD,
  price,
  series,
  six,
  stack,
} from '../economics/stackFixture.ts';

/** Worlds are small from the start: shrinking one takes longer than reading it. */
const RUNS = { numRuns: size({ short: 25, full: 600 }), endOnFailure: true };
const TIMEOUT_MS = 120_000;
const POLICY = {
  minProbability: decimal('0.9'),
  reversalSavingShare: decimal('0.3'),
  draws: 40,
  minSavingUsd: decimal('1'),
  minSavingShare: decimal('0.15'),
  minCoverage: ZERO,
  maxUnattributedShare: ONE,
};
const IDENTITY = {
  quarter: null,
  partial: false,
  asOfMs: 0,
  runId: 'run',
  inputsDigest: 'digest',
  codeVersion: '0',
};

function judged(economics: StackEconomics) {
  const verdict = decide(economics, { policy: POLICY, chance: seededRandom('seed') });
  return {
    verdict,
    ...printAudit({
      economics,
      verdict,
      identity: IDENTITY,
      sentences: AUDIT_SENTENCES,
      acting: ACTING,
    }),
  };
}

/** Runs a law on small random stacks. */
function holds(law: (world: StackInput) => void, make = makeWorld): void {
  fc.assert(
    fc.property(fc.gen(), (draw) => law(make(draw))),
    RUNS,
  );
}

test(
  'every figure of the economics is that of a slow and obvious calculation in fractions',
  () => {
    holds((world) => {
      expect(oracleDifferences(world, weighStack(world))).toEqual([]);
    });
  },
  TIMEOUT_MS,
);

test(
  'so is every figure where providers charge by hour of the day and by prompt length',
  () => {
    holds((world) => {
      expect(oracleDifferences(world, weighStack(world))).toEqual([]);
    }, makeConditionedWorld);
  },
  TIMEOUT_MS,
);

test(
  'every printed figure is the exact one with six places, and printed parts sum to their whole',
  () => {
    holds((world) => {
      const { audit } = judged(weighStack(world));
      expect(printedDifferences(world, audit)).toEqual([]);
    });
  },
  TIMEOUT_MS,
);

test(
  'the best plan costs what the cheapest of all plans costs when every one of them is tried',
  () => {
    holds((world) => {
      const economics = weighStack(world);
      const { choices, once } = stackChoices(world, economics);
      const kept = new Set(choices.filter(({ required }) => required).map(({ id }) => id));
      const plan = bestPlan(economics, { kept });
      const [wanted, found] = near(bestUsd(choices, once), plan.usd);
      expect(found).toEqual(wanted);
      const picks = plan.picks.flatMap(({ choice }) => (choice === 'bring-back' ? [] : [choice]));
      const [own, said] = near(planUsd(choices, picks, once) ?? wanted, plan.usd);
      expect(said).toEqual(own);
    });
  },
  TIMEOUT_MS,
);

test(
  'the printed plan and its saving are those of its options and of the fixed costs',
  () => {
    holds((world) => {
      const economics = weighStack(world);
      const { verdict, audit } = judged(economics);
      const { choices, once } = stackChoices(world, economics);
      const { keepUsd, savingUsd, bestPlanUsd } = audit.stack;
      const isCompared = oracleDeployments(world).some(({ lacksSide }) => !lacksSide);
      const result = [keepUsd, savingUsd.base, bestPlanUsd, audit.stack.outlook];
      expect(result.map((each) => each !== null)).toEqual(result.map(() => isCompared));
      if (keepUsd === null) return;
      const picks = audit.stack.bestPlan.map(({ option }) => option as 'keep');
      const best = planUsd(choices, picks, once);
      const keep = planUsd(
        choices,
        picks.map(() => 'keep' as const),
        once,
      );
      expect(verdict.stack.plan.picks).toHaveLength(choices.length);
      expect(best && isClose(bestPlanUsd ?? '', best, ROOM)).toBe(true);
      expect(keep && isClose(keepUsd, keep, ROOM)).toBe(true);
      const saving = micro(keepUsd) - micro(bestPlanUsd ?? '');
      expect(micro(savingUsd.base ?? '')).toBe(saving);
    });
  },
  TIMEOUT_MS,
);

/** Micro-dollars by which a sum of up to four deployments' rounded parts may be off. */
const ROOM = 20n;

test(
  'the figures of a stack do not depend on the order of its facts',
  () => {
    holds((world) => {
      const turned = {
        ...world,
        charges: listCharges(world).toReversed(),
        prices: world.prices.toReversed(),
        availability: world.availability.toReversed(),
      };
      const [one, other] = [judged(weighStack(world)), judged(weighStack(turned))];
      expect(other.audit).toEqual(one.audit);
      expect(other.detail).toEqual(one.detail);
    });
  },
  TIMEOUT_MS,
);

function only(input: ReturnType<typeof stack>) {
  const [found] = weighStack(input).deployments;
  if (found === undefined) throw new Error('the stack has one deployment');
  return found;
}

test('requests that brought no tokens are charged where the provider charges per request', () => {
  const usage = series([{ at: 0, requests: 5 }]);
  const fee = decimal('0');
  const prices = [price({ host: 'host-a', input: '0.10', output: '0.30', request: '0.01' })];
  const deployments = [deployment({ usage, hosted: hosted({ fee }) })];
  expect(six(only(stack({ deployments, prices })).hosted.chosen?.usd)).toBe('0.050000');
});

test('tokens of a deployment without any charge have no price: unknown spend is not zero', () => {
  const found = only(stack({ charges: [] }));
  expect([found.served.tokens, found.unbilled?.tokens]).toEqual([0, 15_600_000]);
  expect(found.effectiveUsdPerMtok).toBeUndefined();
});

test('tokens have no price where usage covers none of what was paid', () => {
  const usage = series([{ at: 30, uncached: 1000 }]);
  const window = { startMs: hour(0), endMs: hour(48) };
  const found = only(stack({ window, charges: [POD], deployments: [deployment({ usage })] }));
  expect([found.time.coveredNs, found.effectiveUsdPerMtok]).toEqual([0n, undefined]);
});

test('a charge of zero is a known spend of zero', () => {
  const free = charge({ usd: '0', from: 0, to: 4, quantity: decimal('4'), unit: 'Hours' });
  expect(six(only(stack({ charges: [free] })).effectiveUsdPerMtok)).toBe('0.000000');
});

test('replica time over midnight is split to the millisecond', () => {
  const lost = series([{ at: 23, hours: 24, replicaS: 2_160 }]);
  const window = { startMs: hour(0), endMs: hour(48) };
  const charges = [charge({ usd: '4', from: 0, to: 48, quantity: decimal('48'), unit: 'Hours' })];
  const { days } = only(stack({ window, charges, deployments: [deployment({ usage: lost })] }));
  expect(days.map(({ coveredNs }) => coveredNs)).toEqual([90_000_000_000n, 2_070_000_000_000n]);
});

test('what was seen after the window does not fill a gap inside it', () => {
  const usage = series([{ at: 3, hours: 2, uncached: 1000 }]);
  expect(only(stack({ deployments: [deployment({ usage })] })).time.coveredNs).toBe(
    3_600_000_000_000n,
  );
});
