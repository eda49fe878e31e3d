import { describe, expect, it } from 'vitest';
import { compare, decimal, multiply, ONE, toDecimal } from '../../src/domain/exact.ts';
import { expectGolden } from '../support/golden.ts';
import { A100, breakEvenShare, effectiveAt, H100, speedFor } from '../support/rulesFigures.ts';
import { rulesPage } from '../support/rulesPage.ts';

describe('the rules of thumb', () => {
  it('are the published page', () => {
    expectGolden('../../docs/rules-of-thumb.md', rulesPage());
  });

  it('a full A100 costs $0.14 to $0.42, and at 10% exactly ten times as much', () => {
    const [slow, fast] = ['1000', '3000'].map((speed) => effectiveAt(A100, decimal(speed), ONE));
    expect([slow, fast].map((usd) => usd && toDecimal(usd, 6))).toEqual(['0.416667', '0.138889']);
    const tenth = effectiveAt(A100, decimal('2000'), decimal('0.1'));
    expect(tenth).toEqual(multiply(effectiveAt(A100, decimal('2000'), ONE), decimal('10')));
  });

  it.each([A100, H100])('$type at the speed that $0.01 requires costs $0.01', (price) => {
    const speed = speedFor(price, decimal('0.01'));
    expect(compare(speed, decimal('40000'))).toBe(1);
    expect(toDecimal(effectiveAt(price, speed, ONE), 6)).toBe('0.010000');
  });

  it('pods pay against serverless above the ratio of the two prices', () => {
    expect(toDecimal(breakEvenShare(A100), 6)).toBe('0.548246');
    expect(toDecimal(breakEvenShare(H100), 6)).toBe('0.706418');
  });
});
