/**
 * Prices that look like another unit are quarantined, and count only when the config confirms them.
 */

import { describe, expect, test } from 'vitest';
import { nanoUsd, nanoUsdPerMtok } from '../../src/domain/money.ts';
import {
  findImplausiblePrice,
  type HostedPrice,
  isQuarantined,
  parsePerMtok,
  parsePerRequest,
  USD_PER_MTOK,
  USD_PER_TOKEN,
} from '../../src/domain/price.ts';

const PRICE: HostedPrice = {
  sourceId: 'router',
  model: 'openai/o1-pro',
  host: 'openai',
  quantization: 'unknown',
  validFromMs: 0,
  free: false,
  offered: true,
};
const usd = (dollars: number) => nanoUsdPerMtok(BigInt(Math.round(dollars * 1e9)));

describe('a price for a million tokens', () => {
  test.each([
    [0.001, false],
    [0.000999999, true],
    [0.000000001, true],
    [200, false],
    [200.000000001, true],
    [0, false],
  ])('of $%d is in doubt: %j', (dollars, isDoubtful) => {
    for (const field of ['inputPerMtok', 'cachedInputPerMtok', 'outputPerMtok'] as const) {
      const doubt = findImplausiblePrice({ ...PRICE, [field]: usd(dollars) });
      expect(doubt).toEqual(isDoubtful ? { field, value: usd(dollars) } : undefined);
    }
  });

  test('is in doubt under a condition too', () => {
    const overrides = [{ minPromptTokens: 9, cacheWritePerMtok: usd(600) }];
    expect(findImplausiblePrice({ ...PRICE, inputPerMtok: usd(1), overrides })).toMatchObject({
      field: 'cacheWritePerMtok',
    });
  });

  test('per request is in doubt only above $200', () => {
    expect(findImplausiblePrice({ ...PRICE, perRequest: nanoUsd(1n) })).toBeUndefined();
    expect(findImplausiblePrice({ ...PRICE, perRequest: nanoUsd(200_000_000_001n) })).toEqual({
      field: 'perRequest',
      value: 200_000_000_001n,
    });
  });
});

describe('a price in doubt', () => {
  const EXPENSIVE = { ...PRICE, outputPerMtok: usd(600) };

  test.each([
    [[], true],
    [[{ source: 'router' }], false],
    [[{ source: 'other' }], true],
    [[{ source: 'router', model: 'openai/*' }], false],
    [[{ source: 'router', model: 'o1-pro' }], true],
    [[{ source: 'router', host: 'azure*' }], true],
    [[{ source: 'other' }, { source: 'router', model: 'openai/o1-pro', host: 'openai' }], false],
  ])('with %j is in quarantine: %j', (trust, isIn) => {
    expect(isQuarantined(EXPENSIVE, trust)).toBe(isIn);
  });

  test('is the only one that can be', () => {
    expect(isQuarantined({ ...PRICE, outputPerMtok: usd(1) })).toBe(false);
  });
});

describe('a written price', () => {
  test.each([
    ['0.00000057', USD_PER_TOKEN, 570_000_000n],
    ['5.7e-7', USD_PER_TOKEN, 570_000_000n],
    ['0.57', USD_PER_MTOK, 570_000_000n],
    ['0', USD_PER_TOKEN, 0n],
    ['0.0000000001', USD_PER_MTOK, 1n],
    ['-1', USD_PER_TOKEN, undefined],
    ['', USD_PER_MTOK, undefined],
    ['NaN', USD_PER_MTOK, undefined],
    ['1e12', USD_PER_MTOK, undefined],
  ])('%s is %s', (text, scale, nano) => {
    expect(parsePerMtok(text, scale)).toBe(nano);
  });

  test('for a request is dollars', () => {
    expect(parsePerRequest('0.0125')).toBe(12_500_000n);
    expect(parsePerRequest('-1')).toBeUndefined();
  });
});
