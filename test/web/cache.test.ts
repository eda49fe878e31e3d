/**
 * Slow values are cached up to a number, shared while they are computed, and dropped on failure.
 */

import { expect, it } from 'vitest';
import { createLruCache } from '../../src/web/facts/lruCache.ts';

function counting(most: number) {
  const made: string[] = [];
  const keep = createLruCache<string>(most);
  const ask = (key: string) =>
    keep(key, async () => {
      made.push(key);
      return key;
    });
  return { made, keep, ask };
}

it('computes a value once for all concurrent and later callers', async () => {
  const { made, ask } = counting(2);
  expect(await Promise.all([ask('a'), ask('a')])).toEqual(['a', 'a']);
  expect(await ask('a')).toBe('a');
  expect(made).toEqual(['a']);
});

it('keeps a limited number, and drops the least recently used', async () => {
  const { made, ask } = counting(2);
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await ask(key);
  expect(made).toEqual(['a', 'b', 'c', 'b']);
});

it('computes again what failed', async () => {
  const { keep, ask } = counting(2);
  await expect(keep('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await ask('a')).toBe('a');
});
