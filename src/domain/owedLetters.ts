/** Finds deliveries without a worker: the worker died, or the queue was lost. */

import type { Delivery } from './delivery.ts';
import { type NewJob, jobId } from './order.ts';
import { DAY_MS, dayText, HOUR_MS } from './period.ts';

/** A worker returns to a delivery sooner: the longest pause between attempts is 4 hours. */
const ABANDONED_AFTER_MS = 6 * HOUR_MS;
/** After a quarter the next report is out, and an old one would confuse. */
const HORIZON_MS = 92 * DAY_MS;

/**
 * A job for each recipient whose delivery should have been sent automatically and has not changed
 * for six hours. The job sends to that recipient only: recipients are fixed when an edition is
 * planned.
 */
export function findAbandonedDeliveries(deliveries: readonly Delivery[], nowMs: number): NewJob[] {
  const orders = deliveries
    .filter((delivery) => isAbandoned(delivery, nowMs))
    .map(({ edition, recipient }) => ({
      name: 'deliver',
      payload: { edition, to: recipient },
      id: jobId('owed', dayText(nowMs), 'deliver', edition, recipient),
    }));
  return [...new Map(orders.map((order) => [order.id, order])).values()];
}

function isAbandoned(delivery: Delivery, nowMs: number): boolean {
  const dueMs = dueAtMs(delivery);
  return dueMs !== undefined && dueMs < nowMs - ABANDONED_AFTER_MS && dueMs > nowMs - HORIZON_MS;
}

/** When it should have changed; `undefined` if nothing happens automatically. */
function dueAtMs({ state, changedAtMs, nextTryAtMs, leaseUntilMs }: Delivery): number | undefined {
  if (state === 'waiting') return changedAtMs;
  return state === 'deferred' ? nextTryAtMs : leaseUntilMs;
}
