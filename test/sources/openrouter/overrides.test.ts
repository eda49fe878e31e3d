/** Tests that prices under conditions are stored with them, whatever the hour of the request. */

import { describe, expect, test } from 'vitest';
import { parseLossless } from '../../../src/platform/json.ts';
import { filterBody, findReadFields } from '../../../src/platform/schemaFields.ts';
import { plainBytes } from '../../../src/platform/body.ts';
import { readSnapshot } from '../../../src/sources/openrouter/normalize.ts';
import { openrouterEndpointsAnswer } from '../../../src/sources/openrouter/prices.ts';
import { HOST, MODEL, market } from './market.ts';
import { pullWarningSentences } from '../../support/factSentences.ts';

/** A Wednesday. */
const at = (hour: number, minute = 0) => Date.UTC(2026, 6, 1, hour, minute);

/** Reads what is stored of the answer, as a source reads it. */
function read(overrides: unknown, pricing: object = {}, askedAtMs = at(12)) {
  const answer = market([{ ...HOST, pricing: { ...HOST.pricing, ...pricing, overrides } }]);
  const bytes = new TextEncoder().encode(JSON.stringify(answer));
  const kept = filterBody(bytes, findReadFields(openrouterEndpointsAnswer));
  if (kept === undefined) throw new Error('no JSON');
  const value = parseLossless(plainBytes(kept), 'h');
  const context = { sourceId: 'router', model: MODEL, takenAtMs: askedAtMs, where: 'h' };
  return readSnapshot(value, context);
}

const priceOf = (...terms: Parameters<typeof read>) => read(...terms).snapshot.prices[0];

describe('a condition', () => {
  test('is stored with its prices, in the order of the answer', () => {
    const price = priceOf([
      { min_prompt_tokens: 200_000, prompt: '0.000002', input_cache_write: '0.000003' },
      { min_prompt_tokens: 200000.0, utc_start: 100, utc_end: 1030, completion: '0.000001' },
      { utc_start: 2330, utc_end: 30, input_cache_read: '0.00000005', request: '0.01' },
    ]);
    expect(price?.inputPerMtok).toBe(570_000_000n);
    expect(price?.overrides).toEqual([
      {
        minPromptTokens: 200_000,
        inputPerMtok: 2_000_000_000n,
        cacheWritePerMtok: 3_000_000_000n,
      },
      {
        minPromptTokens: 200_000,
        utc: { startMinute: 60, endMinute: 630 },
        outputPerMtok: 1_000_000_000n,
      },
      {
        utc: { startMinute: 1_410, endMinute: 30 },
        cachedInputPerMtok: 50_000_000n,
        perRequest: 10_000_000n,
      },
    ]);
  });

  test.each([
    [
      [0, 6],
      [0, 6],
    ],
    [
      [7, 1],
      [0, 1],
    ],
    [
      ['saturday', 'Sun'],
      [0, 6],
    ],
  ])('on days %j holds on %j', (utc_days, days) => {
    const price = priceOf([{ utc_start: 0, utc_end: 100, utc_days, prompt: '0.000001' }]);
    expect(price?.overrides?.[0]?.utc).toEqual({ startMinute: 0, endMinute: 60, days });
  });

  test.each([
    [{ moon: 3, prompt: '0' }, 'moon'],
    [{ min_prompt_tokens: 9, only_with_images: 1, prompt: '0' }, 'only_with_images'],
    [{ utc_days: ['holiday'], prompt: '0' }, 'an unknown time of day'],
    [{ utc_start: 2561, utc_end: 30, prompt: '0' }, 'an unknown time of day'],
  ])('of an unknown kind is reported and not used: %j', (override, words) => {
    const result = read([override]);
    expect(result.snapshot.prices[0]).not.toHaveProperty('overrides');
    expect(result.snapshot.prices[0]?.inputPerMtok).toBe(570_000_000n);
    expect(pullWarningSentences(result.warnings)[0]).toContain(
      `under unknown conditions (${words}`,
    );
  });

  test('prices of something other than text are no conditions', () => {
    const override = { min_prompt_tokens: 9, prompt: '0.000001', audio: 0.5, web_search: 3 };
    expect(priceOf([override])?.overrides).toHaveLength(1);
  });

  test('with an invalid price makes the whole endpoint unreadable', () => {
    const result = read([{ min_prompt_tokens: 9, prompt: '-1' }]);
    expect(result.rejects[0]?.reason).toContain('pricing.overrides.0.prompt: "-1"');
    expect(result.snapshot.unread).toEqual(['deepinfra/fp8']);
  });
});

describe('hours that cover the day', () => {
  const NIGHT = { utc_start: 1630, utc_end: 30, prompt: '0.0000001', completion: '0.0000005' };
  const DAY = { utc_start: 30, utc_end: 1630, prompt: '0.0000002', completion: '0.000001' };
  const IN_NIGHT = { prompt: NIGHT.prompt, completion: NIGHT.completion };
  const IN_DAY = { prompt: DAY.prompt, completion: DAY.completion };

  test('make the same price at any hour of the request', () => {
    const byDay = priceOf([NIGHT, DAY], IN_DAY, at(12));
    const byNight = priceOf([NIGHT, DAY], IN_NIGHT, at(20));
    expect({ ...byNight, validFromMs: 0 }).toEqual({ ...byDay, validFromMs: 0 });
    // For 16 hours of 24 it is the price of the day.
    expect(byDay).toMatchObject({ inputPerMtok: 200_000_000n, outputPerMtok: 1_000_000_000n });
    expect(byDay?.cachedInputPerMtok).toBe(95_000_000n);
  });

  test('for only some days do not cover the week', () => {
    const workdays = { ...DAY, utc_days: [1, 2, 3, 4, 5] };
    const price = priceOf([NIGHT, workdays], { prompt: '0.0000003' }, at(12));
    expect(price?.inputPerMtok).toBe(300_000_000n);
  });
});

describe('hours of a part of the day', () => {
  const PEAK = { utc_start: 100, utc_end: 400, prompt: '0.000002', completion: '0.000004' };

  test('leave the price at the top for the rest of it', () => {
    expect(priceOf([PEAK], {}, at(12))).toMatchObject({ inputPerMtok: 570_000_000n });
    // As the document says: the price at the top holds where no condition does.
    expect(priceOf([PEAK], {}, at(2))).toMatchObject({ inputPerMtok: 570_000_000n });
  });

  test('leave the rest unknown where the answer names their price at its top', () => {
    const inForce = { prompt: PEAK.prompt, completion: PEAK.completion };
    const result = read([PEAK], inForce, at(2));
    expect(result.snapshot.prices).toEqual([]);
    expect(result.snapshot.unread).toEqual(['deepinfra/fp8']);
    expect(result.rejects[0]?.reason).toContain(
      'the response is from an hour with a special price',
    );
    expect(priceOf([PEAK], inForce, at(4))?.inputPerMtok).toBe(2_000_000_000n);
  });
});
