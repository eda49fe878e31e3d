/** Claims deliveries, sends them and records the outcome, fenced by tokens. */

import {
  type Delivery,
  type DeliveryClaim,
  type DeliveryState,
  isAllowedTransition,
  type LookupResult,
  nextTryAtMs,
  type SendResult,
} from '../../domain/delivery.ts';
import { Failure, invariant } from '../../domain/failure.ts';
import { DAY_MS } from '../../domain/period.ts';
import { and, eq, gt, inArray, lte, or, type Store } from '../store.ts';
import { readDeliveries, readDeliveryMessage } from '../reads/deliveries.ts';
import { deliveries, deliveryEvents } from '../tables/delivery.ts';
import { freezeBytes } from '../editions.ts';
import { createInserter } from './insert.ts';

export interface ClaimOptions {
  readonly worker: string;
  readonly nowMs: number;
  /** How long the claim excludes other workers. */
  readonly leaseMs: number;
}

/** See `DeliveryStore.claim`. Call this and the functions below inside a transaction. */
export function claimDelivery(
  store: Store,
  id: string,
  { worker, nowMs, leaseMs }: ClaimOptions,
): DeliveryClaim | undefined {
  const row = findDeliveryRow(store, id);
  if (row === undefined || !isDue(row, nowMs)) return undefined;
  const token = row.token + 1;
  const columns = { token, tries: row.tries + 1, worker, leaseUntilMs: nowMs + leaseMs };
  changeDelivery(store, row, { to: 'claimed', nowMs, actor: worker, columns });
  return { delivery: id, worker, token };
}

function isDue({ state, nextTryAtMs: atMs }: DeliveryRow, nowMs: number): boolean {
  if (state === 'waiting') return true;
  return state === 'deferred' && atMs !== null && (atMs <= nowMs || isBeyondClock(atMs, nowMs));
}

/** No delay or lease is that long. The clock of the worker that wrote it was ahead. */
function isBeyondClock(atMs: number, nowMs: number): boolean {
  return atMs > nowMs + FARTHEST_MS;
}

/** A little more than the longest `Retry-After` that is accepted. */
const FARTHEST_MS = 2 * DAY_MS;

export function prepareDelivery(
  store: Store,
  claim: DeliveryClaim,
  { messageId, bytes }: { messageId: string; bytes: Uint8Array },
): Uint8Array {
  const row = requireClaim(store, claim, ['claimed']);
  const stored = readDeliveryMessage(store, claim.delivery);
  if (stored !== undefined) return stored;
  const messageDigest = freezeBytes(store, bytes);
  store.orm
    .update(deliveries)
    .set({ messageId, messageDigest })
    .where(eq(deliveries.deliveryRef, row.deliveryRef))
    .run();
  return bytes;
}

export function startSending(
  store: Store,
  claim: DeliveryClaim,
  { nowMs, leaseMs }: { nowMs: number; leaseMs: number },
): void {
  const row = requireClaim(store, claim, ['claimed']);
  invariant(row.messageDigest !== null, 'what is handed over was written down before');
  const columns = { worker: claim.worker, leaseUntilMs: nowMs + leaseMs };
  changeDelivery(store, row, { to: 'handing', nowMs, actor: claim.worker, columns });
}

/** See `DeliveryStore.renewClaim`. Writes no event, because the delivery did not change. */
export function renewClaim(
  store: Store,
  claim: DeliveryClaim,
  { nowMs, leaseMs }: { nowMs: number; leaseMs: number },
): boolean {
  const claimed = and(
    eq(deliveries.deliveryId, claim.delivery),
    eq(deliveries.token, claim.token),
    inArray(deliveries.state, Object.keys(LAPSED)),
  );
  const renewed = { leaseUntilMs: nowMs + leaseMs };
  return store.orm.update(deliveries).set(renewed).where(claimed).run().changes === 1;
}

/** A result that arrives after the lease has expired counts, unless a person decided meanwhile. */
export function settleDelivery(
  store: Store,
  claim: DeliveryClaim,
  { handed, nowMs }: { handed: SendResult; nowMs: number },
): Delivery {
  const row = requireClaim(store, claim, ['claimed', 'handing', 'ambiguous']);
  // Still ambiguous: nothing has changed.
  if (row.state !== handed.kind) {
    changeDelivery(store, row, { actor: claim.worker, ...toChange(row, handed, nowMs) });
  }
  return readDelivery(store, claim.delivery);
}

