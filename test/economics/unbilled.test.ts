import { expect, test } from 'vitest';
import { decimal, exact } from '../../src/domain/exact.ts';
import { DAY_MS } from '../../src/domain/period.ts';
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
/** The first day at $24; nothing is billed for the second. */
const FIRST_DAY = charge({ usd: '24', from: 0, to: 24, quantity: decimal('24'), unit: 'Hours' });
const SERVED = { uncached: 800_000, output: 200_000, busyS: 1800 };

function chatWith(rows: readonly UsageInterval[], charges = [FIRST_DAY]) {
  const deployments = [deployment({ usage: series(rows) })];
  const [chat] = weighStack(stack({ charges, window: TWO_DAYS, deployments })).deployments;
  if (chat === undefined) throw new Error('one deployment is weighed');
  return chat;
}

test('tokens of unbilled time are left out on both sides, and the parts sum', () => {
  const chat = chatWith([
    { at: 0, hours: 24, ...SERVED },
    { at: 24, hours: 24, ...SERVED },
    { at: 48, hours: 24, ...SERVED },
  ]);
  // $24 for the first day's million tokens: $24, not $12.
  expect(six(chat.effectiveUsdPerMtok)).toBe('24.000000');
  expect([chat.served.tokens, chat.unbilled?.tokens]).toEqual([1_000_000, 1_000_000]);
  expect(chat.unbilled).toMatchObject({
    share: exact(1n, 2n),
    replicaMs: DAY_MS,
    tokensByDay: [0, 1_000_000],
    periods: [{ startMs: hour(24), endMs: hour(48) }],
    sources: ['bill'],
  });
  // 0.8 Mtok at $0.10 and 0.2 at $0.30, with a fee of 5.5%.
  expect(six(chat.hosted.chosen?.usd)).toBe('0.143480');
  expect(
    chat.days.map(({ promptTokens, unbilledTokens }) => [promptTokens, unbilledTokens]),
  ).toEqual([
    [800_000, 0],
    [0, 1_000_000],
  ]);
  expect(warningSentences(chat.warnings)[0]).toBe(
    'Nothing was billed for 1,000,000 of 2,000,000 tokens (50%). They are left ' +
      'out on both sides. The first such period is 2026-07-02. Import or pull the ' +
      'charges of bill for that period.',
  );
});

test('where all time is billed nothing is reported, and nothing is left out', () => {
  const chat = chatWith([{ at: 0, hours: 24, ...SERVED }]);
  expect(chat).not.toHaveProperty('unbilled');
  expect(warningSentences(chat.warnings).join()).not.toContain('billed');
});

test('a bill that ends in the middle of a day keeps the tokens until then', () => {
  const half = charge({ usd: '12', from: 0, to: 12, quantity: decimal('12'), unit: 'Hours' });
  const hours = Array.from({ length: 24 }, (_, at) => ({ at, ...SERVED }));
  const chat = chatWith(hours, [half]);
  expect([chat.served.tokens, chat.unbilled?.tokens]).toEqual([12_000_000, 12_000_000]);
  expect(six(chat.effectiveUsdPerMtok)).toBe('1.000000');
});

test('an interval that shares a second with billed time is billed whole', () => {
  const late = charge({ usd: '1', from: 0.1, to: 1.001, quantity: decimal('0.9'), unit: 'Hours' });
  const rows = [0, 1 / 12, 1, 1 + 1 / 12].map((at) => ({ at, hours: 1 / 12, ...SERVED }));
  const chat = chatWith(rows, [late]);
  // Billed from 0:06:00 to 1:00:03: not 0:00-0:05, a part of the next two, not 1:05-1:10.
  expect([chat.served.tokens, chat.unbilled?.tokens]).toEqual([2_000_000, 2_000_000]);
  const starts = chat.unbilled?.periods.map(({ startMs }) => startMs);
  expect(starts).toEqual([hour(0), hour(1 + 1 / 12)]);
});

test('a row of two days is not paid for by the bill of one hour', () => {
  const rows = [{ at: 0, hours: 48, ...SERVED }];
  const brief = charge({ usd: '1', from: 0, to: 1, quantity: decimal('1'), unit: 'Hours' });
  expect(chatWith(rows, [brief]).unbilled?.tokens).toBe(1_000_000);
  expect(chatWith(rows, [FIRST_DAY])).not.toHaveProperty('unbilled');
  const result = [{ at: 0, hours: 48, replicaS: 3600, ...SERVED }];
  expect(chatWith(result, [brief])).not.toHaveProperty('unbilled');
});

const WHOLE = { from: 0, to: 48 };

test('a commitment that is billed without hours pays for its time', () => {
  const chat = chatWith(
    [{ at: 24, ...SERVED }],
    [charge({ usd: '100', ...WHOLE, category: 'commitment' })],
  );
  expect(chat).not.toHaveProperty('unbilled');
  expect(six(chat.effectiveUsdPerMtok)).toBe('100.000000');
});

test.each(['storage', 'network', 'fee', 'credit', 'tax'] as const)(
  'a charge for %s alone pays for no serving time',
  (category) => {
    const usd = category === 'credit' ? '-5' : '5';
    const chat = chatWith([{ at: 24, ...SERVED }], [charge({ usd, ...WHOLE, category })]);
    expect([chat.served.tokens, chat.unbilled?.tokens]).toEqual([0, 1_000_000]);
    expect(chat.effectiveUsdPerMtok).toBeUndefined();
  },
);

test('a refund neither adds nor removes time', () => {
  const refund = charge({ usd: '-24', from: 24, to: 48, quantity: decimal('-24'), unit: 'Hours' });
  const rows = [
    { at: 0, ...SERVED },
    { at: 24, ...SERVED },
  ];
  const chat = chatWith(rows, [FIRST_DAY, refund]);
  expect([chat.served.tokens, chat.unbilled?.tokens]).toEqual([1_000_000, 1_000_000]);
});

test('a charge that was rebuilt, and one of serverless workers, pay for their time', () => {
  const day = { usd: '24', from: 0, to: 24 };
  const rebuilt = charge({ ...day, basis: 'uptime' });
  const workers = charge({
    ...day,
    pricingClass: 'serverless',
    quantity: decimal('600'),
    unit: 'seconds',
  });
  for (const line of [rebuilt, workers]) {
    expect(chatWith([{ at: 5, ...SERVED }], [line])).not.toHaveProperty('unbilled');
  }
});

test('a commitment pays for its time, though the part of it there rounds to nothing', () => {
  const tiny = charge({ usd: '0.000001', from: 23, to: 143, category: 'commitment' });
  const chat = chatWith([{ at: 23, ...SERVED }], [tiny]);
  expect([chat.served.tokens, chat.unbilled]).toEqual([1_000_000, undefined]);
});
