/** Reads deliveries and their events. */

import type { Delivery, DeliveryEvent, DeliveryState } from '../../domain/delivery.ts';
import type { RecipientRole } from '../../domain/edition.ts';
import { and, asc, eq, inArray, isNull, sql, type Store } from '../store.ts';
import { deliveries, deliveryEvents, deliveryNotices, editions } from '../tables/delivery.ts';
import { readFrozen } from '../editions.ts';
import { definedFields } from '../rows.ts';

export interface DeliveryChoice {
  readonly id?: string;
  readonly edition?: string;
}

/** In the order in which they were planned. */
export function readDeliveries({ orm }: Store, { id, edition }: DeliveryChoice): Delivery[] {
  const matching = and(
    ...(id === undefined ? [] : [eq(deliveries.deliveryId, id)]),
    ...(edition === undefined ? [] : [eq(editions.editionId, edition)]),
  );
  const rows = orm
    .select({ row: deliveries, edition: editions.editionId })
    .from(deliveries)
    .innerJoin(editions, eq(editions.editionRef, deliveries.editionRef))
    .where(matching)
    .orderBy(asc(deliveries.deliveryRef))
    .all();
  return rows.map(({ row, edition: editionId }) => toDelivery(row, editionId));
}

function toDelivery(row: typeof deliveries.$inferSelect, edition: string): Delivery {
  const { channel, recipient, tries, plannedAtMs, changedAtMs } = row;
  const { worker, leaseUntilMs, nextTryAtMs, messageId, messageDigest, sentAtMs } = row;
  return {
    id: row.deliveryId,
    edition,
    channel,
    recipient,
    role: row.role as RecipientRole,
    state: row.state as DeliveryState,
    tries,
    plannedAtMs,
    changedAtMs,
    ...definedFields({ deployment: row.deployment, reply: row.reply, code: row.code }),
    ...definedFields({ worker, leaseUntilMs, nextTryAtMs, messageId, messageDigest, sentAtMs }),
  };
}

/** The message to send, or `undefined` before it was prepared. */
export function readDeliveryMessage(store: Store, id: string): Uint8Array | undefined {
  const [delivery] = readDeliveries(store, { id });
  if (delivery?.messageDigest === undefined) return undefined;
  return readFrozen(store, delivery.messageDigest, `the message of delivery ${id}`);
}

/** The events of a delivery, oldest first. */
export function readDeliveryEvents({ orm }: Store, id: string): DeliveryEvent[] {
  const rows = selectEvents(orm).where(eq(deliveries.deliveryId, id));
  return rows.orderBy(asc(deliveryEvents.eventRef)).all().map(toEvent);
}

const TROUBLES: readonly DeliveryState[] = ['refused', 'failed', 'ambiguous'];

/** Unresolved troubles without a notification, oldest first. */
export function readUnnotified({ orm }: Store): DeliveryEvent[] {
  const rows = selectEvents(orm)
    .leftJoin(deliveryNotices, eq(deliveryNotices.eventRef, deliveryEvents.eventRef))
    .where(
      and(
        inArray(deliveryEvents.state, [...TROUBLES]),
        isNull(deliveryNotices.eventRef),
        eq(deliveryEvents.eventRef, newestEvent),
      ),
    );
  return rows.orderBy(asc(deliveryEvents.eventRef)).all().map(toEvent);
}

/** A later event has resolved the trouble. */
const newestEvent = sql`(SELECT max(later.event_ref) FROM delivery_event AS later
  WHERE later.delivery_ref = ${deliveries.deliveryRef})`;

function selectEvents(orm: Store['orm']) {
  const { eventRef, atMs, state, actor, code, detail } = deliveryEvents;
  const { deliveryId } = deliveries;
  return orm
    .select({ eventRef, atMs, state, actor, code, detail, deliveryId })
    .from(deliveryEvents)
    .innerJoin(deliveries, eq(deliveries.deliveryRef, deliveryEvents.deliveryRef))
    .$dynamic();
}

interface EventRow {
  readonly eventRef: number;
  readonly atMs: number;
  readonly state: string;
  readonly actor: string | null;
  readonly code: number | null;
  readonly detail: string | null;
  readonly deliveryId: string;
}

function toEvent({ eventRef, atMs, state, actor, code, detail, deliveryId }: EventRow) {
  return {
    ref: eventRef,
    delivery: deliveryId,
    atMs,
    state: state as DeliveryState,
    ...definedFields({ by: actor, code, detail }),
  };
}
