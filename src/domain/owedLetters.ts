/** Deliveries without a worker: their worker died, or their queue was lost. */

import type { Delivery } from './delivery.ts';
import { type Order, orderId } from './order.ts';
import { DAY_MS, dayText, HOUR_MS } from './period.ts';

/** Whoever has a letter in hand comes back to it sooner: the longest pause of ours is 4 hours. */
const LEFT_AFTER_MS = 6 * HOUR_MS;
/** After a quarter of a year the next report is out, and an old one would only confuse. */
const HORIZON_MS = 92 * DAY_MS;

/**
 * An order for each reader of an edition whose letter should have gone by itself and was not
 * touched for six hours. It sends to that reader alone: to whom an edition goes was decided when it
 * was planned.
 */
export function owedLetters(deliveries: readonly Delivery[], nowMs: number): Order[] {
  const orders = deliveries
    .filter((delivery) => isLeft(delivery, nowMs))
    .map(({ edition, recipient }) => ({
      name: 'deliver',
      payload: { edition, to: recipient },
      id: orderId('owed', dayText(nowMs), 'deliver', edition, recipient),
    }));
  return [...new Map(orders.map((order) => [order.id, order])).values()];
}

function isLeft(delivery: Delivery, nowMs: number): boolean {
  const dueMs = dueAtMs(delivery);
  return dueMs !== undefined && dueMs < nowMs - LEFT_AFTER_MS && dueMs > nowMs - HORIZON_MS;
}

/** When it should have been touched; `undefined` where nothing is to come by itself. */
function dueAtMs({ state, changedAtMs, nextTryAtMs, leaseUntilMs }: Delivery): number | undefined {
  if (state === 'waiting') return changedAtMs;
  return state === 'deferred' ? nextTryAtMs : leaseUntilMs;
}
