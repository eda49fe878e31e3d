import { expect, test } from 'vitest';
import { SeenKeys } from '../../../src/sources/import/keyStore.ts';

test('a key is stored with its line and its content, however many others come', () => {
  const seen = new SeenKeys();
  for (let i = 0; i < 50_000; i++)
    expect(seen.claim(`key ${i}`, `says ${i}`, i + 2)).toBeUndefined();
  for (let i = 0; i < 50_000; i++) {
    expect(seen.claim(`key ${i}`, `says ${i}`, 9)).toEqual({ line: i + 2, isSame: true });
    expect(seen.claim(`key ${i}`, 'says otherwise', 9)).toEqual({ line: i + 2, isSame: false });
  }
});

test('keys are counted one by one', () => {
  const seen = new SeenKeys();
  const keys = ['a', 'b', 'a', 'a', 'ab', 'ba', 'b'];
  expect(keys.map((key) => seen.count(key))).toEqual([1, 1, 2, 3, 1, 1, 2]);
});

test('keys that no longer fit in memory are stored on disk, counts included', () => {
  const seen = new SeenKeys(1_000);
  for (let i = 0; i < 10_500; i++) {
    expect(seen.claim(`key ${i}`, `says ${i}`, i + 2)).toBeUndefined();
    expect(seen.count(`#${i % 700}`)).toBe(Math.floor(i / 700) + 1);
  }
  for (let i = 0; i < 10_500; i++) {
    expect(seen.claim(`key ${i}`, `says ${i}`, 9)).toEqual({ line: i + 2, isSame: true });
    expect(seen.claim(`key ${i}`, 'says otherwise', 9)).toEqual({ line: i + 2, isSame: false });
  }
  seen.close();
});
