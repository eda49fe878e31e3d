/** A worker's death at any moment causes no lost message and no duplicate. */

import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import type { Delivery } from '../../src/domain/delivery.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { smtpError, type MailServer } from '../support/mailServer.ts';
import { printFigure, size } from '../support/size.ts';
import { EDITION, type KillStage, startKillStage } from './killableWorker.ts';

vi.setConfig({ testTimeout: 600_000 });

const READER = 'cfo@example.com';
const LEASE_MS = 15_000;

/** How often each recipient got the whole message. */
function takenBy({ received }: MailServer): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { recipient } of received) counts.set(recipient, (counts.get(recipient) ?? 0) + 1);
  return counts;
}

async function storedDeliveries({ open }: KillStage): Promise<readonly Delivery[]> {
  const ledger = await open();
  const deliveries = await ledger.deliveries.list({ edition: EDITION });
  await ledger.close();
  return deliveries;
}

/** Decides each doubtful delivery, as a person who asked the recipient would. */
async function decide({ open, nowMs, server }: KillStage): Promise<number> {
  const ledger = await open();
  await ledger.deliveries.expireClaims(nowMs());
  const taken = takenBy(server);
  let doubts = 0;
  for (const { id, state, recipient } of await ledger.deliveries.list()) {
    if (state !== 'ambiguous') continue;
    doubts += 1;
    const as = taken.has(recipient) ? 'sent' : 'send-again';
    await ledger.deliveries.resolve(id, { as, by: 'ada', note: 'asked' }, nowMs());
  }
  await ledger.close();
  return doubts;
}

describe('a worker that dies', () => {
  const before = 'before' as const;
  const after = 'after' as const;
  it.each([
    [before, 'plan', 'no letter'],
    [after, 'plan', 'no letter'],
    [before, 'claim', 'no letter'],
    [after, 'claim', 'no letter'],
    [before, 'prepare', 'no letter'],
    [after, 'prepare', 'no letter'],
    [before, 'startSending', 'no letter'],
    // All but the last bytes are out. No server accepts a partial message, but the worker cannot
    // know.
    [after, 'startSending', 'no letter, and doubt'],
    [before, 'settle', 'a letter, and doubt'],
    [after, 'settle', 'a letter'],
  ])('right %s %s leaves %s', async (at, call, left) => {
    const doubt = left.endsWith('doubt');
    const letters = left.startsWith('a letter') ? 1 : 0;
    const on = await startKillStage([READER], { leaseMs: LEASE_MS });
    const worker = await on.startWorker({ at, call });
    if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'close');
    expect(worker.signalCode).toBe('SIGKILL');
    expect(on.server.received).toHaveLength(letters);
    await on.runToEnd();
    const [delivery] = await storedDeliveries(on);
    expect(delivery?.state).toBe(doubt ? 'ambiguous' : 'sent');
    expect(on.server.received).toHaveLength(doubt ? letters : 1);
    expect(await decide(on)).toBe(doubt ? 1 : 0);
    await on.runToEnd();
    expect(await storedDeliveries(on)).toMatchObject([{ state: 'sent' }]);
    expect(on.server.received).toHaveLength(1);
  });
});

const KILLS = size({ short: 40, full: 400 });
const READERS = size({ short: 40, full: 320 });
const WORKERS = 3;
const LONGEST_LIFE_MS = 200;

