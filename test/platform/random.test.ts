import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs, retryAfterMs } from '../../src/platform/httpFailure.ts';
import { seededRandom } from '../../src/platform/random.ts';

const draws = (seed: string, count: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random.uint32());
};

test('the same seed gives the same numbers, another seed others', () => {
  expect(draws('a', 50)).toEqual(draws('a', 50));
  expect(draws('a', 50)).not.toEqual(draws('b', 50));
});

test('the sequence of a seed never changes between versions', () => {
  expect(draws('rentcheck', 4)).toEqual([
    2_176_002_524, 3_379_825_715, 1_195_348_276, 4_028_716_564,
  ]);
});

test('fractions stay inside [0, 1) and are spread evenly', () => {
  const random = seededRandom('even');
  const buckets = Array.from({ length: 10 }, () => 0);
  for (let draw = 0; draw < 100_000; draw += 1) {
    const bucket = Math.floor(random.next() * 10);
    buckets[bucket] = (buckets[bucket] ?? Number.NaN) + 1;
  }
  expect(buckets).toHaveLength(10);
  // Five standard deviations of a fair tenth of 100,000 draws are 475.
  for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(475);
});

test('integers lie between their bounds, both included', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: -50, max: 50 }), fc.nat(20), (seed, low, span) => {
      const random = seededRandom(seed);
      for (let draw = 0; draw < 20; draw += 1) {
        const value = random.integer(low, low + span);
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThanOrEqual(low + span);
      }
    }),
  );
  const seen = new Set(Array.from({ length: 100 }, (_, n) => seededRandom(`${n}`).integer(1, 3)));
  expect([...seen].sort((a, b) => a - b)).toEqual([1, 2, 3]);
});

test('pauses double up to half a minute, less a share of up to a half', () => {
  const random = seededRandom('pauses');
  const full = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000];
  for (const [index, most] of full.entries()) {
    const pause = backoffMs(index + 1, random);
    expect(pause).toBeGreaterThanOrEqual(most / 2);
    expect(pause).toBeLessThanOrEqual(most);
  }
});

test.each([
  ['12', 12_000],
  ['0', 0],
  ['0.5', 500],
  ['Wed, Jul 15, 2026 12:01:30 GMT', 90_000],
  ['Wed, Jul 15, 2026 11:00:00 GMT', 0],
  ['', undefined],
  ['-5', undefined],
  ['soon', undefined],
  [null, undefined],
])('Retry-After %j is %j ms', (header, expected) => {
  expect(retryAfterMs(header, Date.UTC(2026, 6, 15, 12))).toBe(expected);
});
