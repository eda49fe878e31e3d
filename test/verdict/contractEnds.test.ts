/** Tests what a change saves once its contract has ended, and the day to decide by. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { withoutEndedCommitments } from '../../src/economics/scenarios.ts';
import type { CommitmentInput } from '../../src/economics/input.ts';
import { OPTIONS } from '../../src/economics/offer.ts';
import { BASE_ASSUMPTIONS, optionCost } from '../../src/economics/options.ts';
import { weighStack } from '../../src/economics/stack.ts';
import {
  charge,
  deployment,
  hosted,
  money,
  NO_LABOR,
  POD,
  price,
  stack,
} from '../economics/stackFixture.ts';
import { computeVerdict, type VerdictOptions } from './verdictFixture.ts';

const NOVEMBER = Date.UTC(2026, 10, 1);
const DECEMBER = Date.UTC(2026, 11, 1);

/** $1,116 a month are $6.00 in the four hours of the next window: all that the pod costs. */
const ALL: CommitmentInput = { sourceId: 'bill', usdPerMonth: money('1116'), untilMs: DECEMBER };

function endsOf(
  commitments: readonly CommitmentInput[],
  parts: VerdictOptions['stack'] = {},
  options: VerdictOptions = {},
) {
  const whole = { labor: NO_LABOR, commitments, ...parts };
  const { audit } = computeVerdict({ policy: { draws: 50 }, ...options, stack: whole });
  return { ends: audit.stack.afterContracts, audit };
}

describe('a contract that delays a change', () => {
  test('states what the change saves after it, and what it would save today', () => {
    const { ends, audit } = endsOf([{ ...ALL, noticeMs: 10 * 86_400_000 }]);
    expect(audit.stack.verdict).toBe('keep');
    expect(ends).toEqual([
      {
        source: 'bill',
        id: null,
        until: '2026-11-30',
        noticeBy: '2026-11-20',
        decideBy: '2026-11-20',
        deployments: ['chat'],
        plan: [{ deployment: 'chat', option: 'delete' }],
        // $6.00 are paid and $2.125825 charged; today the $6.00 would be paid as well.
        savingUsd: '3.874175',
        todayUsd: '-2.125825',
      },
    ]);
    expect(ends?.[0]?.savingUsd).toBe(audit.stack.outlook?.afterContracts?.bestSavingUsd);
  });

  test('is reported where the change pays today already, and saves less than after it', () => {
    // $2.50 of the next window.
    const less = { ...ALL, usdPerMonth: money('465') };
    const { ends, audit } = endsOf([less]);
    expect(audit.stack.verdict).toBe('delete');
    expect(ends).toMatchObject([{ savingUsd: '3.874175', todayUsd: '1.374175' }]);
  });

  test('has no end where it rolls on', () => {
    const { untilMs: _, ...rolling } = ALL;
    const { ends } = endsOf([{ ...rolling, noticeMs: 30 * 86_400_000 }]);
    expect(ends).toMatchObject([
      { until: null, noticeBy: null, decideBy: null, savingUsd: '3.874175' },
    ]);
  });

  test('is decided by its end where notice can no longer be given, and then not at all', () => {
    const noticeMs = 50 * 86_400_000;
    const days = { noticeBy: '2026-10-11', decideBy: '2026-10-11' };
    expect(endsOf([{ ...ALL, noticeMs }]).ends).toMatchObject([days]);
    const on = (todayMs: number) =>
      endsOf([{ ...ALL, noticeMs }], {}, { acting: { todayMs } }).ends?.[0]?.decideBy;
    expect(on(Date.UTC(2026, 9, 11))).toBe('2026-10-11');
    expect(on(Date.UTC(2026, 9, 12))).toBe('2026-11-30');
    expect(on(Date.UTC(2026, 11, 1))).toBeNull();
  });

  test('is left out where the delayed saving is too small to act on, or nothing', () => {
    expect(endsOf([ALL], {}, { policy: { minSavingUsd: decimal('4') } }).ends).toEqual([]);
    const prices = [price({ host: 'host-a', input: '90', output: '90' })];
    expect(endsOf([ALL], { prices }).ends).toEqual([]);
    const waiver = { reason: 'residency', owner: 'legal' };
    expect(endsOf([ALL], { deployments: [deployment({ waiver })] }).ends).toEqual([]);
    expect(endsOf([]).ends).toEqual([]);
  });

  test('says nothing without evidence for a verdict', () => {
    const stray = charge({ usd: '6', from: 0, to: 4, resourceId: 'stray' });
    const { ends, audit } = endsOf([ALL], { charges: [POD, stray] });
    expect(audit.stack.verdict).toBe('not enough evidence');
    expect(ends).toEqual([]);
  });
});

describe('who gives notice', () => {
  const notice = { ...ALL, noticeMs: 10 * 86_400_000 };
  const decisions = (todayMs: number, commitments = [notice]) =>
    endsOf(commitments, {}, { acting: { todayMs, actByMs: todayMs + 30 * 86_400_000 } })
      .audit.stack.steps.filter(({ action }) => action === 'decide-contract')
      .map(({ by, missed, stakeUsd }) => [by, missed, stakeUsd]);

  test('decides by the last day of notice, else soon, and before the contract ends', () => {
    expect(decisions(Date.UTC(2026, 9, 5))).toEqual([['2026-11-20', null, '3.874175']]);
    expect(decisions(Date.UTC(2026, 10, 21))).toEqual([['2026-11-30', '2026-11-20', '3.874175']]);
    expect(decisions(DECEMBER)).toEqual([]);
  });

  test('decides soon where the contract rolls on', () => {
    const { untilMs: _, ...rolling } = notice;
    expect(decisions(Date.UTC(2026, 9, 5), [rolling])).toEqual([['2026-11-04', null, '3.874175']]);
  });

  test('renegotiates where the plan changes now and leaves something unused', () => {
    const { ends, audit } = endsOf([{ ...ALL, usdPerMonth: money('465') }]);
    expect(ends).toHaveLength(1);
    expect(audit.stack.steps.map(({ action }) => action)).toEqual(['delete', 'renegotiate']);
  });
});

