import { describe, expect, test } from 'vitest';
import { editDistance, joinWithOr, nearestWord, quoteShort } from '../../src/platform/text.ts';

describe('a suggestion for a mistyped word', () => {
  test.each([
    ['gpus', 'gpu'],
    ['modle', 'model'],
    ['biled_cost', 'billed_cost'],
    ['MinUptime', 'minUptime'],
  ])('for %s it is %s', (word, meant) => {
    expect(nearestWord(word, ['gpu', 'model', 'billed_cost', 'minUptime'])).toBe(meant);
  });

  test('is the nearest word, or absent if nothing is near', () => {
    expect(nearestWord('prices', ['price', 'prizes', 'rates'])).toBe('price');
    expect(nearestWord('year', ['startMonth'])).toBeUndefined();
    expect(nearestWord('x', ['y'])).toBeUndefined();
    expect(nearestWord('anything', [])).toBeUndefined();
  });

  test('counts a swap of neighbors as one error, and does not read endless words', () => {
    expect(editDistance('modle', 'model')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('a'.repeat(1_000_000), 'a'.repeat(100))).toBe(0);
  });
});

test('a found value is shown on one short line, without control characters', () => {
  expect(quoteShort('a\n\u001b[31mb')).toBe('"a [31mb"');
  expect(quoteShort('x'.repeat(100))).toBe(`"${'x'.repeat(60)}…"`);
});

test('alternatives are listed in ordinary English', () => {
  expect([joinWithOr(['a']), joinWithOr(['a', 'b']), joinWithOr(['a', 'b', 'c'])]).toEqual([
    'a',
    'a or b',
    'a, b or c',
  ]);
});
