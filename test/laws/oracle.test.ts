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
import { listCharges } from '../support/lines.ts';
import { ACTING } from '../support/acting.ts';

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
