/** How planned deliveries are recorded before anything is sent. */

import type { Address, Delivery } from '../../domain/delivery.ts';
import { and, eq, gt, inArray, lt, sql } from '../drizzle.ts';
import { readDeliveries } from '../reads/deliveries.ts';
import { noEdition } from '../reads/editions.ts';
import type { Store } from '../store.ts';
import { deliveries, editions } from '../tables/post.ts';
import { appendEvent, changeDelivery, type DeliveryRow } from './deliveryChange.ts';
import { markTold } from './deliveryDecision.ts';
import { inserter } from './insert.ts';

type EditionRow = typeof editions.$inferSelect;

/** See `Post.planDeliveries`; call inside a transaction. */
export function planDeliveries(
  store: Store,
  { editionId, addresses }: { editionId: string; addresses: readonly Address[] },
  nowMs: number,
): Delivery[] {
  const edition = store.orm.select().from(editions).where(eq(editions.editionId, editionId)).get();
  if (edition === undefined) throw noEdition(editionId);
  for (const address of addresses) {
    const known = rowFor(store, edition.editionRef, address);
    if (known !== undefined || hasNewer(store, edition, address)) continue;
    plan(store, edition, { address, nowMs });
    replaceOlder(store, edition, { address, nowMs });
  }
  return readDeliveries(store, { edition: editionId });
}

function rowFor({ orm }: Store, editionRef: number, address: Address): DeliveryRow | undefined {
  const same = and(eq(deliveries.editionRef, editionRef), sameAddress(address));
  return orm.select().from(deliveries).where(same).get();
}

/** Who gets a newer edition does not get this one any more. */
function hasNewer({ orm }: Store, { quarter, number }: EditionRow, address: Address): boolean {
  const newer = orm
    .select({ id: deliveries.deliveryId })
    .from(deliveries)
    .innerJoin(editions, eq(editions.editionRef, deliveries.editionRef))
    .where(and(eq(editions.quarter, quarter), gt(editions.number, number), sameAddress(address)))
    .get();
  return newer !== undefined;
}

/** A mailbox is the same one however its letters are spelled today, `CFO@` or `cfo@`. */
function sameAddress({ channel, recipient, role, deployment = '' }: Address) {
  return and(
    eq(deliveries.channel, channel),
    sql`${deliveries.recipient} = ${recipient} COLLATE NOCASE`,
    eq(deliveries.role, role),
    sql`coalesce(${deliveries.deployment}, '') = ${deployment}`,
  );
}

function plan(
  store: Store,
  { editionRef, editionId }: EditionRow,
  { address, nowMs }: { address: Address; nowMs: number },
): void {
  const { channel, recipient, role, deployment } = address;
  const count = store.db.prepare('SELECT count(*) FROM delivery WHERE edition_ref = ?').pluck();
  const ordinal = Number(count.get(editionRef)) + 1;
  const row = { editionRef, ordinal, channel, recipient, role, deployment, state: 'waiting' };
  const counts = { token: 0, tries: 0, deferrals: 0, plannedAtMs: nowMs, changedAtMs: nowMs };
  const deliveryId = `${editionId}-${ordinal}`;
  const deliveryRef = inserter(store.db, deliveries)({ ...row, ...counts, deliveryId });
  appendEvent(store, deliveryRef, { atMs: nowMs, state: 'waiting', token: 0 });
}

/**
 * Who is to get this edition need not get an older one any more that has not gone out yet: nobody
 * reads the correction before what it corrects.
 */
function replaceOlder(
  store: Store,
  { quarter, number, editionId }: EditionRow,
  { address, nowMs }: { address: Address; nowMs: number },
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
    // No trouble that the owner must hear of: the reader gets the newer one.
    markTold(store, [changeDelivery(store, row, change)], nowMs);
  }
}
