/** Laws of a decision in any world: it never contradicts what is printed beside it. */

import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  add,
  compare,
  decimal,
  type Exact,
  larger,
  multiply,
  ONE,
  sum,
  ZERO,
} from '../../src/domain/exact.ts';
import type { StackInput } from '../../src/economics/input.ts';
import { optionCost } from '../../src/economics/options.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { seededRandom } from '../../src/platform/random.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { decide } from '../../src/verdict/decide.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import { printAudit } from '../../src/verdict/document/document.ts';
import { readPreviousVerdicts } from '../../src/verdict/judge/previousVerdict.ts';
import { computeBacktest } from '../../src/verdict/backtest/backtest.ts';
import { makeContracted } from '../support/committedWorlds.ts';
import { findSchemaFaults } from '../support/jsonSchema.ts';
import { makeMostlyBilled, makeWorld } from '../support/oracle/worlds.ts';
import { size } from '../support/size.ts';
import { ACTING } from '../support/acting.ts';

const RUNS = { numRuns: size({ short: 30, full: 500 }), endOnFailure: true };
/** Enough that worlds in which only some deployments have both sides are among them. */
const MIXED_RUNS = { ...RUNS, numRuns: size({ short: 60, full: 500 }) };
const TIMEOUT_MS = 120_000;
const POLICY = {
  minProbability: decimal('0.9'),
  minSavingUsd: decimal('1'),
  minSavingShare: decimal('0.15'),
  reversalSavingShare: decimal('0.3'),
  minCoverage: ZERO,
  maxUnattributedShare: ONE,
  draws: 60,
};
const IDENTITY = {
  quarter: '2026-Q3',
  partial: false,
  asOfMs: 0,
  runId: '0123456789abcdef',
  inputsDigest: 'd1'.repeat(32),
  codeVersion: '0',
};
const SCHEMA: unknown = JSON.parse(
  readFileSync(new URL('../../docs/audit.schema.json', import.meta.url), 'utf8'),
);

function decided(world: StackInput, previous?: Audit) {
  const economics = weighStack(world);
  const standings = readPreviousVerdicts(
    previous,
    previous && computeBacktest(previous, economics).advice,
  );
  const verdict = decide(economics, { policy: POLICY, chance: seededRandom('law'), standings });
  const { audit } = printAudit({
    economics,
    verdict,
    identity: IDENTITY,
    acting: ACTING,
    sentences: AUDIT_SENTENCES,
    previous,
  });
  return { economics, verdict, audit };
}

function audited(world: StackInput, previous?: Audit): Audit {
  return decided(world, previous).audit;
}

/** Two consecutive quarters of one deployment, however different. */
function holds(law: (audit: Audit) => void): void {
  fc.assert(
    fc.property(fc.gen(), (draw) => law(audited(makeWorld(draw), audited(makeWorld(draw))))),
    RUNS,
  );
}

const CHANGES = ['delete', 'hybrid', 'serverless', 'move', 'right-size'];

function total(texts: readonly (string | null)[]): Exact {
  return sum(texts.map((text) => decimal(text ?? '0')));
}

const MICRO = decimal('0.000002');

/** By the printed figures; they may be a millionth off. */
function isAdvisable(saving: string | null, keep: string | null, probability: string | null) {
  const [saved, kept] = [decimal(saving ?? '-1'), decimal(keep ?? '0')];
  const needed = larger(POLICY.minSavingUsd, multiply(POLICY.minSavingShare, kept));
  return compare(add(saved, MICRO), needed) >= 0 && Number(probability) >= 0.9;
}

test(
  'advice has its probability and its dollars, for the stack and for each deployment alone',
  () => {
    holds(({ stack, deployments }) => {
      const all = [
        { ...stack, id: 'stack' },
        ...deployments
          .filter(({ decision }) => decision?.because === 'advised')
          .map((each) => {
            const keep = each.options.find(({ option }) => option === 'keep');
            return { ...each, keepUsd: keep?.costUsd ?? null };
          }),
      ];
      const isChanged = deployments.some(({ verdict }) => CHANGES.includes(verdict));
      expect(isChanged).toBe(CHANGES.includes(stack.verdict));
      const wrong = all.filter(({ verdict, savingUsd, keepUsd, probability }) => {
        return CHANGES.includes(verdict) && !isAdvisable(savingUsd.base, keepUsd, probability);
      });
      expect(wrong.map(({ id }) => id)).toEqual([]);
    });
  },
  TIMEOUT_MS,
);

