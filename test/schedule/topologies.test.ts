/** The queue with TLS, through a failover by sentinels, and on a cluster. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { createRedactor } from '../../src/platform/redact.ts';
import { checkRedis } from '../../src/schedule/checkRedis.ts';
import type { RunnableJob } from '../../src/schedule/inline.ts';
import { openQueue, QUEUE_NAME } from '../../src/schedule/queue.ts';
import { type RedisLocation, queueOptions } from '../../src/schedule/redis.ts';
import { startWorker } from '../../src/schedule/worker.ts';
import { installedServers } from '../support/redis.ts';
import {
  withRedisClient,
  clientTls,
  waitForReplication,
  type RedisServerProcess,
  startCluster,
  startSecureServer,
  startSentinels,
  startRedisServer,
} from '../support/redisServers.ts';

function endsWithTest(servers: readonly RedisServerProcess[]): void {
  onTestFinished(async () => {
    for (const server of servers) await server.kill();
  });
}

/** A worker of one job and its queue. `ran` has the job's number each time it runs. */
async function working(place: RedisLocation) {
  const ran: number[] = [];
  const count: RunnableJob<{ progress(message: string): void }> = {
    name: 'count',
    payload: z.strictObject({ number: z.number() }),
    async run(_, payload) {
      ran.push((payload as { number: number }).number);
      return { kind: 'done', result: undefined, shortfalls: [] };
    },
  };
  const log = createLog({
    level: 'silent',
    clock: systemClock,
    redactor: createRedactor([]),
    write: () => undefined,
  });
  const context = { progress: () => undefined };
  const worker = await startWorker({
    place,
    jobs: [count],
    context,
    clock: systemClock,
    log,
    timetable: [],
  });
  const queue = openQueue({ place, jobs: [count], log });
  onTestFinished(async () => {
    await queue.close();
    await worker.close();
  });
  const add = (number: number) =>
    queue.add({ name: 'count', payload: { number }, id: `count/${number}` });
  return { ran, add };
}

/** Every finished job that the queue still remembers. */
async function completed(place: RedisLocation): Promise<number> {
  const queue = new Queue(QUEUE_NAME, queueOptions(place));
  try {
    return await queue.getCompletedCount();
  } finally {
    await queue.close();
  }
}

describe('Redis with TLS', () => {
  it('is reached with its authority, a certificate and the password', async () => {
    const { server, folder } = await startSecureServer('hush-hush');
    endsWithTest([server]);
    const address = `rediss://:hush-hush@127.0.0.1:${server.port}`;
    const tls = clientTls(folder);
    const place: RedisLocation = { address, tls };
    expect(await checkRedis(place)).toEqual([]);
    const { ran, add } = await working(place);
    await add(1);
    await expect.poll(() => ran).toEqual([1]);
    // A certificate for another name is accepted only when that name is requested.
    expect(await checkRedis({ address, tls: { ...tls, servername: 'redis.example' } })).toEqual([]);
    await expect(
      checkRedis({ address, tls: { ...tls, servername: 'other.example' } }),
    ).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('failed the TLS handshake'),
    });
  });

  it('refuses other clients, with a message that has the fix and no password', async () => {
    const { server, folder } = await startSecureServer('hush-hush');
    endsWithTest([server]);
    const address = `rediss://:hush-hush@127.0.0.1:${server.port}`;
    const { ca, ...ours } = clientTls(folder);
    const untrusted = checkRedis({ address });
    await expect(untrusted).rejects.toMatchObject({
      code: 'unavailable',
      hint: expect.stringContaining('redis.tls'),
    });
    await expect(untrusted).rejects.not.toThrow(/hush/);
    const wrong = `rediss://:wrong@127.0.0.1:${server.port}`;
    await expect(checkRedis({ address: wrong, tls: { ca, ...ours } })).rejects.toMatchObject({
      code: 'auth',
      hint: expect.stringContaining('password'),
    });
    expect(readFileSync(join(folder, 'ca.crt'), 'utf8')).toBe(ca);
  });
});

describe('Redis with sentinels', () => {
  let watched: Awaited<ReturnType<typeof startSentinels>>;
  beforeAll(async () => {
    watched = await startSentinels();
  });
  afterAll(async () => {
    const { primary, replica, sentinels } = watched;
    for (const server of [primary, replica, ...sentinels]) await server.kill();
  });

  it('is reported by name if the sentinels have no such group', async () => {
    const { sentinels } = watched;
    await expect(checkRedis({ sentinels, name: 'other' })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('other at the sentinels 127.0.0.1:'),
    });
  });

  it('continues on the replica when the primary dies, and no job is lost', async () => {
    const { primary, replica, sentinels } = watched;
    const place: RedisLocation = { sentinels, name: 'main' };
    expect(await checkRedis(place)).toEqual([]);
    const { ran, add } = await working(place);
    await add(1);
    await expect.poll(() => ran).toEqual([1]);
    await expect.poll(() => completed(place)).toBe(1);
    await waitForReplication(primary);
    await primary.kill();
    await add(2);
    await expect.poll(() => ran.includes(2)).toBe(true);
    const role = await withRedisClient(replica, (redis) => redis.role());
    expect(role[0]).toBe('master');
    await expect.poll(() => completed(place)).toBe(2);
  });
});

describe('a Redis cluster', () => {
  let nodes: RedisServerProcess[];
  beforeAll(async () => {
    nodes = await startCluster();
  });
  afterAll(async () => {
    for (const node of nodes) await node.kill();
  });

  it('keeps the queue together on one node, whichever node is contacted', async () => {
    const place: RedisLocation = { cluster: nodes.slice(1) };
    expect(await checkRedis(place)).toEqual([]);
    const { ran, add } = await working(place);
    await Promise.all([1, 2, 3, 4, 5].map(add));
    await expect.poll(() => new Set(ran)).toEqual(new Set([1, 2, 3, 4, 5]));
    const sizes = await Promise.all(
      nodes.map((node) => withRedisClient(node, (redis) => redis.dbsize())),
    );
    expect(sizes.filter((size) => size > 0)).toHaveLength(1);
  });

  it('warns about each node that may evict jobs, once', async () => {
    for (const node of nodes) {
      await withRedisClient(node, (redis) =>
        redis.config('SET', 'maxmemory-policy', 'allkeys-lru'),
      );
    }
    expect(await checkRedis({ cluster: nodes })).toEqual([
      { code: 'redis-may-evict', policy: 'allkeys-lru' },
    ]);
  });
});

/** Redis and Valkey. Reports which of them is unavailable. */
function kinds(): string[] {
  const wanted = ['redis-server', 'valkey-server'];
  const here = installedServers(wanted);
  for (const missing of wanted.filter((server) => !here.includes(server))) {
    process.stderr.write(`${missing} cannot be had: the queue is not tested on it\n`);
  }
  return here;
}

it.each(kinds())('the queue works on %s', async (program) => {
  const server = await startRedisServer([], { program });
  endsWithTest([server]);
  const { ran, add } = await working({ address: `redis://127.0.0.1:${server.port}` });
  await add(1);
  await expect.poll(() => ran).toEqual([1]);
});
