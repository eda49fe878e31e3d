/** Spend that several deployments share is saved only where all of them leave it. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decimal, exact, ONE, subtract } from '../../src/domain/exact.ts';
import type { DeploymentInput, StackInput } from '../../src/economics/input.ts';
import type { Choice, OptionName } from '../../src/economics/offer.ts';
import { BASE_ASSUMPTIONS, findOffer, optionCost } from '../../src/economics/options.ts';
import { bestPlan, planUsd } from '../../src/economics/plan.ts';
import type { StackEconomics } from '../../src/economics/result.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { stackInPlan } from '../../src/economics/sharedInPlan.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { decide } from '../../src/verdict/decide.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import { printAudit } from '../../src/verdict/document/document.ts';
import { comparePlan } from '../../src/verdict/sensitivity/planComparison.ts';
import { findSchemaFaults } from '../support/jsonSchema.ts';
import { rate } from './marketFixture.ts';
import {
  charge,
  deployment,
  hosted,
  type UsageInterval,
  money,
  price,
  series,
  six,
  stack,
} from './stackFixture.ts';
import { ACTING } from '../support/acting.ts';

const SCHEMA: unknown = JSON.parse(
  readFileSync(new URL('../../docs/audit.schema.json', import.meta.url), 'utf8'),
);
const MILLION = 1_000_000;
const FREE = { low: decimal('0'), base: decimal('0'), high: decimal('0') };
const NO_HOURS = { fixedHours: FREE, hoursPerDeployment: FREE };
/** $1.50 an hour for four hours, and a disk. */
const HOURS = { from: 0, to: 4, quantity: decimal('4'), unit: 'Hours', gpuCount: 1 } as const;
const POD = charge({ usd: '6', ...HOURS });
const DISK = charge({ usd: '1', from: 0, to: 4, category: 'storage' });

/** Half of the pod each, $0.50 at the provider. */
function sharer(id: string, more: Partial<DeploymentInput> = {}): DeploymentInput {
  const rows: UsageInterval[] = [0, 1, 2, 3].map((at) => ({
    at,
    uncached: MILLION,
    replicaS: 3600,
    busyS: 3600,
  }));
  return deployment({
    id,
    gpu: { type: 'A100-80GB', count: 1, share: exact(1n, 2n) },
    resources: [{ sourceId: 'bill', id: 'pod-1' }],
    capacity: { tokensPerSecond: decimal('10000') },
    hosted: hosted({ fee: decimal('0') }),
    usage: series(rows),
    ...more,
  });
}

function weighed(overrides: Partial<StackInput> = {}): StackEconomics {
  const input = stack({
    charges: [POD],
    deployments: [sharer('a'), sharer('b')],
    prices: [price({ host: 'x', input: '0.125', output: '1' })],
    ...overrides,
  });
  const labor = { ...input.labor, selfHosted: NO_HOURS, hosted: NO_HOURS };
  return weighStack({ ...input, labor });
}

function costs(economics: StackEconomics, option: OptionName) {
  return economics.deployments.map((each) => six(optionCost(each, option)?.usd));
}

const picks = (...choices: readonly Choice[]) =>
  choices.map((choice, at) => ({ deployment: 'ab'.charAt(at), choice }));

describe('a pod that two deployments share', () => {
  test('still costs its part where one of them is deleted', () => {
    const economics = weighed();
    expect(costs(economics, 'keep')).toEqual(['3.000000', '3.000000']);
    expect(costs(economics, 'delete')).toEqual(['3.500000', '3.500000']);
    const plans = [picks('keep', 'keep'), picks('delete', 'keep'), picks('delete', 'delete')];
    expect(plans.map((plan) => six(planUsd(economics, plan)))).toEqual([
      '6.000000',
      '6.500000',
      '1.000000',
    ]);
  });

  test('is released by the best plan with both of them, or with neither', () => {
    const economics = weighed();
    const best = bestPlan(economics, { kept: new Set() });
    expect([six(best.usd), ...best.picks.map(({ choice }) => choice)]).toEqual([
      '1.000000',
      'delete',
      'delete',
    ]);
    const held = bestPlan(economics, { kept: new Set(['b']) });
    expect([six(held.usd), ...held.picks.map(({ choice }) => choice)]).toEqual([
      '6.000000',
      'keep',
      'keep',
    ]);
  });

  test('is not made smaller by a right size or a hybrid of one of them', () => {
    const rightSize = { headroom: ONE, minReplicas: 0 };
    const rows = [0, 1, 2, 3].map((at) => ({
      at,
      uncached: at === 0 ? MILLION : 0,
      replicaS: 3600,
    }));
    const idle = sharer('a', { rightSize, usage: series(rows) });
    const economics = weighed({ deployments: [idle, sharer('b')] });
    expect(costs(economics, 'right-size')[0]).toBe('3.000000');
    expect(economics.deployments[0]?.hybrid.plans.map(({ paidGpuUsd }) => six(paidGpuUsd))).toEqual(
      ['3.000000', '6.000000'],
    );
  });

  test('stays where one of them moves, and its disk stays where both do', () => {
    const economics = weighed({
      charges: [POD, DISK],
      rates: [rate({ provider: 'y', usd: '0.25' })],
    });
    // Half of four GPU-hours at $0.25, half of the disk, and half of the pod.
    expect(costs(economics, 'move')).toEqual(['4.000000', '4.000000']);
    expect(six(planUsd(economics, picks('move', 'move')))).toBe('2.000000');
    // Neither needs the pod; the other one still needs the disk.
    expect(six(planUsd(economics, picks('move', 'delete')))).toBe('2.000000');
    expect(six(planUsd(economics, picks('delete', 'delete')))).toBe('1.000000');
  });

  test('is not a commitment that is left: what stays goes on using it', () => {
    const commitments = [{ sourceId: 'bill', usdPerMonth: money('6000'), untilMs: 4e12 }];
    const economics = weighed({ commitments });
    const stranded = (of: StackEconomics) =>
      of.deployments.map((each) => six(optionCost(each, 'delete')?.strandedUsd));
    expect(stranded(economics)).toEqual(['0.000000', '0.000000']);
    expect(stranded(stackInPlan(economics, picks('delete', 'delete')))).toEqual([
      '3.000000',
      '3.000000',
    ]);
  });

  test('moves with the GPU rate on both sides', () => {
    const economics = weighed();
    const world = { ...BASE_ASSUMPTIONS, ownGpu: decimal('2') };
    const [a] = economics.deployments;
    const usd = (option: OptionName) => a && optionCost(a, option, world)?.usd;
    expect([six(usd('keep')), six(usd('delete'))]).toEqual(['6.000000', '6.500000']);
    expect(a?.breakEven.gpuUsdPerHour).toBeUndefined();
  });

  test('is in the probability of one option alone, but not of both', () => {
    const economics = weighed();
    const [alone, both] = [economics, stackInPlan(economics, picks('delete', 'delete'))].map(
      (of) => {
        const [a] = of.deployments;
        return (a && findOffer(a, 'delete')?.days.ownUsd.reduce((sum, usd) => sum + usd, 0)) ?? NaN;
      },
    );
    expect([alone, both]).toEqual([3, 0]);
    const { savingIn } = comparePlan(economics, picks('delete', 'delete'));
    expect(six(savingIn(BASE_ASSUMPTIONS))).toBe('5.000000');
  });
});

