/** Records planned deliveries before anything is sent. */

import type { DeliveryAddress, Delivery } from '../../domain/delivery.ts';
import { and, eq, gt, inArray, lt, sql } from '../drizzle.ts';
import { readDeliveries } from '../reads/deliveries.ts';
import { unknownEdition } from '../reads/editions.ts';
import type { Store } from '../store.ts';
import { deliveries, editions } from '../tables/post.ts';
import { appendEvent, changeDelivery, type DeliveryRow } from './deliveryChange.ts';
import { markNotified } from './deliveryDecision.ts';
import { createInserter } from './insert.ts';

type EditionRow = typeof editions.$inferSelect;

/** See `Post.planDeliveries`. Call it inside a transaction. */
export function planDeliveries(
  store: Store,
  { editionId, addresses }: { editionId: string; addresses: readonly DeliveryAddress[] },
  nowMs: number,
): Delivery[] {
  const edition = store.orm.select().from(editions).where(eq(editions.editionId, editionId)).get();
  if (edition === undefined) throw unknownEdition(editionId);
  for (const address of addresses) {
    const existing = findRow(store, edition.editionRef, address);
    if (existing !== undefined || hasNewer(store, edition, address)) continue;
    insertDelivery(store, edition, { address, nowMs });
    replaceOlder(store, edition, { address, nowMs });
  }
  return readDeliveries(store, { edition: editionId });
}

function findRow(
  { orm }: Store,
  editionRef: number,
  address: DeliveryAddress,
): DeliveryRow | undefined {
  const same = and(eq(deliveries.editionRef, editionRef), sameAddress(address));
  return orm.select().from(deliveries).where(same).get();
}

/** Whether the recipient gets a newer edition and no longer needs this one. */
function hasNewer(
  { orm }: Store,
  { quarter, number }: EditionRow,
  address: DeliveryAddress,
): boolean {
  const newer = orm
    .select({ id: deliveries.deliveryId })
    .from(deliveries)
    .innerJoin(editions, eq(editions.editionRef, deliveries.editionRef))
    .where(and(eq(editions.quarter, quarter), gt(editions.number, number), sameAddress(address)))
    .get();
  return newer !== undefined;
}

/** Mail addresses are compared without case: `CFO@` equals `cfo@`. */
function sameAddress({ channel, recipient, role, deployment = '' }: DeliveryAddress) {
  return and(
    eq(deliveries.channel, channel),
    sql`${deliveries.recipient} = ${recipient} COLLATE NOCASE`,
    eq(deliveries.role, role),
    sql`coalesce(${deliveries.deployment}, '') = ${deployment}`,
  );
}

function insertDelivery(
  store: Store,
  { editionRef, editionId }: EditionRow,
  { address, nowMs }: { address: DeliveryAddress; nowMs: number },
): void {
  const { channel, recipient, role, deployment } = address;
  const count = store.db.prepare('SELECT count(*) FROM delivery WHERE edition_ref = ?').pluck();
  const ordinal = Number(count.get(editionRef)) + 1;
  const row = { editionRef, ordinal, channel, recipient, role, deployment, state: 'waiting' };
  const counts = { token: 0, tries: 0, deferrals: 0, plannedAtMs: nowMs, changedAtMs: nowMs };
  const deliveryId = `${editionId}-${ordinal}`;
  const deliveryRef = createInserter(store.db, deliveries)({ ...row, ...counts, deliveryId });
  appendEvent(store, deliveryRef, { atMs: nowMs, state: 'waiting', token: 0 });
}

/**
 * Cancels unsent deliveries of older editions to the same recipient. A correction must not arrive
 * before the report it corrects.
 */
function replaceOlder(
  store: Store,
  { quarter, number, editionId }: EditionRow,
  { address, nowMs }: { address: DeliveryAddress; nowMs: number },
): void {
  const older = store.orm
    .select({ row: deliveries })
    .from(deliveries)
    .innerJoin(editions, eq(editions.editionRef, deliveries.editionRef))
    .where(
      and(
        eq(editions.quarter, quarter),
        lt(editions.number, number),
        sameAddress(address),
        inArray(deliveries.state, ['waiting', 'deferred']),
      ),
    )
    .all();
  const detail = `replaced by edition ${editionId} before it was sent`;
  for (const { row } of older) {
    const change = { to: 'failed', nowMs, detail, columns: { reply: detail } } as const;
    // The owner is not notified, because the recipient gets the newer edition.
    markNotified(store, [changeDelivery(store, row, change)], nowMs);
  }
}
