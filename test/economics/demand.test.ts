/** Tests kinds of demand: benchmarks and keep-warm requests are not work, batches are separate. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { period } from '../../src/domain/period.ts';
import { tokensAt, type UsageSeries } from '../../src/domain/usage.ts';
import type { UsagePart } from '../../src/domain/usageFacts.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { separateDemand } from '../../src/economics/usage/demand.ts';
import { removeDemand } from '../../src/economics/usage/removeDemand.ts';
import {
  deployment,
  hour,
  type UsageInterval,
  series,
  six,
  stack,
  WORKED_ROWS,
} from './stackFixture.ts';

function part(at: number, overrides: Partial<UsagePart> & { hours?: number } = {}): UsagePart {
  const { hours = 1, ...rest } = overrides;
  return {
    sourceId: 'prom',
    deployment: 'chat',
    period: period(hour(at), hour(at + hours)),
    uncachedPromptTokens: 0,
    outputTokens: 0,
    ...rest,
  };
}

/** Exactly half of the worked example's second hour. */
const HALF_OF_HOUR_2 = part(1, {
  uncachedPromptTokens: 3_600_000,
  cachedPromptTokens: 900_000,
  outputTokens: 900_000,
  requests: 2250,
});

/** The worked example with these parts of its demand. */
function workedWith(parts: readonly UsagePart[]) {
  const whole: UsageSeries = series(WORKED_ROWS);
  const demand = separateDemand(new Map([['prom', whole]]), parts, 'prom');
  const usage = demand?.bySource.get('prom') ?? whole;
  const batchUsage = demand?.forRows(usage).batchUsage;
  const waits = batchUsage === undefined ? {} : { batchUsage };
  const deployments = [deployment({ usage, trailingUsage: usage, ...waits })];
  const [chat] = weighStack(stack({ deployments })).deployments;
  if (chat === undefined) throw new Error('the worked example has one deployment');
  return chat;
}

/** All of its figures. */
function said(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'bigint' ? `${each}n` : each,
  );
}

describe('benchmark and keep-warm tokens', () => {
  test.each(['benchmark', 'keep-warm'] as const)('of kind %s are not served work', (demand) => {
    const chat = workedWith([{ ...HALF_OF_HOUR_2, demand }]);
    // 15,600,000 less 5,400,000; $6.00 / 10.2 Mtok; 10.2 Mtok / (3,000 × 14,400).
    expect(chat.served).toMatchObject({ tokens: 10_200_000, cachedTokens: 1_700_000 });
    expect(chat.served.requests).toBe(4250);
    expect(chat.spend.total).toBe(6_000_000_000n);
    expect(six(chat.effectiveUsdPerMtok)).toBe('0.588235');
    expect(six(chat.utilization)).toBe('0.236111');
    // host-a: (7.65 × 0.10 + 0.85 × 0.05 + 1.7 × 0.30) × 1.055.
    expect(six(chat.hosted.chosen?.usd)).toBe('1.389962');
  });

  test('of a whole interval leave its time idle, and its replica time paid', () => {
    const all = part(1, {
      demand: 'benchmark',
      uncachedPromptTokens: 7_200_000,
      cachedPromptTokens: 1_800_000,
      outputTokens: 1_800_000,
    });
    const chat = workedWith([all]);
    expect(six(chat.time.coverage)).toBe('1.000000');
    // 4,200 of 14,400 seconds.
    expect(six(chat.busyFraction)).toBe('0.291667');
    expect(chat.served.requests).toBe(2000);
  });

  test('are no evidence of what a replica can do', () => {
    const rows: UsageInterval[] = [
      { at: 0, output: 3_600_000, busyS: 3600 },
      { at: 1, output: 360_000, busyS: 3600 },
    ];
    const result = part(0, { demand: 'benchmark', outputTokens: 3_600_000 });
    const demand = separateDemand(new Map([['prom', series(rows)]]), [result], 'prom');
    const usage = demand?.bySource.get('prom') ?? series([]);
    const { capacity: _stated, ...bare } = deployment({ usage, trailingUsage: usage });
    const [chat] = weighStack(stack({ deployments: [bare] })).deployments;
    expect(six(chat?.capacity?.tokensPerSecond)).toBe('100.000000');
  });
});

