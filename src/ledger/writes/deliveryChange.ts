/** Changes deliveries: only along allowed transitions, and always with an event. */

import { type DeliveryState, isAllowedTransition } from '../../domain/delivery.ts';
import { invariant } from '../../domain/invariant.ts';
import { eq } from '../drizzle.ts';
import type { Store } from '../store.ts';
import { deliveries, deliveryEvents } from '../tables/post.ts';
import { createInserter } from './insert.ts';

export type DeliveryRow = typeof deliveries.$inferSelect;

export interface DeliveryChange {
  readonly to: DeliveryState;
  readonly nowMs: number;
  /** The worker, or the person who decided. */
  readonly actor?: string;
  readonly code?: number;
  readonly detail?: string;
  /** Columns beside the state. Columns of the old state are emptied unless given. */
  readonly columns?: Partial<typeof deliveries.$inferInsert>;
}

export function findDeliveryRow({ orm }: Store, id: string): DeliveryRow | undefined {
  return orm.select().from(deliveries).where(eq(deliveries.deliveryId, id)).get();
}

/** Returns the row of the event. */
export function changeDelivery(store: Store, row: DeliveryRow, change: DeliveryChange): number {
  const { to, nowMs, columns, ...details } = change;
  const from = row.state as DeliveryState;
  invariant(isAllowedTransition(from, to), `a delivery that is ${from} cannot become ${to}`);
  const emptied = { worker: null, leaseUntilMs: null, nextTryAtMs: null };
  store.orm
    .update(deliveries)
    .set({ ...emptied, ...columns, state: to, changedAtMs: nowMs })
    .where(eq(deliveries.deliveryRef, row.deliveryRef))
    .run();
  const token = columns?.token ?? row.token;
  return appendEvent(store, row.deliveryRef, { state: to, atMs: nowMs, token, ...details });
}

type Event = Omit<typeof deliveryEvents.$inferInsert, 'eventRef' | 'deliveryRef'>;

export function appendEvent({ db }: Store, deliveryRef: number, event: Event): number {
  return createInserter(db, deliveryEvents)({ deliveryRef, ...event });
}
