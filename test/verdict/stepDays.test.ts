/** Tests who carries out a step, by when, and what depends on it. */

import { describe, expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { DAY_MS } from '../../src/domain/period.ts';
import type { CommitmentInput } from '../../src/economics/input.ts';
import type { StepAssignments } from '../../src/verdict/steps/stepTerms.ts';
import {
  pointRange,
  charge,
  deployment,
  hour,
  LABOR,
  money,
  POD,
  price,
} from '../economics/stackFixture.ts';
import { computeVerdict, type VerdictOptions } from './verdictFixture.ts';

const NAMED: Partial<StepAssignments> = {
  owner: 'platform',
  owners: new Map([['chat', 'chat-team']]),
  commitmentOwners: new Map([[0, 'procurement']]),
};
const EXPENSIVE = [price({ host: 'host-a', input: '90', output: '90' })];

/** Half of the spend is committed until the end of November, with ten days of notice. */
const HALF: CommitmentInput = {
  sourceId: 'bill',
  usdPerMonth: money('558'),
  untilMs: Date.UTC(2026, 11, 1),
  noticeMs: 10 * DAY_MS,
};

function stepsOf(options: VerdictOptions) {
  return computeVerdict({ policy: { draws: 50 }, ...options }).audit.stack.steps;
}

const oneOf = (request: VerdictOptions, action: string) =>
  stepsOf(request).find((step) => step.action === action);

describe('the owner', () => {
  const labor = {
    ...LABOR,
    selfHosted: { ...LABOR.selfHosted, fixedHours: pointRange('10') },
  };

  test('of a change is that of the deployment, of a notice that of the commitment', () => {
    const steps = stepsOf({ acting: NAMED, stack: { labor, commitments: [HALF] } });
    expect(steps.map(({ action, owner }) => [action, owner])).toEqual([
      ['stop-operations', 'platform'],
      ['delete', 'chat-team'],
      ['renegotiate', 'procurement'],
    ]);
  });

  test('is that of the whole stack where a deployment has none, and absent without one', () => {
    const { owner: _, ...unowned } = NAMED;
    const bare = { ...unowned, owners: new Map(), commitmentOwners: new Map() };
    const options = { stack: { commitments: [HALF] } };
    const owners = (acting: Partial<StepAssignments>) =>
      stepsOf({ ...options, acting }).map((step) => step.owner);
    expect(owners({ ...bare, owner: 'platform' })).toEqual(['platform', 'platform']);
    expect(owners(bare)).toEqual([null, null]);
  });

  test("of a waiver is the person who granted it, of evidence the deployment's owner", () => {
    const waiver = { reason: 'residency', owner: 'legal', expiresMs: hour(6) };
    const waived = { stack: { deployments: [deployment({ waiver })] }, acting: NAMED };
    expect(oneOf(waived, 'renew-waiver')?.owner).toBe('legal');
    const lacking = stepsOf({ stack: { prices: [] }, acting: NAMED });
    expect(lacking.map((step) => [step.deployment, step.owner])).toEqual([
      [null, 'platform'],
      ['chat', 'chat-team'],
    ]);
    const stray = charge({ usd: '2', from: 0, to: 4, resourceId: 'stray' });
    const lost = { stack: { charges: [POD, stray] }, acting: NAMED };
    expect(oneOf(lost, 'attribute')?.owner).toBe('platform');
  });
});

describe('the last day', () => {
  const on = (year: number, month: number, day: number) => {
    const todayMs = Date.UTC(year, month - 1, day);
    return { todayMs, actByMs: todayMs + 30 * DAY_MS };
  };
  const changed = { stack: { commitments: [HALF] } };

  test('of a change is the day of the policy, or that of a notice that comes first', () => {
    expect(oneOf({ ...changed, acting: on(2026, 10, 5) }, 'delete')?.by).toBe('2026-11-04');
    expect(oneOf({ ...changed, acting: on(2026, 11, 5) }, 'delete')?.by).toBe('2026-11-20');
    expect(oneOf({ ...changed, acting: on(2026, 11, 21) }, 'delete')?.by).toBe('2026-12-21');
  });

  test.each([
    [on(2026, 10, 5), '2026-11-20', null],
    [on(2026, 11, 20), '2026-11-20', null],
    [on(2026, 11, 21), '2026-11-30', '2026-11-20'],
    [on(2026, 12, 1), '2026-12-31', '2026-11-20'],
  ])('of a notice is as agreed, and the next possible one after it', (acting, by, missed) => {
    expect(oneOf({ ...changed, acting }, 'renegotiate')).toMatchObject({ by, missed });
  });

  test('of a contract without notice is its own last one; a rolling one has none', () => {
    const { noticeMs: _, ...plain } = HALF;
    const { untilMs: __, ...rolling } = { ...HALF, noticeMs: 30 * DAY_MS };
    const of = (commitment: CommitmentInput) =>
      oneOf({ stack: { commitments: [commitment] }, acting: on(2026, 10, 5) }, 'renegotiate');
    expect(of(plain)).toMatchObject({ by: '2026-11-30', missed: null });
    expect(of(rolling)).toMatchObject({ by: '2026-11-04', missed: null });
  });

  test('of a waiver is the last one on which it applies', () => {
    const waiver = { reason: 'residency', owner: 'legal', expiresMs: Date.UTC(2026, 6, 1, 4) };
    const stack = { deployments: [deployment({ waiver })] };
    const of = (acting: Partial<StepAssignments>) => oneOf({ stack, acting }, 'renew-waiver');
    expect(of(on(2026, 6, 30))).toMatchObject({ by: '2026-06-30', missed: null });
    expect(of(on(2026, 7, 1))).toMatchObject({ by: '2026-07-31', missed: '2026-06-30' });
  });

  test('hosted API access is set up by the first change, and operations stop with the last', () => {
    const labor = {
      ...LABOR,
      selfHosted: { ...LABOR.selfHosted, fixedHours: pointRange('10') },
      hosted: { ...LABOR.hosted, fixedHours: pointRange('1') },
    };
    const deployments = [
      deployment(),
      deployment({ id: 'code', resources: [{ sourceId: 'other', id: 'pod-2' }] }),
    ];
    const second = charge({ sourceId: 'other', usd: '6', from: 0, to: 4, resourceId: 'pod-2' });
    const charges = [POD, second];
    const steps = stepsOf({
      stack: { labor, deployments, charges, commitments: [HALF] },
      acting: on(2026, 11, 5),
    });
    const days = new Map(steps.map((step) => [step.detail?.code, step.by]));
    expect([days.get('start-hosting'), days.get('stop-operations')]).toEqual([
      '2026-11-20',
      '2026-12-05',
    ]);
  });
});

describe('what depends on a step', () => {
  test('is what a waiver costs the best plan, alone and beside others', () => {
    const labor = { ...LABOR, selfHosted: { ...LABOR.selfHosted, fixedHours: pointRange('10') } };
    const waiver = { reason: 'residency', owner: 'legal', expiresMs: hour(6) };
    const { audit } = computeVerdict({ stack: { labor, deployments: [deployment({ waiver })] } });
    const [step] = audit.stack.steps;
    // $6.374175 of its own and the $10.00 that operating anything costs.
    expect([step?.action, step?.stakeUsd]).toEqual(['renew-waiver', '16.374175']);
    expect(audit.stack.requiredCostUsd).toBe('16.374175');
  });

  test('of a waiver is not known without another price', () => {
    const waiver = { reason: 'residency', owner: 'legal', expiresMs: hour(6) };
    const stack = { prices: [], deployments: [deployment({ waiver })] };
    expect(oneOf({ stack }, 'renew-waiver')?.stakeUsd).toBeNull();
  });

  test('is the undecided spend, and zero where nothing is billed', () => {
    expect(oneOf({ stack: { prices: [] } }, 'get-evidence')?.stakeUsd).toBe('6.000000');
    const stray = charge({ usd: '2', from: 0, to: 4, resourceId: 'stray' });
    expect(oneOf({ stack: { charges: [POD, stray] } }, 'attribute')?.stakeUsd).toBe('2.000000');
    expect(oneOf({ stack: { charges: [] } }, 'get-evidence')?.stakeUsd).toBeNull();
  });

  test('puts the largest first, and the review of all last', () => {
    const waiver = { reason: 'residency', owner: 'legal', expiresMs: hour(6) };
    const code = { id: 'code', resources: [{ sourceId: 'bill', id: 'pod-2' }], waiver };
    const steps = stepsOf({
      policy: { draws: 50, minSavingUsd: decimal('50') },
      stack: {
        deployments: [deployment({ waiver }), deployment(code)],
        charges: [POD, charge({ usd: '9', from: 0, to: 4, resourceId: 'pod-2' })],
      },
    });
    expect(steps.map(({ deployment: id, action, stakeUsd }) => [id, action, stakeUsd])).toEqual([
      ['code', 'renew-waiver', '9.374175'],
      ['chat', 'renew-waiver', '6.374175'],
      [null, 'review', '15.000000'],
    ]);
  });

  test('is nothing for a change, which has a saving; every step has a day', () => {
    for (const options of [{}, { stack: { prices: EXPENSIVE } }, { stack: { prices: [] } }]) {
      const steps = stepsOf(options);
      expect(steps.length).toBeGreaterThan(0);
      const saving = steps.filter(({ savingUsd }) => savingUsd !== '0.000000');
      expect(saving.filter(({ stakeUsd }) => stakeUsd !== null)).toEqual([]);
      for (const { by } of steps) expect(by).toMatch(/^2026-/);
    }
  });
});
