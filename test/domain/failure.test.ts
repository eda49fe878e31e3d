import { expect, test } from 'vitest';
import {
  BrokenInvariant,
  Failure,
  type FailureCode,
  FAILURES,
  invariant,
} from '../../src/domain/failure.ts';

const CODES = Object.keys(FAILURES) as FailureCode[];

test.each(CODES)('%s says what to do', (code) => {
  const failure = new Failure(code, 'it failed');
  expect(failure.hint).toBe(FAILURES[code].hint);
  expect(failure.hint.length).toBeGreaterThan(10);
  expect(failure.passing).toBe(FAILURES[code].passing);
});

test('a failure keeps its cause and prefers its own hint', () => {
  const cause = new Error('socket hang up');
  const failure = new Failure('unavailable', 'no answer', { cause, hint: 'ask the provider' });
  expect(failure.cause).toBe(cause);
  expect(failure.hint).toBe('ask the provider');
  expect(failure).toMatchObject({ name: 'Failure', code: 'unavailable', passing: true });
});

test('a broken invariant is a bug, not a failure', () => {
  expect(() => invariant(false, 'parts sum to the whole')).toThrow(BrokenInvariant);
  expect(() => invariant(true, 'never seen')).not.toThrow();
});
