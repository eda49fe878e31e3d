import { expect, test } from 'vitest';
import { decimal, exact, sum } from '../../src/domain/exact.ts';
import { usd } from '../../src/domain/money.ts';
import { weighStack } from '../../src/economics/stack.ts';
import {
  charge,
  deployment,
  hour,
  type UsageInterval,
  series,
  six,
  stack,
} from './stackFixture.ts';
import { warningSentences } from '../support/factSentences.ts';

const TWO_DAYS = { startMs: hour(0), endMs: hour(48) };
const RENT = charge({ usd: '48', from: 0, to: 48, quantity: decimal('48'), unit: 'Hours' });

function chatWith(rows: readonly UsageInterval[], charges = [RENT]) {
  const deployments = [deployment({ usage: series(rows) })];
  const [chat] = weighStack(stack({ charges, window: TWO_DAYS, deployments })).deployments;
  if (chat === undefined) throw new Error('one deployment is weighed');
  return chat;
}

const SEEN = { uncached: 800_000, output: 200_000, busyS: 3600 };

test('a partly covered day counts its part of the spend, and the rest is uncovered', () => {
  const chat = chatWith([
    { at: 0, hours: 24, ...SEEN },
    { at: 24, hours: 18, ...SEEN },
  ]);
  expect(six(chat.time.coverage)).toBe('0.875000');
  expect(chat.days.map(({ coveredUsd }) => six(coveredUsd))).toEqual(['24.000000', '18.000000']);
  expect(six(chat.spend.uncoveredUsd)).toBe('6.000000');
  expect(six(chat.effectiveUsdPerMtok)).toBe('21.000000');
});

test('the parts of the spend sum to it to the last digit', () => {
  const odd = charge({ usd: '0.000000007', from: 0, to: 48, quantity: decimal('48'), unit: 'h' });
  const chat = chatWith([{ at: 0, hours: 7, ...SEEN }], [odd]);
  expect(sum([chat.spend.coveredUsd, chat.spend.uncoveredUsd])).toEqual(usd(7n));
});

test('more seen than paid is no more than covered', () => {
  const chat = chatWith([{ at: 0, hours: 48, replicaS: 3 * 48 * 3600, ...SEEN }]);
  expect(chat.time.coverage).toEqual(exact(1n));
});

test('a busy day cannot cover for a day without data', () => {
  const chat = chatWith([{ at: 0, hours: 24, replicaS: 48 * 3600, ...SEEN }]);
  expect(six(chat.time.coverage)).toBe('0.500000');
});

test('an interval of unknown replica time covers what was paid in it', () => {
  const charges = [charge({ usd: '4', from: 0, to: 4, quantity: decimal('4'), unit: 'Hours' })];
  const blind = { hours: 1, replicaS: null, ...SEEN };
  expect(
    six(
      chatWith(
        [0, 1, 2, 3].map((at) => ({ at, ...blind })),
        charges,
      ).time.coverage,
    ),
  ).toBe('1.000000');
  expect(six(chatWith([{ at: 1, ...blind }], charges).time.coverage)).toBe('0.250000');
});

test('an interval over midnight covers its part of both days', () => {
  const chat = chatWith([{ at: 12, hours: 24, ...SEEN }]);
  expect(chat.days.map(({ coveredNs }) => coveredNs / 3_600_000_000_000n)).toEqual([12n, 12n]);
});

test('spend without paid time leaves coverage unknown and counts whole', () => {
  const disk = charge({ usd: '5', from: 0, to: 48, category: 'storage' });
  const chat = chatWith([{ at: 0, ...SEEN }], [disk]);
  expect(chat.time.coverage).toBeUndefined();
  expect(six(chat.spend.coveredUsd)).toBe('5.000000');
  expect(chat.utilization).toBeUndefined();
  expect(chat.busyFraction).toBeUndefined();
});

test('tokens on a day without paid time are counted separately, and that is reported', () => {
  const charges = [charge({ usd: '24', from: 0, to: 24, quantity: decimal('24'), unit: 'h' })];
  const chat = chatWith(
    [
      { at: 0, hours: 24, ...SEEN },
      { at: 24, ...SEEN },
    ],
    charges,
  );
  expect([chat.served.tokens, chat.unbilled?.tokens]).toEqual([1_000_000, 1_000_000]);
  expect(chat.time.coverage).toEqual(exact(1n));
  expect(warningSentences(chat.warnings)[0]).toContain(
    'Nothing was billed for 1,000,000 of 2,000,000 tokens',
  );
});

test('without tokens there is no price, and idle machines have a utilization of zero', () => {
  const chat = chatWith([{ at: 0, hours: 48 }]);
  expect(chat.effectiveUsdPerMtok).toBeUndefined();
  expect(six(chat.utilization)).toBe('0.000000');
  expect(six(chat.waterfall.idleUsd)).toBe('48.000000');
});

test('one interval of unknown busy time leaves the busy fraction unknown', () => {
  const chat = chatWith([
    { at: 0, ...SEEN },
    { at: 1, ...SEEN, busyS: null },
  ]);
  expect(chat.busyFraction).toBeUndefined();
  expect(chat.waterfall.idleUsd).toBeUndefined();
  expect(chat.waterfall.underfilledUsd).toBeUndefined();
  expect(chat.waterfall.fullUsd).toBeDefined();
});

test('more busy time than was paid for is shown as 1, and that is reported', () => {
  const chat = chatWith([{ at: 0, hours: 1, replicaS: 1800, busyS: 3600, output: 100 }]);
  expect(six(chat.busyFraction)).toBe('1.000000');
  expect(warningSentences(chat.warnings).join()).toContain(
    'Usage shows more busy hours than were paid for. The busy fraction is shown as 100%.',
  );
});

test('usage outside the window does not count', () => {
  const chat = chatWith([
    { at: -1, ...SEEN },
    { at: 0, ...SEEN },
    { at: 48, ...SEEN },
  ]);
  expect(chat.served.tokens).toBe(1_000_000);
});
