/** Knows that who stands for the role of the writer outlives a Redis that takes no word of it. */

import { afterAll, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { createRedactor } from '../../src/platform/redact.ts';
import { openGate } from '../../src/schedule/gate.ts';
import { connect, type QueuePlace } from '../../src/schedule/redis.ts';
import { standForWriter } from '../../src/schedule/writer.ts';
import { startServer } from '../support/redisServers.ts';

/** A server of its own: what happens to it must happen to no other test. */
const redis = await startServer();
afterAll(() => redis.kill());
const place = { address: `redis://127.0.0.1:${redis.port}` };

/** Makes the server a copy of one that is not there: as after a failover, it takes no writes. */
async function readOnly(place: QueuePlace) {
  const client = connect(place);
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
    takeWriting: async () => 1,
    holdsWriting: async () => true,
    leaveWriting: async () => undefined,
  };
  let asked = 0;
  const orderOwed = async () => {
    asked += 1;
  };
  const work = async () => ({ orderOwed, close: async () => undefined });
  const wish = { place, holder: 'me', desk, clock: systemClock, log, work };
  const candidate = await standForWriter({ ...wish, leaseMs: 400 });
  onTestFinished(() => candidate.close());
  const { takesWrites } = await readOnly(place);
  const refused = () => lines.filter((line) => line.includes('READONLY')).length;
  await expect.poll(() => refused()).toBeGreaterThan(20);
  await takesWrites();
  // It has run out meanwhile: taken anew, whoever has it asks what is owed.
  await expect.poll(() => asked).toBeGreaterThan(0);
});

it('a question that can have no place is one that may be asked again', async () => {
  const limit = { concurrent: 1, perMinute: 60_000 };
  const gate = openGate({ place, limitOf: () => limit });
  onTestFinished(() => gate.end());
  const leave = await gate.enter('a.example', 60_000);
  const { takesWrites } = await readOnly(place);
  await leave();
  await gate.close('a.example', 1_000);
  await expect(gate.enter('b.example', 60_000)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('Redis did not grant a rate-limit slot: '),
  });
  await takesWrites();
  await expect(gate.enter('b.example', 60_000)).resolves.toBeTypeOf('function');
});
