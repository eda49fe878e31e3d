import { expect, test } from 'vitest';
import { matchesGlob } from '../../src/domain/glob.ts';

test.each([
  ['chat-*', 'chat-70b', true],
  ['chat-*', 'Chat-70b', false],
  ['*', '', true],
  ['a*b*c', 'axxbyyc', true],
  ['a*b*c', 'acb', false],
  ['ab*ba', 'aba', false],
  ['pod.1', 'podx1', false],
  ['exact', 'exactly', false],
  ['*70b*', 'llama-70b-fp8', true],
])('%s against %s is %s', (pattern, text, expected) => {
  expect(matchesGlob(pattern, text)).toBe(expected);
});

test('a pattern of many stars does not hang on a long name', () => {
  expect(matchesGlob(`${'a*'.repeat(50)}b`, 'a'.repeat(20_000))).toBe(false);
});
