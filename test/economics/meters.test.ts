/** Tests two meters of the same requests: the time over which they are compared, and the result. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDecimal } from '../../src/domain/exact.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/period.ts';
import { emptySeries, type UsageSeries } from '../../src/domain/usage.ts';
import type { RequestCount } from '../../src/domain/usageFacts.ts';
import { compareMeters, computeEscalation } from '../../src/economics/usage/meters.ts';
import '../support/laws.ts';

interface Row {
  readonly startMs: number;
  readonly endMs: number;
  readonly prompt: number;
  readonly output: number;
  readonly requests?: number;
}

function series(rows: readonly Row[]): UsageSeries {
  const made = emptySeries(rows.length);
  for (const [at, { startMs, endMs, prompt, output, requests = Number.NaN }] of rows.entries()) {
    made.startMs[at] = startMs;
    made.endMs[at] = endMs;
    made.uncachedPromptTokens[at] = prompt;
    made.outputTokens[at] = output;
    made.requests[at] = requests;
  }
  return made;
}

/** Contiguous rows of one length, each with so many prompt and output tokens. */
const steady = (fromMs: number, toMs: number, options: { lengthMs: number } & Partial<Row>) =>
  Array.from({ length: (toMs - fromMs) / options.lengthMs }, (_, at): Row => {
    const startMs = fromMs + at * options.lengthMs;
    const { lengthMs, prompt = 100, output = 10, requests = 1 } = options;
    return { startMs, endMs: startMs + lengthMs, prompt, output, requests };
  });

const FIVE = { lengthMs: 5 * MINUTE_MS };
const gateway = (rows: readonly Row[]) => ({ sourceId: 'gw', series: series(rows) });
const ratio = (value: ReturnType<typeof compareMeters>) =>
  value?.difference === undefined ? undefined : toDecimal(value.difference, 6);

describe('two meters', () => {
  it('are compared over the time that both cover, whatever the length of their rows', () => {
    const engine = steady(0, 3 * HOUR_MS, FIVE).filter(({ startMs }) => startMs !== HOUR_MS);
    // Hours: the second lacks five minutes of the engine's, and only the gateway has a fourth.
    const hours = steady(0, 4 * HOUR_MS, {
      lengthMs: HOUR_MS,
      prompt: 1_212,
      output: 120,
      requests: 12,
    });
    const compared = compareMeters(series(engine), gateway(hours), []);
    expect(compared).toMatchObject({
      comparedMs: 2 * HOUR_MS,
      usage: { tokens: 2_640, promptTokens: 2_400, outputTokens: 240, requests: 24 },
      gateway: { tokens: 2_664, promptTokens: 2_424, outputTokens: 240, requests: 24 },
      days: [{ dayMs: 0, usageTokens: 2_640, gatewayTokens: 2_664 }],
    });
    // 24 of 2,640 tokens.
    expect(ratio(compared)).toBe('0.009091');
    expect(compared?.reason).toBeUndefined();
  });

  it('that never cover the same time cannot be compared', () => {
    const engine = steady(0, HOUR_MS, FIVE);
    expect(compareMeters(series(engine), gateway([]), [])).toBeUndefined();
    const later = steady(HOUR_MS, 2 * HOUR_MS, FIVE);
    expect(compareMeters(series(engine), gateway(later), [])).toBeUndefined();
  });

  it.each([
    ['not-through-gateway', { prompt: 80, output: 8, requests: 0.8 }, 0],
    ['gateway-cache', { prompt: 130, output: 13, requests: 1.3 }, 0],
    ['streams-without-usage', { prompt: 70, output: 7, requests: 1 }, 0],
    ['failed-requests', { prompt: 90, output: 10, requests: 1 }, 3],
    ['prompt-counting', { prompt: 120, output: 10, requests: 1 }, 0],
    ['not-told', { prompt: 100, output: 20, requests: 1 }, 0],
  ] as const)('differ for a reason: %s', (reason, per, failed) => {
    const times = (row: Row): Row => ({
      ...row,
      prompt: row.prompt * 10,
      output: row.output * 10,
      requests: (row.requests ?? 0) * 10,
    });
    const engine = steady(0, HOUR_MS, FIVE).map(times);
    const other = steady(0, HOUR_MS, { ...FIVE, ...per }).map(times);
    const period = { startMs: 0, endMs: HOUR_MS };
    const counts = [{ sourceId: 'gw', deployment: 'chat', period, answered: 120, failed }];
    expect(compareMeters(series(engine), gateway(other), counts)?.reason).toBe(reason);
  });

  it('are compared by their totals where one has only those', () => {
    const engine = steady(0, DAY_MS, FIVE);
    const period = { startMs: 0, endMs: DAY_MS };
    const count: RequestCount = {
      sourceId: 'gw',
      deployment: 'chat',
      period,
      answered: 288,
      tokens: 31_680,
    };
    const compared = compareMeters(series(engine), gateway([]), [count]);
    expect(compared?.usage.tokens).toBe(31_680);
    expect(compared?.gateway).toEqual({ tokens: 31_680, requests: 288 });
    expect(ratio(compared)).toBe('0.000000');
  });

  it('that are one meter differ by nothing, however its rows are merged', () => {
    const joined = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(joined, joined, (a, b) => {
        const rows = (lengths: readonly number[]) => {
          let startMs = 0;
          return lengths.map((minutes): Row => {
            const row = { startMs, endMs: startMs + minutes, prompt: 7 * minutes, output: minutes };
            startMs = row.endMs;
            return row;
          });
        };
        const compared = compareMeters(series(rows(a)), gateway(rows(b)), []);
        expect(compared?.usage.tokens).toBe(compared?.gateway.tokens);
        const total = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0);
        const isAll = total(a) === total(b);
        expect(isAll && compared?.usage.tokens !== 8 * total(a)).toBe(false);
      }),
    );
  });
});

describe('escalations', () => {
  const count = (sourceId: string, changes: Partial<RequestCount>): RequestCount => ({
    sourceId,
    deployment: 'chat',
    period: { startMs: 0, endMs: HOUR_MS },
    answered: 90,
    failed: 10,
    ...changes,
  });

  it('are a share of all requests that reached the deployment', () => {
    expect(computeEscalation([count('gw', { escalated: 7 })])).toEqual({
      requests: 100,
      escalated: 7,
    });
  });

  it('are unknown without sessions, and counted once where two sources report them', () => {
    expect(computeEscalation([count('gw', {})])).toBeUndefined();
    const two = [count('gw', { escalated: 7 }), count('log', { escalated: 3, answered: 40 })];
    expect(computeEscalation(two)).toEqual({ requests: 100, escalated: 7 });
  });
});