describe('workers that are killed at random moments, several at once', () => {
  it('send each message once, and list the ones in doubt', async () => {
    const recipients = Array.from({ length: READERS }, (_, at) => `reader-${at}@example.com`);
    const random = seededRandom('kills');
    const pauseBriefly = () => new Promise<void>((done) => setTimeout(done, random.integer(0, 40)));
    const on = await startKillStage(recipients, {
      leaseMs: LEASE_MS,
      // Slow here too: the kills must strike before the hand-over as well as during it.
      onRcptTo: ({ address }, _session, done) => {
        const no = random.next() < 0.05 ? smtpError(450, `${address}: later`) : undefined;
        setTimeout(() => done(no), random.integer(0, 40));
      },
      onMessage: pauseBriefly,
      onTaken: pauseBriefly,
    });
    await killed(on, random);
    await on.runToEnd();
    const deliveries = await storedDeliveries(on);
    const taken = takenBy(on.server);
    expect(deliveries).toHaveLength(recipients.length);
    const count = (state: string) => deliveries.filter((one) => one.state === state).length;
    expect(count('sent') + count('ambiguous')).toBe(recipients.length);
    expect(Math.max(...taken.values())).toBe(1);
    const unsent = deliveries.filter(({ recipient }) => !taken.has(recipient));
    expect(unsent.every(({ state }) => state === 'ambiguous')).toBe(true);
    await expectListed(on, deliveries);
    // The kills struck: some before anything was handed over, some in the one moment of doubt.
    expect(await decide(on)).toBe(count('ambiguous'));
    expect(count('ambiguous')).toBeGreaterThan(0);
    const doubted = `${count('ambiguous')} in doubt`;
    printFigure('workers killed while they mail', `${KILLS}, ${READERS} readers, ${doubted}`);
    await on.runToEnd();
    expect([...takenBy(on.server).values()]).toEqual(recipients.map(() => 1));
    expect((await storedDeliveries(on)).every(({ state }) => state === 'sent')).toBe(true);
    await expectSameBytes(on);
  });
});

/**
 * Several workers run at a time, each for a moment. On a slow machine each does little, so more of
 * them are killed, until the relevant moments were struck.
 */
async function killed(on: KillStage, random: ReturnType<typeof seededRandom>): Promise<void> {
  let left = KILLS;
  const line = async () => {
    while (left > 0 || !(await haveStruck(on))) {
      left -= 1;
      const worker = await on.startWorker();
      await new Promise((wake) => setTimeout(wake, random.integer(0, LONGEST_LIFE_MS)));
      worker.kill('SIGKILL');
      if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'close');
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, line));
}

/** Whether a message is in doubt by now, and another was released after its worker died earlier. */
async function haveStruck(on: KillStage): Promise<boolean> {
  const ledger = await on.open();
  await ledger.deliveries.expireClaims(on.nowMs());
  const deliveries = await ledger.deliveries.list({ edition: EDITION });
  const givenBack = await givenBackIn(ledger);
  await ledger.close();
  return givenBack > 0 && deliveries.some(({ state }) => state === 'ambiguous');
}

async function givenBackIn(ledger: Awaited<ReturnType<KillStage['open']>>): Promise<number> {
  const { rows } = await ledger.query(
    `SELECT count(*) FROM delivery_event
     WHERE state = 'waiting' AND detail LIKE '%worker stopped before sending%'`,
  );
  return Number(rows[0]?.[0]);
}

async function expectListed(on: KillStage, deliveries: readonly Delivery[]): Promise<void> {
  const ledger = await on.open();
  const listed = (await ledger.deliveries.unnotifiedTroubles()).map(({ delivery }) => delivery);
  const givenBack = await givenBackIn(ledger);
  await ledger.close();
  const doubtful = deliveries.filter(({ state }) => state === 'ambiguous').map(({ id }) => id);
  expect(listed.toSorted()).toEqual(doubtful.toSorted());
  expect(givenBack).toBeGreaterThan(0);
}

async function expectSameBytes(on: KillStage): Promise<void> {
  const ledger = await on.open();
  const kept = new Map<string, Uint8Array | undefined>();
  for (const { id, recipient } of await ledger.deliveries.list()) {
    kept.set(recipient, await ledger.deliveries.message(id));
  }
  await ledger.close();
  for (const { recipient, message } of on.server.received) {
    expect(message.equals(kept.get(recipient) ?? new Uint8Array())).toBe(true);
  }
}
