/** A lease has one holder at a time, and passes on when it is released or expires. */

import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createLease } from '../../src/schedule/leaderElection.ts';
import { connectRedis } from '../../src/schedule/redis.ts';
import { sharedRedis, type TestRedis } from '../support/redis.ts';

let redis: TestRedis;
beforeAll(async () => {
  redis = await sharedRedis();
});
afterAll(() => redis.stop());

function candidates(forMs: number) {
  const place = redis.place();
  const client = connectRedis(place);
  onTestFinished(() => client.disconnect());
  const key = `${place.prefix}:role`;
  const lease = (holder: string) => createLease({ redis: client, key, holder, forMs });
  return {
    a: lease('a'),
    b: lease('b'),
    forget: () => client.del(key),
    leftMs: () => client.pttl(key),
    /** As if it had been held that much longer ago. */
    shorten: (toMs: number) => client.pexpire(key, toMs),
  };
}

it('is taken by one, kept by it, and taken by the other once it was released', async () => {
  const { a, b } = candidates(60_000);
  const first = await Promise.all([a.hold(), b.hold()]);
  expect(first.toSorted()).toEqual(['foreign', 'taken']);
  const [holder, other] = first[0] === 'taken' ? [a, b] : [b, a];
  expect(await holder.hold()).toBe('kept');
  // Releasing another holder's lease changes nothing.
  await other.release();
  expect(await other.hold()).toBe('foreign');
  await holder.release();
  expect(await other.hold()).toBe('taken');
});

it('expires when its holder is silent, and is renewed when it is not', async () => {
  const { a, b, leftMs, shorten } = candidates(400_000);
  await a.hold();
  expect(await leftMs()).toBeGreaterThan(200_000);
  await shorten(100_000);
  expect(await a.hold()).toBe('kept');
  expect(await leftMs()).toBeGreaterThan(200_000);
  expect(await leftMs()).toBeLessThanOrEqual(400_000);
  expect(await b.hold()).toBe('foreign');
  await shorten(1);
  await expect.poll(() => b.hold()).toBe('taken');
  expect(await a.hold()).toBe('foreign');
});

it('that Redis lost is taken anew, and its holder learns of that', async () => {
  const { a, forget } = candidates(60_000);
  await a.hold();
  await forget();
  expect(await a.hold()).toBe('taken');
});
