/** All workers together stay within the rate limit of a provider, counted at the provider. */

import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { DAY_MS } from '../../src/domain/period.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createHttpClient } from '../../src/platform/httpClient.ts';
import {
  type HostLimit,
  type RedisRateLimiter,
  openRateLimiter,
} from '../../src/schedule/rateLimiter.ts';
import {
  type SingleRedis,
  connectRedis,
  keyPrefix,
  type RedisLocation,
} from '../../src/schedule/redis.ts';
import { sharedRedis, type TestRedis } from '../support/redis.ts';
import { startRedisServer } from '../support/redisServers.ts';

const program = fileURLToPath(new URL('../support/httpClientProcess.ts', import.meta.url));

let redis: TestRedis;
const open: { quit(): Promise<void> }[] = [];

beforeAll(async () => {
  redis = await sharedRedis();
});
afterAll(() => redis.stop());
afterEach(async () => {
  for (const one of open.splice(0)) await one.quit();
});

/** A provider that counts concurrent requests, and records when each came. */
async function provider(answerMs: number, statusOf: (nth: number) => number = () => 200) {
  const seen = { now: 0, most: 0, cameAtMs: [] as number[] };
  const server = createServer((_, response) => {
    seen.now += 1;
    seen.most = Math.max(seen.most, seen.now);
    const status = statusOf(seen.cameAtMs.push(Date.now()));
    setTimeout(() => {
      seen.now -= 1;
      response.writeHead(status, status === 429 ? { 'retry-after': '1' } : {}).end('{}');
    }, answerMs);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  open.push({
    quit: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  });
  const { port } = server.address() as AddressInfo;
  return { seen, host: `127.0.0.1:${port}`, url: new URL(`http://127.0.0.1:${port}/`) };
}

function gateAt(place: RedisLocation, limit: HostLimit, patienceMs = 20_000): RedisRateLimiter {
  const limiter = openRateLimiter({ place, findLimit: () => limit, patienceMs });
  open.push(limiter);
  return limiter;
}

const FREELY: HostLimit = { concurrent: 3, perMinute: 60_000 };

/** When Redis admitted each request. Its arrival time depends on the load of this machine. */
async function entries({ address, prefix }: SingleRedis & { prefix: string }): Promise<number[]> {
  const client = new Redis(address);
  const watching = await client.monitor();
  open.push({ quit: async () => void [watching.disconnect(), client.disconnect()] });
  const atMs: number[] = [];
  watching.on('monitor', (time: string, [command = '', key = '']: readonly string[]) => {
    const isEntry = /^zadd$/i.test(command) && key.startsWith(prefix) && key.endsWith(':places');
    if (isEntry) atMs.push(Number(time) * 1000);
  });
  return atMs;
}

describe('two workers in processes of their own', () => {
  const run = promisify(execFile);

  it('never have more requests in progress together than the provider allows', async () => {
    const { seen, url } = await provider(100);
    const args = [program, JSON.stringify(redis.place()), url.href, JSON.stringify(FREELY), '12'];
    const outputs = await Promise.all([run(process.execPath, args), run(process.execPath, args)]);
    const answered = outputs.flatMap(({ stdout }) => JSON.parse(stdout) as boolean[]);
    expect(answered).toEqual(Array.from({ length: 24 }, () => true));
    expect(seen.cameAtMs).toHaveLength(24);
    expect(seen.most).toBe(3);
  });

  it('keep the rate together: a burst as large as the limit, then one by one', async () => {
    const { seen, url } = await provider(0);
    // On its own server: other clients' commands must not arrive together with the OK of MONITOR.
    const server = await startRedisServer();
    const place = { address: `redis://127.0.0.1:${server.port}`, prefix: 'paced' };
    const letIn = await entries(place);
    open.push({ quit: () => server.kill() });
    const limit = JSON.stringify({ concurrent: 2, perMinute: 600 });
    const args = [program, JSON.stringify(place), url.href, limit, '5'];
    await Promise.all([run(process.execPath, args), run(process.execPath, args)]);
    expect(seen.cameAtMs).toHaveLength(10);
    await expect.poll(() => letIn.length).toBe(10);
    // Eight after the burst of two, one every 100 ms. Redis counts whole milliseconds.
    expect((letIn.at(-1) ?? 0) - (letIn[0] ?? 0)).toBeGreaterThanOrEqual(790);
  });
});

describe('the rate limiter', () => {
  it('prevents crowding: without it the provider counts all requests at once', async () => {
    const { seen, url } = await provider(500);
    const http = createHttpClient({ clock: systemClock });
    await Promise.all(Array.from({ length: 8 }, () => http.get({ url })));
    expect(seen.most).toBeGreaterThan(FREELY.concurrent);
  });

  it('limits each host separately', async () => {
    const limiter = gateAt(redis.place(), { concurrent: 1, perMinute: 60_000 }, 100);
    await limiter.acquire('one', 10_000);
    await expect(limiter.acquire('other', 10_000)).resolves.toBeTypeOf('function');
  });

  it('keeps all workers away from a host that requested a pause', async () => {
    const { seen, url } = await provider(0, (nth) => (nth === 1 ? 429 : 200));
    const place = redis.place();
    const [first, second] = [gateAt(place, FREELY), gateAt(place, FREELY)];
    const [one, other] = [first, second].map((gate) =>
      createHttpClient({ clock: systemClock, rateLimiter: gate, retries: 0 }),
    );
    expect((await one?.get({ url }))?.ok).toBe(false);
    expect((await other?.get({ url }))?.ok).toBe(true);
    const [refusedAtMs = 0, nextAtMs = 0] = seen.cameAtMs;
    expect(nextAtMs - refusedAtMs).toBeGreaterThanOrEqual(990);
  });

  it('limits a pause to one day, whatever the host requested', async () => {
    const place = redis.place();
    await gateAt(place, FREELY).pause('a.example', 999_999_999_000);
    const client = connectRedis(place);
    onTestFinished(() => client.disconnect());
    const leftMs = await client.pttl(`${keyPrefix(place)}:gate:{a.example}:closed`);
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(DAY_MS + 1_000);
  });

  it('frees the slot of a dead worker once a whole answer would have arrived', async () => {
    const place = redis.place();
    const limit = { concurrent: 1, perMinute: 60_000 };
    const startedAtMs = Date.now();
    await gateAt(place, limit).acquire('host', 300);
    await gateAt(place, limit).acquire('host', 300);
    expect(Date.now() - startedAtMs).toBeGreaterThanOrEqual(290);
  });

  it('lets no request wait forever: it fails as retryable', async () => {
    const { url, seen, host } = await provider(0);
    const limiter = gateAt(redis.place(), { concurrent: 1, perMinute: 60_000 }, 120);
    const leave = await limiter.acquire(host, 10_000);
    const http = createHttpClient({ clock: systemClock, rateLimiter: limiter, retries: 0 });
    const result = await http.get({ url });
    expect(result).toMatchObject({ ok: false, failure: { code: 'rate-limited' } });
    expect(seen.cameAtMs).toEqual([]);
    await leave();
    expect((await http.get({ url })).ok).toBe(true);
  });
});
