/** Tests the next steps: changes with dollars that sum to the plan's saving, then steps without. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, sum } from '../../src/domain/exact.ts';
import { usdText } from '../../src/domain/money.ts';
import type { LaborInput } from '../../src/economics/input.ts';
import { findOffer } from '../../src/economics/options.ts';
import { weighStack } from '../../src/economics/stack.ts';
import type { AuditStep } from '../../src/verdict/auditDecision.ts';
import { printSteps } from '../../src/verdict/document/documentConsequences.ts';
import { buildSteps, toChangeDetail } from '../../src/verdict/steps/steps.ts';
import {
  pointRange,
  charge,
  deployment,
  hour,
  LABOR,
  money,
  POD,
  price,
  stack,
} from '../economics/stackFixture.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import { ACTING } from '../support/acting.ts';
import { computeVerdict, type VerdictOptions } from './verdictFixture.ts';

function stepsOf(options: VerdictOptions = {}) {
  const { economics, verdict, audit } = computeVerdict({ policy: { draws: 100 }, ...options });
  const { decided: plan, missing } = verdict.stack;
  const savingUsd = audit.stack.decision?.savingUsd ?? null;
  const terms = {
    plan,
    stack: {
      verdict: verdict.stack.verdict,
      savingUsd,
      spendUsd: audit.totals.spendUsd,
      missing,
      fixed: verdict.stack.fixed,
    },
    deployments: verdict.deployments,
    printed: audit.deployments,
    contractEnds: verdict.stack.contractEnds,
    acting: { ...ACTING, ...options.acting },
  };
  const found = printSteps(buildSteps(economics, terms), AUDIT_SENTENCES);
  return { found, savingUsd, plan, audit, verdict };
}

const totalOf = (found: readonly AuditStep[]) =>
  usdText(sum(found.map(({ savingUsd }) => decimal(savingUsd))));
const only = (found: readonly AuditStep[], action: AuditStep['action']) =>
  found.filter((step) => step.action === action);

/** Hours at $1 that exist once for the stack. */
function fixedLabor(selfHosted: string, hosted: string): LaborInput {
  return {
    ...LABOR,
    selfHosted: { ...LABOR.selfHosted, fixedHours: pointRange(selfHosted) },
    hosted: { ...LABOR.hosted, fixedHours: pointRange(hosted) },
  };
}

