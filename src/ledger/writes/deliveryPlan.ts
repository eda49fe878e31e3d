/** Records planned deliveries before anything is sent. */

import {
  type Delivery,
  type DeliveryAddress,
  type DeliveryResolution,
  type DeliveryState,
  resolvedState,
} from '../../domain/delivery.ts';
import { getRow, prepareQuery } from '../statement.ts';
import { and, eq, gt, inArray, lt, sql, type Store } from '../store.ts';
import { readDeliveries } from '../reads/deliveries.ts';
import { unknownEdition } from '../editions.ts';
import { deliveries, deliveryNotices, editions } from '../tables/delivery.ts';
import {
  appendEvent,
  changeDelivery,
  type DeliveryRow,
  findDeliveryRow,
  readDelivery,
} from './deliveryWork.ts';
import { createInserter } from './insert.ts';
import { Failure } from '../../domain/failure.ts';

type EditionRow = typeof editions.$inferSelect;

/** See `DeliveryStore.plan`. Call it inside a transaction. */
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

const COUNT = 'SELECT count(*) FROM delivery WHERE edition_ref = ?';

function insertDelivery(
  store: Store,
  { editionRef, editionId }: EditionRow,
  { address, nowMs }: { address: DeliveryAddress; nowMs: number },
): void {
  const { channel, recipient, role, deployment } = address;
  const ordinal = getRow(prepareQuery<number>(store.db, COUNT).pluck(), editionRef) + 1;
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

/** See `DeliveryStore.resolve`. Call it inside a transaction. */
export function resolveDelivery(
  store: Store,
  id: string,
  { word, nowMs }: { word: DeliveryResolution; nowMs: number },
): Delivery {
  const row = findDeliveryRow(store, id);
  if (row === undefined) throw unknownDelivery(id);
  const to = resolvedState(row.state as DeliveryState, word.as);
  if (to === undefined) throw notApplicable(row, word);
  const detail = `${word.as}: ${word.note}`;
  const eventRef = changeDelivery(store, row, {
    to,
    nowMs,
    actor: word.by,
    detail,
    // A new token ends the claim of an earlier worker. The delays start again.
    columns: {
      token: row.token + 1,
      deferrals: 0,
      deferredSinceMs: null,
      reply: detail,
      code: null,
      ...(to === 'sent' ? { sentAtMs: nowMs } : {}),
    },
  });
  // The person who decided needs no notification.
  markNotified(store, [eventRef], nowMs);
  return readDelivery(store, id);
}

export function markNotified({ orm }: Store, refs: readonly number[], nowMs: number): void {
  const insert = orm.insert(deliveryNotices);
  for (const eventRef of refs) {
    insert.values({ eventRef, toldAtMs: nowMs }).onConflictDoNothing().run();
  }
}

function unknownDelivery(id: string): Failure {
  return new Failure('no-data', `unknown delivery ${id}`, {
    expected: 'a delivery like 2026-Q3.1-2',
    hint: 'look for it: rentcheck sql "SELECT delivery_id, status FROM delivery_history"',
  });
}

const EXPECTED: Readonly<Record<DeliveryResolution['as'], string>> = {
  sent: 'a delivery that is ambiguous',
  'send-again': 'a delivery that is ambiguous, refused, failed or deferred',
  'give-up': 'a delivery that is ambiguous, refused, deferred or waiting',
};

function notApplicable({ deliveryId, state }: DeliveryRow, { as }: DeliveryResolution): Failure {
  const busy = state === 'claimed' || state === 'handing';
  return new Failure('usage', `delivery ${deliveryId} is ${state}, so "${as}" cannot be applied`, {
    expected: EXPECTED[as],
    hint: busy
      ? 'a worker is sending it now; when that is done or its lease has expired, run: ' +
        'rentcheck send'
      : 'no action is needed',
  });
}
