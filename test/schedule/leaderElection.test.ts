/** A candidate for the writer role survives a Redis that accepts no writes. */

import { afterAll, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { createRedactor } from '../../src/platform/redact.ts';
import { connectRedis, type RedisLocation } from '../../src/schedule/redis.ts';
import { joinLeaderElection } from '../../src/schedule/leaderElection.ts';
import { startRedisServer } from '../support/redisServers.ts';

/** A separate server: its failures must not affect another test. */
const redis = await startRedisServer();
afterAll(() => redis.kill());
const place = { address: `redis://127.0.0.1:${redis.port}` };

/** Makes the server a replica of a missing one. As after a failover, it accepts no writes. */
async function readOnly(place: RedisLocation) {
  const client = connectRedis(place);
  const takesWrites = () => client.call('REPLICAOF', 'NO', 'ONE');
  onTestFinished(async () => {
    await takesWrites();
    client.disconnect();
  });
  await client.call('REPLICAOF', '127.0.0.1', '1');
  return { takesWrites };
}

it('a Redis that takes no writes for a while costs the role, and no worker', async () => {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const log = createLog({ level: 'info', clock: systemClock, redactor: createRedactor([]), write });
  const desk = {
    ledgerId: async () => 'ledger',
    takeWriteLock: async () => 1,
    holdsWriteLock: async () => true,
    releaseWriteLock: async () => undefined,
  };
  let backlogReads = 0;
  const addBacklog = async () => {
    backlogReads += 1;
  };
  const work = async () => ({ addBacklog, close: async () => undefined });
  const options = { place, holder: 'me', ledger: desk, clock: systemClock, log, startWork: work };
  const candidate = await joinLeaderElection({ ...options, leaseMs: 400 });
  onTestFinished(() => candidate.close());
  const { takesWrites } = await readOnly(place);
  const refused = () => lines.filter((line) => line.includes('READONLY')).length;
  await expect.poll(() => refused()).toBeGreaterThan(20);
  await takesWrites();
  // The lease has expired meanwhile. Whoever takes it anew reads the backlog.
  await expect.poll(() => backlogReads).toBeGreaterThan(0);
});
