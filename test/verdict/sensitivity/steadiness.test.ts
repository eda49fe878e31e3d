import { expect, test } from 'vitest';
import { add, decimal, type Exact, multiply, subtract } from '../../../src/domain/exact.ts';
import type { Assumptions } from '../../../src/economics/options.ts';
import { AUDIT_SENTENCES } from '../../../src/report/copy/sentences.ts';
import { firstDoubt } from '../../../src/verdict/judge/advice.ts';

const range = (low: string, base: string, high: string) => ({
  low: decimal(low),
  base: decimal(base),
  high: decimal(high),
});
const SHARE = range('0', '0.5', '1');

/** Self-hosted labor is saved, labor for hosting and $2 of hits at the provider are added. */
function savingOf(selfHosted: ReturnType<typeof range>, hosted: ReturnType<typeof range>) {
  return (world: Assumptions): Exact =>
    subtract(
      world.selfHosted(selfHosted),
      add(world.hosted(hosted), multiply(decimal('2'), world.cacheShare(SHARE))),
    );
}

test('a saving that holds at every end leaves no doubt', () => {
  expect(firstDoubt(savingOf(range('9', '10', '11'), range('1', '2', '3')))).toBeUndefined();
});

test('the first single end at which nothing is saved is the doubt', () => {
  const doubt = firstDoubt(savingOf(range('3', '10', '11'), range('1', '2', '12')));
  expect(doubt && AUDIT_SENTENCES.reason(doubt)).toBe(
    'At the low estimate of engineering time for self-hosting, the plan saves nothing.',
  );
});

test('where no single end decides it, the worst ends together may', () => {
  const doubt = firstDoubt(savingOf(range('5', '8', '11'), range('1', '2', '4.5')));
  expect(doubt && AUDIT_SENTENCES.reason(doubt)).toBe(
    'At the least favorable estimates of engineering time and cache hits, the ' +
      'plan costs $1.50 more than keeping.',
  );
});
