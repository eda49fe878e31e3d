import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalDigest, createRunningDigest, sha256Hex } from '../../src/platform/digest.ts';

test('the digest of empty input is the well-known one', () => {
  expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(sha256Hex(new Uint8Array())).toBe(sha256Hex(''));
});

test('the order of keys does not matter, the order of a list does', () => {
  expect(canonicalDigest({ a: 1, b: [1, 2] })).toBe(canonicalDigest({ b: [1, 2], a: 1 }));
  expect(canonicalDigest([1, 2])).not.toBe(canonicalDigest([2, 1]));
});

test('values that only look alike have different digests', () => {
  const values = [1, '1', 1n, '1n', [1], { a: 1 }, null, '', [], {}, [[]], ['a', 'b'], ['a,b']];
  expect(new Set(values.map(canonicalDigest)).size).toBe(values.length);
});

test('absent and undefined are the same, null is another', () => {
  expect(canonicalDigest({ a: undefined })).toBe(canonicalDigest({}));
  expect(canonicalDigest({ a: null })).not.toBe(canonicalDigest({}));
});

test('typed arrays are digested by their bytes and their kind, unknowns included', () => {
  const unknown = canonicalDigest(new Float64Array([1, Number.NaN]));
  expect(unknown).toBe(canonicalDigest(new Float64Array([1, Number.NaN])));
  expect(unknown).not.toBe(canonicalDigest(new Float64Array([1, 0])));
  expect(canonicalDigest(new Uint8Array(8))).not.toBe(canonicalDigest(new Float64Array(1)));
});

test('a map is digested by its keys, whatever their order', () => {
  const one = new Map([
    ['a', 1],
    ['b', 2],
  ]);
  expect(canonicalDigest(one)).toBe(canonicalDigest(new Map([...one].toReversed())));
});

test('a function or an infinite number has no digest', () => {
  expect(() => canonicalDigest({ f: () => 1 })).toThrow('a function has no digest');
  expect(() => canonicalDigest([Infinity])).toThrow('Infinity has no digest');
});

test('a JSON round trip never changes the digest', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const again: unknown = JSON.parse(JSON.stringify(value));
      expect(canonicalDigest(again)).toBe(canonicalDigest(value));
    }),
  );
});

test('a running digest covers all its texts, each terminated, however many there are', () => {
  const digest = createRunningDigest();
  const texts = Array.from({ length: 30_000 }, (_, at) => `line ${at}`);
  for (const text of texts) digest.add(text);
  expect(digest.end()).toBe(sha256Hex(texts.map((text) => `${text}\n`).join('')));
  const [one, other] = [createRunningDigest(), createRunningDigest()];
  for (const text of ['ab', 'c']) one.add(text);
  for (const text of ['a', 'bc']) other.add(text);
  expect(one.end()).not.toBe(other.end());
});