function toChange(row: DeliveryRow, handed: SendResult, nowMs: number): DeliveryChange {
  if (handed.kind === 'ambiguous') {
    const { reason } = handed;
    return { to: 'ambiguous', nowMs, detail: reason, columns: { reply: reason, code: null } };
  }
  const { reply, code } = handed;
  const answer = { reply, code: code ?? null };
  const details = { nowMs, detail: reply, ...(code === undefined ? {} : { code }) };
  if (handed.kind === 'sent') {
    return { to: 'sent', ...details, columns: { ...answer, sentAtMs: nowMs } };
  }
  if (handed.kind === 'refused') return { to: 'refused', ...details, columns: answer };
  return { ...details, ...defer(row, answer, { nowMs, retryAfterMs: handed.retryAfterMs }) };
}

function defer(
  { deferrals, deferredSinceMs }: DeliveryRow,
  answer: { reply: string; code: number | null },
  { nowMs, retryAfterMs = 0 }: { nowMs: number; retryAfterMs?: number | undefined },
): Pick<DeliveryChange, 'to' | 'columns'> {
  const since = deferredSinceMs === null ? {} : { sinceMs: deferredSinceMs };
  const atMs = nextTryAtMs({ count: deferrals, ...since }, nowMs, retryAfterMs);
  if (atMs === undefined) return { to: 'failed', columns: answer };
  const counts = { deferrals: deferrals + 1, deferredSinceMs: deferredSinceMs ?? nowMs };
  return { to: 'deferred', columns: { ...answer, ...counts, nextTryAtMs: atMs } };
}

const LAPSED = {
  claimed: { to: 'waiting', detail: 'its worker stopped before sending; nothing was sent' },
  handing: {
    to: 'ambiguous',
    detail: 'its worker stopped while sending; it is unknown whether the message arrived',
  },
} as const;

export function expireClaims(store: Store, nowMs: number): Delivery[] {
  const expired = and(
    inArray(deliveries.state, Object.keys(LAPSED)),
    or(lte(deliveries.leaseUntilMs, nowMs), gt(deliveries.leaseUntilMs, nowMs + FARTHEST_MS)),
  );
  const rows = store.orm.select().from(deliveries).where(expired).all();
  return rows.map((row) => {
    const { to, detail } = LAPSED[row.state as keyof typeof LAPSED];
    const columns = { reply: detail, code: null };
    changeDelivery(store, row, { to, nowMs, detail, columns });
    return readDelivery(store, row.deliveryId);
  });
}

/** See `DeliveryStore.settleAmbiguous`. */
export function settleAmbiguous(
  store: Store,
  id: string,
  { found, worker, nowMs }: { found: LookupResult; worker: string; nowMs: number },
): void {
  const row = findDeliveryRow(store, id);
  if (row?.state !== 'ambiguous') return;
  const { kind, reply } = found;
  const answer = { reply, code: null };
  const details = { nowMs, actor: worker, detail: reply };
  const outcome: Pick<DeliveryChange, 'to' | 'columns'> =
    kind === 'sent'
      ? { to: 'sent', columns: { ...answer, sentAtMs: nowMs } }
      : { to: 'waiting', columns: answer };
  changeDelivery(store, row, { ...details, ...outcome });
}

/** @throws {Failure} `lost-claim` if there is a newer claim, or the state has changed. */
function requireClaim(
  store: Store,
  claim: DeliveryClaim,
  states: readonly DeliveryState[],
): DeliveryRow {
  const row = findDeliveryRow(store, claim.delivery);
  const isHolder = row?.token === claim.token && states.includes(row.state as DeliveryState);
  if (isHolder) return row;
  const now = row === undefined ? 'unknown' : row.state;
  throw new Failure(
    'lost-claim',
    `another worker now holds delivery ${claim.delivery}: it is ${now}`,
    {
      where: store.path,
    },
  );
}

export function readDelivery(store: Store, id: string): Delivery {
  const [delivery] = readDeliveries(store, { id });
  invariant(delivery !== undefined, 'a delivery that was written can be read');
  return delivery;
}

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