describe('the changes of a plan', () => {
  test('a deployment that is dropped sends its tokens to its provider', () => {
    const { found, savingUsd } = stepsOf();
    expect(found).toEqual([
      {
        deployment: 'chat',
        action: 'delete',
        text: 'Delete chat and send its tokens to host-a through market.',
        detail: { code: 'delete', deployment: 'chat', host: 'host-a', source: 'market' },
        owner: null,
        savingUsd: '6.374175',
        stakeUsd: null,
        by: '2026-11-04',
        missed: null,
      },
    ]);
    expect(savingUsd).toBe('6.374175');
  });

  test('labor that exists once is removed or added, the largest saving first', () => {
    const { found } = stepsOf({ stack: { labor: fixedLabor('10', '2') } });
    expect(found.map(({ action, savingUsd }) => [action, savingUsd])).toEqual([
      ['stop-operations', '10.000000'],
      ['delete', '6.374175'],
      ['start-hosting', '-2.000000'],
    ]);
  });

  test('operations go on where anything stays', () => {
    const stays = { reason: 'residency', owner: 'legal' };
    const deployments = [
      deployment(),
      deployment({ id: 'code', resources: [{ sourceId: 'bill', id: 'pod-2' }], waiver: stays }),
    ];
    const charges = [POD, charge({ usd: '6', from: 0, to: 4, resourceId: 'pod-2' })];
    const labor = fixedLabor('10', '2');
    const { found } = stepsOf({ stack: { deployments, charges, labor } });
    expect(only(found, 'stop-operations')).toEqual([]);
    expect(only(found, 'start-hosting')).toHaveLength(1);
  });

  test('a plan that keeps everything is reviewed with the next report', () => {
    const { found, plan } = stepsOf({
      stack: { prices: [price({ host: 'host-a', input: '90', output: '90' })] },
    });
    expect(plan.picks).toEqual([{ deployment: 'chat', choice: 'keep' }]);
    expect(found).toEqual([
      {
        deployment: null,
        action: 'review',
        text: 'Keep everything as it is, and review the decision with the 2026-Q4 report.',
        detail: { code: 'review', verdict: 'keep', quarter: '2026-Q4' },
        owner: null,
        savingUsd: '0.000000',
        stakeUsd: '6.000000',
        by: '2026-12-31',
        missed: null,
      },
    ]);
  });

  test('a pod is switched off in the hours that need none', () => {
    const rightSize = { headroom: decimal('0.8'), minReplicas: 0 };
    const prices = [price({ host: 'host-a', input: '90', output: '90' })];
    const { found } = stepsOf({ stack: { prices, deployments: [deployment({ rightSize })] } });
    const [step] = only(found, 'right-size');
    expect(step?.text).toContain(
      'Switch chat off in its 1 paid hour without load, and run at most 1 replica otherwise.',
    );
    expect(step?.savingUsd).toBe('1.500000');
  });

  test('what is not advised is not a step', () => {
    const { found, verdict, savingUsd, audit } = stepsOf({
      policy: { draws: 100, minSavingUsd: decimal('1000') },
    });
    expect(verdict.deployments[0]?.verdict).toBe('too small to act on');
    expect(found.map(({ text }) => text)).toEqual([
      'Change nothing yet, and review the decision with the 2026-Q4 report.',
    ]);
    expect([savingUsd, audit.stack.savingUsd.base]).toEqual(['0.000000', '6.374175']);
  });

  test('what is changed only with the rest of the plan says so', () => {
    const [chat] = weighStack(stack()).deployments;
    if (chat === undefined) throw new Error('the worked example has a deployment');
    const result = { option: 'delete', alone: 'too small to act on' } as const;
    const detail = toChangeDetail(chat, 'delete', { ...result, because: 'with-the-plan' });
    expect(detail).toMatchObject({ code: 'delete', alone: 'too small to act on' });
    expect(AUDIT_SENTENCES.step(detail)).toBe(
      'Delete chat and send its tokens to host-a through market. Do this only with the rest of ' +
        'the plan. Its verdict alone is "too small to act on".',
    );
    const advised = toChangeDetail(chat, 'delete', {
      option: 'delete',
      alone: 'delete',
      because: 'advised',
    });
    expect(advised).not.toHaveProperty('alone');
  });

  test('the dollars of the steps sum to the saving of the plan, to the millionth', () => {
    const third = fc.integer({ min: 1, max: 90_000 }).map((n) => (n / 7919).toFixed(7));
    const cases = fc.record({
      usd: fc.array(third, { minLength: 1, maxLength: 3 }),
      fixed: fc.tuple(third, third),
      rate: third,
      input: third,
    });
    fc.assert(
      fc.property(cases, ({ usd, fixed, rate, input }) => {
        const labor = { ...fixedLabor(...fixed), loadedUsdPerHour: decimal(rate) };
        const ids = usd.map((_, at) => `pod-${at}`);
        const { found, savingUsd } = stepsOf({
          policy: { draws: 10 },
          stack: {
            labor,
            prices: [price({ host: 'host-a', input, output: '0.3' })],
            charges: ids.map((resourceId, at) =>
              charge({ usd: usd[at] ?? '1', from: 0, to: 4, resourceId }),
            ),
            deployments: ids.map((id) => deployment({ id, resources: [{ sourceId: 'bill', id }] })),
          },
        });
        expect(totalOf(found)).toBe(savingUsd);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a change is described as an action', () => {
  test.each([
    [
      'hybrid',
      { replicas: 2 },
      'Cap chat at 2 replicas and send the overflow to host-a through market',
    ],
    [
      'right-size',
      { mostReplicas: 3, hoursOff: 0 },
      'Run at most 3 replicas of chat, and only what each hour needs',
    ],
    [
      'move',
      { provider: 'far', usdPerGpuHour: decimal('1.1'), ownUsdPerGpuHour: decimal('1.5') },
      'Move chat to far for $1.10 instead of $1.50 a GPU-hour',
    ],
    [
      'serverless',
      { starts: 1200, workerHours: decimal('87.6') },
      'Run chat on serverless GPUs: 1,200 starts and 88 worker-hours in a period like this one',
    ],
    ['serverless', {}, 'Run chat on serverless GPUs'],
  ] as const)('%s', (choice, detail, words) => {
    const [chat] = weighStack(stack()).deployments;
    const keep = chat && findOffer(chat, 'keep');
    if (chat === undefined || keep === undefined) throw new Error('the worked example keeps chat');
    const offers = { ...chat.offers, [choice]: { ...keep, detail } };
    const result = toChangeDetail({ ...chat, offers }, choice, undefined);
    expect(AUDIT_SENTENCES.step(result)).toBe(`${words}.`);
  });
});

describe('steps without dollars', () => {
  test('a commitment that the plan leaves is to be renegotiated before its last day', () => {
    const commitments = [
      { sourceId: 'bill', usdPerMonth: money('310'), untilMs: Date.UTC(2026, 8, 1) },
    ];
    const { found, savingUsd, audit } = stepsOf({
      stack: { commitments, labor: fixedLabor('2000', '0') },
    });
    const stranded = audit.deployments[0]?.options.find(({ option }) => option === 'delete');
    expect(stranded?.strandedUsd).toBe('1.666667');
    const [step] = only(found, 'renegotiate');
    expect(step).toEqual({
      deployment: null,
      action: 'renegotiate',
      text:
        'Renegotiate the commitment with bill before 2026-08-31, or let it run out. ' +
        'In the next period, the plan leaves $1.67 unused. The remaining commitment ' +
        'is $618.',
      detail: {
        code: 'renegotiate',
        source: 'bill',
        until: '2026-08-31',
        strandedUsd: '1.666667',
        committedUsd: '618.333333',
        endsInNextWindow: false,
      },
      owner: null,
      savingUsd: '0.000000',
      stakeUsd: '1.666667',
      by: '2026-11-04',
      missed: '2026-08-31',
    });
    expect(totalOf(found)).toBe(savingUsd);
  });

  test('one that ends within the next window has that much unused until its end', () => {
    const commitments = [{ sourceId: 'bill', usdPerMonth: money('310'), untilMs: hour(6) }];
    const { found } = stepsOf({ stack: { commitments, labor: fixedLabor('2000', '0') } });
    expect(only(found, 'renegotiate')[0]?.text).toContain(
      'Until then, the plan leaves $0.83 of the committed $0.83 unused.',
    );
  });

  test('a commitment that stays in use needs no step', () => {
    const commitments = [
      { sourceId: 'bill', usdPerMonth: money('310'), untilMs: Date.UTC(2026, 8, 1) },
    ];
    const waiver = { reason: 'residency', owner: 'legal' };
    const { found } = stepsOf({ stack: { commitments, deployments: [deployment({ waiver })] } });
    expect(only(found, 'renegotiate')).toEqual([]);
  });

  const SOON = [
    { expiresMs: hour(6), ends: 'expires', expired: false },
    { expiresMs: hour(4), ends: 'expired', expired: true },
  ];

  test.each(SOON)('the owner of a waiver that $ends is asked', ({ expiresMs, ends, expired }) => {
    const waiver = { reason: 'residency', owner: 'legal', expiresMs };
    const { found } = stepsOf({ stack: { deployments: [deployment({ waiver })] } });
    expect(only(found, 'renew-waiver')).toEqual([
      {
        deployment: 'chat',
        action: 'renew-waiver',
        text:
          'Ask legal whether chat must stay self-hosted (residency). Its waiver ' +
          `${ends} on 2026-07-01.`,
        detail: {
          code: 'renew-waiver',
          deployment: 'chat',
          owner: 'legal',
          reason: 'residency',
          expires: '2026-07-01',
          expired,
        },
        owner: 'legal',
        savingUsd: '0.000000',
        stakeUsd: '6.374175',
        by: '2026-11-04',
        missed: '2026-06-30',
      },
    ]);
  });

  test('a waiver that is valid for longer than another window, or for good, needs no step', () => {
    for (const expiry of [{ expiresMs: hour(9) }, {}]) {
      const waiver = { reason: 'residency', owner: 'legal', ...expiry };
      const { found } = stepsOf({ stack: { deployments: [deployment({ waiver })] } });
      expect(only(found, 'renew-waiver')).toEqual([]);
    }
  });

  test('too much unattributed spend is to be matched, and has its own action', () => {
    const charges = [POD, charge({ usd: '2', from: 0, to: 4, resourceId: 'stray' })];
    const { found } = stepsOf({ stack: { charges } });
    expect(only(found, 'attribute').map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Spend of \$2\.00 \(25%\) is not attributed to any deployment/),
    ]);
    expect(only(found, 'get-evidence')).toEqual([]);
  });

  test('missing inputs are to be provided, each once', () => {
    const { found, verdict } = stepsOf({ stack: { prices: [] }, policy: { draws: 100 } });
    const evidence = only(found, 'get-evidence');
    expect(verdict.stack.verdict).toBe('not enough evidence');
    expect(new Set(evidence.map(({ text }) => text)).size).toBe(evidence.length);
    expect(evidence.map(({ text }) => text).join()).toContain('No hosted price is known for chat');
    expect(evidence.every(({ savingUsd }) => savingUsd === '0.000000')).toBe(true);
  });
});