describe('parts', () => {
  test('that are all of users change no figure, not even the series', () => {
    const user = { ...HALF_OF_HOUR_2, demand: 'user' as const };
    const whole = series(WORKED_ROWS);
    expect(removeDemand(whole, [user]).series).toBe(whole);
    expect(said(workedWith([user]))).toBe(said(workedWith([])));
  });

  test('of an hour are shared by its shorter rows in whole tokens, in each class', () => {
    const rows: UsageInterval[] = [
      { at: 0, hours: 0.5, uncached: 60, cached: 30, output: 10, requests: 3 },
      { at: 0.5, hours: 0.5, uncached: 7, cached: 3, output: 1, requests: 1 },
      { at: 1, hours: 0.5, uncached: 500, output: 5 },
    ];
    const result = part(0, {
      demand: 'batch',
      uncachedPromptTokens: 33,
      cachedPromptTokens: 11,
      outputTokens: 6,
      requests: 2,
    });
    const { series: kept, batch, tokens } = removeDemand(series(rows), [result]);
    expect(tokensAt(kept, 0)).toBe(100);
    // 33 × 60/67 = 29.55, 11 × 30/33 = 10, 6 × 10/11 = 5.45, 2 × 3/4 = 1.5.
    const column = (of: Iterable<number> = []) => [...of];
    expect(column(batch?.uncachedPromptTokens)).toEqual([30, 3]);
    expect(column(batch?.cachedPromptTokens)).toEqual([10, 1]);
    expect(column(batch?.outputTokens)).toEqual([5, 1]);
    expect(column(batch?.requests)).toEqual([2, 0]);
    expect(column(tokens.batch)).toEqual([45, 5, 0]);
  });

  test('that state no cached tokens take them in the proportion of their rows', () => {
    const rows: UsageInterval[] = [{ at: 0, uncached: 75, cached: 25, output: 10 }];
    const result = part(0, { demand: 'batch', uncachedPromptTokens: 40, outputTokens: 0 });
    const { batch } = removeDemand(series(rows), [result]);
    expect([...(batch?.uncachedPromptTokens ?? [])]).toEqual([30]);
    expect([...(batch?.cachedPromptTokens ?? [])]).toEqual([10]);
  });

  test('that come to more than their rows now do are left out, and counted', () => {
    const whole = series([{ at: 0, uncached: 10, output: 10 }]);
    const result = part(0, { demand: 'benchmark', uncachedPromptTokens: 5, outputTokens: 11 });
    expect(removeDemand(whole, [result])).toMatchObject({ series: whole, misfits: 1 });
  });

  test('of one source take nothing from the rows of another', () => {
    const [a, b] = [series([{ at: 0, output: 100 }]), series([{ at: 1, output: 100 }])];
    const result = part(1, { sourceId: 'a', demand: 'benchmark', outputTokens: 50 });
    const demand = separateDemand(
      new Map([
        ['a', a],
        ['b', b],
      ]),
      [result],
      'a',
    );
    expect([...(demand?.bySource.values() ?? [])].map((of) => tokensAt(of, 0))).toEqual([100, 100]);
  });

  test('and the rest sum to the whole, row by row', () => {
    const counts = fc.integer({ min: 0, max: 1000 });
    const row = fc.record({ uncached: counts, cached: fc.option(counts), output: counts });
    const kinds = fc.constantFrom('user', 'batch', 'benchmark', 'keep-warm' as const);
    const share = fc.record({ demand: kinds, of: fc.integer({ min: 0, max: 40 }) });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1 }),
        fc.array(share, { maxLength: 2 }),
        (all, result) => {
          const rows = all.map((each, at) => ({
            ...each,
            at: at / 4,
            hours: 1 / 4,
            requests: null,
          }));
          const whole = series(rows);
          const hours = Math.ceil(rows.length / 4);
          const parts = Array.from({ length: hours }, (_, at) => at).flatMap((at) => {
            const inHour = rows.slice(4 * at, 4 * at + 4);
            const sum = (of: (each: (typeof rows)[number]) => number) =>
              inHour.reduce((total, each) => total + of(each), 0);
            return result.map(({ demand, of }, index) =>
              part(at, {
                demand: demand as NonNullable<UsagePart['demand']>,
                tenant: String(index),
                uncachedPromptTokens: Math.floor(
                  (sum((each) => each.uncached + (each.cached ?? 0)) * of) / 100,
                ),
                outputTokens: Math.floor((sum(({ output }) => output) * of) / 100),
              }),
            );
          });
          const { series: kept, batch, tokens, misfits } = removeDemand(whole, parts);
          expect(misfits).toBe(0);
          for (let at = 0; at < whole.length; at += 1) {
            const cut = (tokens.benchmark[at] ?? 0) + (tokens['keep-warm'][at] ?? 0);
            expect(tokensAt(kept, at) + cut).toBe(tokensAt(whole, at));
            expect(kept.uncachedPromptTokens[at]).toBeGreaterThanOrEqual(0);
          }
          const batched = Array.from(batch?.startMs ?? [], (_, at) =>
            batch === undefined ? 0 : tokensAt(batch, at),
          );
          const sumOf = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
          expect(sumOf(batched)).toBe(sumOf(tokens.batch));
          const expectedTokens = sumOf(
            parts.map((each) => each.uncachedPromptTokens + each.outputTokens),
          );
          expect(sumOf(Object.values(tokens).map(sumOf))).toBe(expectedTokens);
        },
      ),
    );
  });
});
