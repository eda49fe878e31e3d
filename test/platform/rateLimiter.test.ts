/** Requests stay within the limits of a host, counted at the host. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { DAY_MS } from '../../src/domain/period.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createHttpClient } from '../../src/platform/httpClient.ts';
import { createRateLimiter, type HostLimit } from '../../src/platform/rateLimiter.ts';

/** A provider that counts concurrent requests, and records when each came. */
async function provider(answerMs: number, statusOf: (nth: number) => number = () => 200) {
  const seen = { now: 0, most: 0, cameAtMs: [] as number[] };
  const server = createServer((_, response) => {
    seen.now += 1;
    seen.most = Math.max(seen.most, seen.now);
    const status = statusOf(seen.cameAtMs.push(performance.now()));
    setTimeout(() => {
      seen.now -= 1;
      response.writeHead(status, status === 429 ? { 'retry-after': '1' } : {}).end('{}');
    }, answerMs);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { seen, host: `127.0.0.1:${port}`, url: new URL(`http://127.0.0.1:${port}/`) };
}

const FREELY: HostLimit = { concurrent: 3, perMinute: 60_000 };

function clientWith(limit: HostLimit, patienceMs = 20_000) {
  const rateLimiter = createRateLimiter({ findLimit: () => limit, patienceMs });
  const http = createHttpClient({ clock: systemClock, rateLimiter, retries: 0 });
  return { rateLimiter, http };
}

function times<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, work));
}

/** For how long a slot is not given, by the simulated clock. */
async function waitsFor(acquired: Promise<unknown>, mostMs: number): Promise<number> {
  const startedMs = Date.now();
  const waited = acquired.then(() => Date.now() - startedMs);
  await vi.advanceTimersByTimeAsync(mostMs);
  return waited;
}

afterEach(() => {
  vi.useRealTimers();
});

describe('requests to one host', () => {
  it('crowd without a limiter, and never exceed the limit with one', async () => {
    const { seen, url } = await provider(100);
    const free = createHttpClient({ clock: systemClock });
    await times(8, () => free.get({ url }));
    expect(seen.most).toBeGreaterThan(FREELY.concurrent);
    seen.most = 0;
    const { http } = clientWith(FREELY);
    const results = await times(12, () => http.get({ url }));
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(seen.most).toBe(FREELY.concurrent);
  });

  it('keep the rate: as many as may run at once, in any such window', async () => {
    vi.useFakeTimers();
    const { rateLimiter } = clientWith({ concurrent: 2, perMinute: 600 });
    const startedMs = Date.now();
    const enteredMs: number[] = [];
    const all = times(10, async () => {
      const leave = await rateLimiter.acquire('host');
      enteredMs.push(Date.now() - startedMs);
      leave();
    });
    await vi.advanceTimersByTimeAsync(2_000);
    await all;
    // Two requests at once, every 200 ms.
    const apartMs = enteredMs.slice(2).map((atMs, nth) => atMs - (enteredMs[nth] ?? 0));
    expect(Math.min(...apartMs)).toBeGreaterThanOrEqual(200);
    expect(enteredMs.at(-1)).toBeLessThanOrEqual(900);
  });

  it('do not hold up another host', async () => {
    const { rateLimiter } = clientWith({ concurrent: 1, perMinute: 60_000 }, 100);
    await rateLimiter.acquire('one');
    await expect(rateLimiter.acquire('other')).resolves.toBeTypeOf('function');
  });
});

describe('a host that asks for a pause', () => {
  it('gets no request until it is over', async () => {
    const { seen, url } = await provider(0, (nth) => (nth === 1 ? 429 : 200));
    const { http } = clientWith(FREELY);
    expect((await http.get({ url })).ok).toBe(false);
    expect((await http.get({ url })).ok).toBe(true);
    const [refusedAtMs = 0, nextAtMs = 0] = seen.cameAtMs;
    expect(nextAtMs - refusedAtMs).toBeGreaterThanOrEqual(990);
  });

  it('gets the longest of several pauses, and at most a day', async () => {
    vi.useFakeTimers();
    const { rateLimiter } = clientWith(FREELY, 10 * DAY_MS);
    rateLimiter.pause('host', 2_000);
    rateLimiter.pause('host', 500);
    expect(await waitsFor(rateLimiter.acquire('host'), 5_000)).toBe(2_000);
    rateLimiter.pause('long', 999_999_999_000);
    const acquired = rateLimiter.acquire('long');
    await vi.advanceTimersByTimeAsync(DAY_MS - 1_000);
    expect(await waitsFor(acquired, 5_000)).toBe(1_000);
  });
});

it('no request waits forever: it fails as retryable, and its turn is free', async () => {
  const { url, seen, host } = await provider(0);
  const { http, rateLimiter } = clientWith({ concurrent: 1, perMinute: 60_000 }, 120);
  const leave = await rateLimiter.acquire(host);
  const result = await http.get({ url });
  expect(result).toMatchObject({ ok: false, failure: { code: 'rate-limited', where: host } });
  expect(seen.cameAtMs).toEqual([]);
  leave();
  expect((await http.get({ url })).ok).toBe(true);
});
