/** A delivery stays with the worker that claimed it, and only as long as that worker lives. */

import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Channel } from '../../src/delivery/channel.ts';
import { handDelivery, LEASE_MS } from '../../src/jobs/handOver.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { CFO, plannedLedger } from '../ledger/deliveryFixture.ts';

const MESSAGE = { messageId: '<a@example.com>', bytes: new TextEncoder().encode('Subject: a\r\n') };

/** A server that is slow before and after the message is handed over. */
function slowChannel(ms: number): Channel {
  return {
    kind: 'slow',
    check: async () => ({ code: 'stdout-there' }),
    prepare: async () => MESSAGE.bytes,
    async send(_, { beforeSend }) {
      await wait(ms);
      await beforeSend();
      await wait(ms);
      return { kind: 'sent', reply: '250 taken' };
    },
  };
}

test('a slow mail server costs no worker its claim, even over several leases', async () => {
  const { ledger } = await plannedLedger([CFO]);
  const [delivery] = await ledger.deliveries.list();
  if (delivery === undefined) throw new Error('nothing is planned');
  const leaseMs = 400;
  const context = { deliveries: ledger.deliveries, clock: systemClock, worker: 'slow', leaseMs };
  const state = { over: false };
  const handed = handDelivery(
    { ...context, channel: async () => slowChannel(2 * leaseMs) },
    delivery,
    async () => MESSAGE,
  ).finally(() => {
    state.over = true;
  });
  const lapsed: unknown[] = [];
  while (!state.over) {
    lapsed.push(...(await ledger.deliveries.expireClaims(systemClock.nowMs())));
    await wait(leaseMs / 8);
  }
  await handed;
  expect(lapsed).toEqual([]);
  expect((await ledger.deliveries.list())[0]?.state).toBe('sent');
});

test('the delivery of a dead worker is free again within a minute', async () => {
  const { ledger } = await plannedLedger([CFO]);
  const [{ id } = { id: '' }] = await ledger.deliveries.list();
  const nowMs = systemClock.nowMs();
  await ledger.deliveries.claim(id, { worker: 'dead', nowMs, leaseMs: LEASE_MS });
  expect(await ledger.deliveries.expireClaims(nowMs + 60_000)).toMatchObject([
    { id, state: 'waiting' },
  ]);
});