test(
  'steps sum to the printed saving, parts to their cost, shares to the commitment',
  () => {
    holds(({ stack }) => {
      expect(total(stack.steps.map(({ savingUsd }) => savingUsd))).toEqual(
        decimal(stack.decision?.savingUsd ?? '-1'),
      );
      for (const each of stack.options) {
        const { gpuUsd, storageUsd, otherUsd, laborUsd, hostedUsd, strandedUsd } = each;
        const rent = [gpuUsd, storageUsd, otherUsd];
        const parts = [...rent, laborUsd, hostedUsd, strandedUsd, each.migrationUsd];
        expect(total(parts)).toEqual(decimal(each.costUsd));
      }
      for (const { owedUsd, shares } of stack.commitments) {
        expect(total(shares.map(({ usd }) => usd))).toEqual(decimal(owedUsd));
      }
    });
  },
  TIMEOUT_MS,
);

test(
  'the document matches its schema, and intervals are not reversed',
  () => {
    holds((audit) => {
      expect(findSchemaFaults(JSON.parse(JSON.stringify(audit)), SCHEMA, SCHEMA)).toEqual([]);
      const options = audit.deployments.flatMap((each) => each.options);
      const turned = [audit.stack.savingUsd, ...audit.stack.options, ...options].filter(
        ({ low, high }) => low !== null && high !== null && Number(low) > Number(high),
      );
      expect(turned).toEqual([]);
    });
  },
  TIMEOUT_MS,
);

test(
  'a printed saving lies inside its printed intervals',
  () => {
    holds(({ stack, deployments }) => {
      const { outlook, savingUsd } = stack;
      const next = { ...savingUsd, ...outlook?.nextQuarter };
      const savings = [savingUsd, next, ...deployments.map((each) => each.savingUsd)];
      const options = [...stack.options, ...deployments.flatMap((each) => each.options)];
      const all = [...savings, ...options.map((each) => ({ ...each, base: each.savingUsd }))];
      const outside = all.filter(({ base, low, high }) => !isInside(base, low, high));
      expect(outside).toEqual([]);
    });
  },
  TIMEOUT_MS,
);

function isInside(base: string | null, low: string | null, high: string | null): boolean {
  if (low === null || high === null) return low === high;
  const saving = decimal(base ?? '');
  return compare(decimal(low), saving) <= 0 && compare(saving, decimal(high)) <= 0;
}

test(
  'a plan that keeps everything saves nothing, and what must stay is kept in any plan',
  () => {
    holds(({ stack, deployments }) => {
      // Where nothing has both a bill and usage there is neither a plan nor a saving.
      const hasPlan = stack.bestPlan.length > 0;
      expect([stack.savingUsd.base !== null, stack.keepUsd !== null]).toEqual([hasPlan, hasPlan]);
      const isChanged = stack.bestPlan.some(({ option }) => option !== 'keep');
      const saving = decimal(stack.savingUsd.base ?? '0');
      expect(isChanged || compare(saving, ZERO) === 0).toBe(true);
      const required = deployments.filter(
        ({ verdict }) => hasPlan && verdict === 'keep (required)',
      );
      for (const { id } of required) {
        expect(stack.bestPlan.find(({ deployment }) => deployment === id)?.option).toBe('keep');
        for (const { keeps } of stack.options) expect(keeps).toContain(id);
      }
    });
  },
  TIMEOUT_MS,
);

test(
  'every option compared with keeping has a price, also beside a deployment without two sides',
  () => {
    let mixed = 0;
    const world = (draw: fc.GeneratorValue) => makeContracted(draw, makeMostlyBilled(draw));
    const law = (draw: fc.GeneratorValue) => {
      const { economics, verdict, audit } = decided(world(draw), audited(world(draw)));
      const { contested, plan, wholes } = verdict.stack;
      const subjects = verdict.deployments.flatMap(({ id, subject }) =>
        subject === undefined ? [] : [{ deployment: id, choice: subject }],
      );
      const picks = [contested, plan.picks, subjects, ...wholes.map((each) => each.plan.picks)];
      const unpriced = picks.flat().filter(({ deployment, choice }) => {
        const found = economics.deployments.find(({ id }) => id === deployment);
        return found === undefined || optionCost(found, choice) === undefined;
      });
      expect(unpriced).toEqual([]);
      const sides = new Set(economics.deployments.map(({ lacks }) => lacks === undefined));
      const result = [...audit.sensitivity, ...audit.stack.flips];
      expect(sides.has(true) ? [] : result).toEqual([]);
      if (sides.size === 2) mixed += 1;
    };
    fc.assert(fc.property(fc.gen(), law), MIXED_RUNS);
    expect(mixed).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);
