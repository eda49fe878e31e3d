import { expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { priceBook } from '../../src/economics/hosted/candidates.ts';
import { hybridPlans, type HybridTerms } from '../../src/economics/option/hybridOffer.ts';
import { hostedCost, optionCost } from '../../src/economics/options.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { usdPerMtok } from '../../src/domain/money.ts';
import { HOST_A, series, six, stack, WORKED_ROWS } from './stackFixture.ts';

function worked() {
  const [chat] = weighStack(stack()).deployments;
  if (chat === undefined) throw new Error('the worked example has one deployment');
  return chat;
}

test('spend, tokens, price, utilization and busy fraction are those of the document', () => {
  const chat = worked();
  expect(chat.spend.total).toBe(6_000_000_000n);
  expect(chat.served.tokens).toBe(15_600_000);
  expect(six(chat.effectiveUsdPerMtok)).toBe('0.384615');
  expect(six(chat.utilization)).toBe('0.361111');
  expect(six(chat.busyFraction)).toBe('0.541667');
  expect(six(chat.time.coverage)).toBe('1.000000');
});

test('the paid hour is divided into full capacity, under-filled batches and idle time', () => {
  const { waterfall } = worked();
  expect(six(waterfall.fullUsd)).toBe('2.166667');
  expect(six(waterfall.underfilledUsd)).toBe('1.083333');
  expect(six(waterfall.idleUsd)).toBe('2.750000');
});

test('both providers cost what the document says', () => {
  const chat = worked();
  const costs = chat.hosted.considered.map(({ host, usd }) => [host, six(usd)]);
  expect(costs).toEqual([
    ['host-a', '2.125825'],
    ['host-b', '2.194400'],
  ]);
  const hosted = hostedCost(chat);
  expect(hosted && six(usdPerMtok(hosted, chat.served.tokens))).toBe('0.136271');
});

test('keep and delete cost what the document says, labor included', () => {
  const chat = worked();
  expect(six(optionCost(chat, 'keep')?.usd)).toBe('9.000000');
  expect(six(optionCost(chat, 'delete')?.usd)).toBe('2.625825');
});

test('hybrids of none to three replicas cost what the document says', () => {
  const chat = worked();
  const [history] = [...priceBook([HOST_A], []).values()].flat().map((offer) => offer.history);
  if (history === undefined) throw new Error('host-a has a history');
  const terms: HybridTerms = {
    overflow: {
      series: series(WORKED_ROWS),
      capacity: decimal('3000'),
      resolved: history.resolved,
      thresholds: [],
      limit: 3,
      tokenRatio: decimal('1'),
      fee: decimal('0.055'),
    },
    spend: chat.spend,
    time: chat.time,
    sharedUsd: decimal('0'),
    cacheShare: decimal('0.5'),
    committedUsd: decimal('0'),
    prices: { contract: undefined, rates: { own: decimal('1'), market: decimal('1') } },
  };
  const costs = [0, 1, 2, 3].map((replicas) => six(hybridPlans(terms)(replicas).usd));
  expect(costs).toEqual(['2.125825', '6.000000', '12.000000', '18.000000']);
  expect(chat.hybrid.plans.map(({ replicas, usd }) => [replicas, six(usd)])).toEqual([
    [1, '6.000000'],
    [2, '12.000000'],
  ]);
});

test('break-even is more tokens than one replica can do', () => {
  const { breakEven } = worked();
  expect(breakEven.tokens).toBe(62_375_784n);
  expect(six(breakEven.utilization)).toBe('1.443884');
  expect(breakEven.note).toEqual({ code: 'beyond-replicas', replicas: 1 });
});