test('a plan is computed where every two of a fleet share a pod', () => {
  const ids = 'abcdefghijklmnop'.split('');
  const pairs = ids.flatMap((a, at) => ids.slice(at + 1).map((b) => [a, b] as const));
  const pods = ids.map((id) =>
    pairs.flatMap((pair, at) => (pair.includes(id) ? [{ sourceId: 'bill', id: `pod-${at}` }] : [])),
  );
  const economics = weighed({
    charges: pairs.map((_, at) =>
      charge({
        resourceId: `pod-${at}`,
        usd: '6',
        from: 0,
        to: 4,
        quantity: decimal('4'),
        unit: 'Hours',
      }),
    ),
    deployments: ids.map((id, at) => sharer(id, { resources: pods[at] ?? [] })),
  });
  const plan = bestPlan(economics, { kept: new Set() });
  // $0.50 at the provider each; a single one that stays goes on paying for 15 pods with each other.
  expect(new Set(plan.picks.map(({ choice }) => choice))).toEqual(new Set(['delete']));
  expect(plan.picks.map(({ deployment: id }) => id)).toEqual(ids);
  expect(six(plan.usd)).toBe('8.000000');
  const oneStays = bestPlan(economics, { kept: new Set(['c']) });
  expect(six(oneStays.usd)).toBe(six(planUsd(economics, oneStays.picks)));
});

test('the audit reports what is shared and with whom, and its parts sum to the plan', () => {
  const economics = weighed();
  const verdict = decide(economics, {
    policy: {
      minProbability: decimal('0.5'),
      reversalSavingShare: decimal('0.3'),
      draws: 40,
      minSavingUsd: decimal('1'),
      minSavingShare: decimal('0.15'),
      minCoverage: decimal('0'),
      maxUnattributedShare: ONE,
    },
    chance: seededRandom('seed'),
  });
  const identity = {
    quarter: null,
    partial: false,
    asOfMs: 0,
    runId: 'run',
    inputsDigest: 'a'.repeat(64),
    codeVersion: '0',
  };
  const { audit } = printAudit({
    economics,
    verdict,
    identity,
    sentences: AUDIT_SENTENCES,
    acting: ACTING,
  });
  expect(findSchemaFaults(JSON.parse(JSON.stringify(audit)), SCHEMA, SCHEMA)).toEqual([]);
  const [a] = audit.deployments;
  expect(a?.sharedRent).toEqual([{ with: ['b'], usd: '3.000000' }]);
  const options = new Map(a?.options.map((each) => [each.option, each]));
  expect(options.get('delete')).toMatchObject({
    costUsd: '3.500000',
    sharedUsd: '3.000000',
    savingUsd: '-0.500000',
  });
  expect(options.get('keep')).not.toHaveProperty('sharedUsd');
  expect(audit.stack).toMatchObject({ keepUsd: '6.000000', bestPlanUsd: '1.000000' });
  const best = audit.stack.options.find(({ option }) => option === 'best plan');
  expect(best).toMatchObject({ gpuUsd: '0.000000', hostedUsd: '1.000000', laborUsd: '0.000000' });
  const steps = audit.stack.steps.filter(({ action }) => action === 'delete');
  expect(steps.map(({ savingUsd }) => savingUsd)).toEqual(['2.500000', '2.500000']);
  expect(six(subtract(decimal('6'), decimal('1')))).toBe(audit.stack.savingUsd.base);
});
