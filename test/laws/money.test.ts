import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { scaledDecimal, exact } from '../../src/domain/exact.ts';
import {
  nanoFromUsd,
  parseUsd,
  parseUsdPerMtok,
  parseUsdPerToken,
  sumNano,
  usd,
  usdText,
} from '../../src/domain/money.ts';

const nano = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });

test('nano-dollars become dollars and back without loss', () => {
  fc.assert(
    fc.property(nano, (amount) => {
      expect(nanoFromUsd(usd(amount))).toBe(amount);
      expect(parseUsd(scaledDecimal(amount, 9))).toBe(amount);
    }),
  );
});

test('a price per token is a million times smaller than one per million', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), (amount) => {
      expect(parseUsdPerToken(scaledDecimal(amount, 15))).toBe(amount);
      expect(parseUsdPerMtok(scaledDecimal(amount, 9))).toBe(amount);
    }),
  );
});

test('a sum does not depend on its order', () => {
  fc.assert(
    fc.property(fc.array(nano), (amounts) => {
      expect(sumNano(amounts)).toBe(sumNano(amounts.toReversed()));
    }),
  );
});

test('dollars are printed with six places, half to even', () => {
  expect(usdText(exact(6n))).toBe('6.000000');
  expect(usdText(usd(1_500n))).toBe('0.000002');
  expect(usdText(usd(2_500n))).toBe('0.000002');
  expect(usdText(usd(-1n))).toBe('0.000000');
});

test('what is not money is not zero', () => {
  expect(parseUsd('')).toBeUndefined();
  expect(parseUsd('$5')).toBeUndefined();
  expect(parseUsdPerMtok('free')).toBeUndefined();
  expect(parseUsdPerToken('-')).toBeUndefined();
});
