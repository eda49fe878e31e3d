/**
 * Tests which advice is possible where weeks resemble the week before, so that one quarter is not
 * enough.
 */

import { describe, expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { decide } from '../../src/verdict/decide.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import { printAudit } from '../../src/verdict/document/document.ts';
import { findObjections } from '../../src/verdict/judge/advice.ts';
import { type WeeklyPod, RISING, weeklyStack } from './outlook/weeksWorld.ts';
import { IDENTITY, POLICY } from './verdictFixture.ts';
import { ACTING } from '../support/acting.ts';

/** Thirteen weeks at a cost of so many dollars a day; $1 per million tokens at the provider. */
function audited(usdPerDay: number, mtok: WeeklyPod['mtok'] = RISING) {
  const economics = weeklyStack([{ id: 'chat', usdPerDay, mtok }]);
  const verdict = decide(economics, { policy: POLICY, chance: seededRandom('weeks') });
  return printAudit({
    economics,
    verdict,
    identity: IDENTITY,
    sentences: AUDIT_SENTENCES,
    acting: ACTING,
  }).audit;
}

describe('weeks that rise from 5 to 11 million tokens a day', () => {
  test('are reported as a limit of the probability, with the cost of the worst week', () => {
    const { stack, deployments } = audited(20);
    // The last week saves $20 less $11 a day; 91 days of it.
    const cannotTell = { code: 'weeks-persist', worstWeekUsd: '819.000000' };
    expect(stack.cannotTell).toEqual(cannotTell);
    expect(deployments[0]?.cannotTell).toEqual(cannotTell);
  });

  test('leave a change that pays in every one of them', () => {
    expect(audited(20).stack).toMatchObject({
      verdict: 'delete',
      savingUsd: { base: '1092.000000' },
    });
  });

  test('advise nothing by probability alone where the last of them costs more', () => {
    const { stack } = audited(10);
    expect(stack.cannotTell?.worstWeekUsd).toBe('-91.000000');
    expect(stack.verdict).not.toBe('delete');
    expect(stack.savingUsd.base).toBe('182.000000');
  });
});

test('weeks that are alike are no limit', () => {
  const { stack } = audited(20, () => 8);
  expect(stack.cannotTell).toBeNull();
});

describe('a probability of 99% in a quarter that is not enough', () => {
  const change = { savingUsd: decimal('2000'), keepUsd: decimal('3000') };
  const oddsAt = (worstWeekUsd: number) => ({
    probability: 0.99,
    usd: 2000,
    low: 500,
    high: 3500,
    cannotTell: { code: 'weeks-persist', worstWeekUsd } as const,
  });

  test('does not suffice where the worst week would have cost more', () => {
    const objections = findObjections({ ...change, odds: oddsAt(-1234) }, POLICY);
    expect(objections).toEqual([{ code: 'weeks-persist', moreUsd: '1234.000000' }]);
    expect(objections.map(AUDIT_SENTENCES.reason)).toEqual([
      'Each week is close to the week before, so one period cannot show how likely the saving ' +
        'is. If every week had been like the worst one, the plan would cost $1,234 more than ' +
        'keeping.',
    ]);
  });

  test('suffices where it would not have', () => {
    expect(findObjections({ ...change, odds: oddsAt(0) }, POLICY)).toEqual([]);
    expect(findObjections({ ...change, odds: oddsAt(1) }, POLICY)).toEqual([]);
  });
});