describe('several contracts', () => {
  const code = deployment({ id: 'code', resources: [{ sourceId: 'other', id: 'pod-2' }] });
  const two = {
    deployments: [deployment(), code],
    charges: [POD, charge({ sourceId: 'other', usd: '6', from: 0, to: 4, resourceId: 'pod-2' })],
  };

  test('each release what they cover, the first to end first', () => {
    const commitments = [ALL, { ...ALL, sourceId: 'other', id: 'c-1', untilMs: NOVEMBER }];
    const { ends } = endsOf(commitments, two);
    expect(
      ends?.map(({ source, id, until, deployments }) => [source, id, until, deployments]),
    ).toEqual([
      ['other', 'c-1', '2026-10-31', ['code']],
      ['bill', null, '2026-11-30', ['chat']],
    ]);
    expect(ends?.map(({ savingUsd }) => savingUsd)).toEqual(['3.874175', '3.874175']);
  });

  test('of one deployment release it as far as each goes', () => {
    const parts = [
      { ...ALL, id: 'a', usdPerMonth: money('558'), untilMs: NOVEMBER },
      { ...ALL, id: 'b', usdPerMonth: money('558') },
    ];
    const { ends } = endsOf(parts);
    // $3.00 are still committed when the first has ended, and nothing when both have.
    expect(ends?.map(({ id, savingUsd, todayUsd }) => [id, savingUsd, todayUsd])).toEqual([
      ['b', '3.874175', '-2.125825'],
    ]);
    const { ends: low } = endsOf(
      parts,
      {},
      { policy: { minSavingUsd: decimal('0.5'), minSavingShare: decimal('0.1'), draws: 50 } },
    );
    expect(low?.map(({ id, savingUsd }) => [id, savingUsd])).toEqual([
      ['a', '0.874175'],
      ['b', '3.874175'],
    ]);
  });
});

/** A commitment of so many dollars in the next window, until a day of November. */
const commitment = fc
  .record({
    source: fc.constantFrom('bill', 'other'),
    cents: fc.integer({ min: 1, max: 120_000 }),
    day: fc.integer({ min: 1, max: 28 }),
  })
  .map(
    ({ source, cents, day }): CommitmentInput => ({
      sourceId: source,
      usdPerMonth: money((cents / 50).toFixed(2)),
      untilMs: Date.UTC(2026, 10, day),
    }),
  );

test('a contract that has ended has no effect, to the last digit of every option', () => {
  const worlds = fc.record({
    commitments: fc.array(commitment, { minLength: 1, maxLength: 4 }),
    rents: fc.tuple(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 2000 })),
    input: fc.integer({ min: 1, max: 400 }),
    day: fc.integer({ min: 0, max: 29 }),
  });
  fc.assert(
    fc.property(worlds, ({ commitments, rents, input, day }) => {
      const parts = {
        deployments: [
          deployment(),
          deployment({
            id: 'code',
            hosted: hosted(),
            resources: [
              { sourceId: 'other', id: 'pod-2' },
              { sourceId: 'bill', id: 'pod-3' },
            ],
          }),
        ],
        charges: [
          charge({ usd: (rents[0] / 100).toFixed(2), from: 0, to: 4 }),
          charge({ sourceId: 'other', resourceId: 'pod-2', usd: '4', from: 0, to: 4 }),
          charge({ usd: (rents[1] / 100).toFixed(2), from: 0, to: 4, resourceId: 'pod-3' }),
        ],
        prices: [price({ host: 'host-a', input: (input / 100).toFixed(2), output: '0.3' })],
      };
      const endMs = Date.UTC(2026, 10, day);
      const left = commitments.filter(({ untilMs = 0 }) => untilMs > endMs);
      const whole = weighStack(stack({ ...parts, commitments }));
      const { economics, world } = withoutEndedCommitments(
        whole,
        ({ untilMs }) => untilMs <= endMs,
      );
      const without = weighStack(stack({ ...parts, commitments: left }));
      for (const [at, ended] of economics.deployments.entries()) {
        const never = without.deployments[at];
        if (never === undefined) throw new Error('both have the same deployments');
        for (const option of OPTIONS) {
          if (option === 'hybrid') continue;
          expect(optionCost(ended, option, world)?.usd).toEqual(
            optionCost(never, option, BASE_ASSUMPTIONS)?.usd,
          );
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('after the last end a plan saves what it saves in the same stack without contracts', () => {
  const commitments = fc.array(commitment, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(commitments, (all) => {
      const bound = all.map((each) => ({ ...each, sourceId: 'bill' }));
      const { ends, audit } = endsOf(
        bound,
        {},
        { policy: { draws: 10, minSavingUsd: decimal('0') } },
      );
      const free = computeVerdict({
        policy: { draws: 10, minSavingUsd: decimal('0') },
        stack: { labor: NO_LABOR },
      }).audit;
      expect(audit.stack.outlook?.afterContracts?.bestSavingUsd).toBe(free.stack.savingUsd.base);
      const last = ends?.at(-1);
      expect(last?.savingUsd ?? free.stack.savingUsd.base).toBe(free.stack.savingUsd.base);
      expect(Number(last?.todayUsd ?? 0)).toBeLessThan(Number(free.stack.savingUsd.base));
    }),
    { numRuns: 40 },
  );
});
