/** What an answer withdraws, and when that is too much to store unasked. */

import type { FailureCode } from '../../domain/failure.ts';
import { nanoUsd, usd, usdText } from '../../domain/money.ts';
import { instantText } from '../../domain/period.ts';
import type { PriceSnapshot } from '../../domain/price.ts';
import type { Fetched } from '../../domain/provenance.ts';
import { and, eq, gte, lte, sql } from '../drizzle.ts';
import { inForce } from '../inForce.ts';
import type { Store } from '../store.ts';
import { charges } from '../tables/bill.ts';
import { type UsageLost, usageLost } from './usageLost.ts';
import { hostKey, latestByHost, priceHistory, type PriceRow } from './priceHistory.ts';

export type ChargeRow = typeof charges.$inferSelect;
type Complete = NonNullable<Fetched['completeFor']>;

/** Charges that a complete answer should have told, and how many of them it did not. */
export interface Missing {
  readonly rows: readonly ChargeRow[];
  readonly known: readonly ChargeRow[];
}

export interface Withheld {
  readonly code: FailureCode;
  readonly message: string;
}

/** So many facts may vanish without a question. */
const HANDFUL = 5;
/** Beyond a handful, a larger share of what is known is a question for a person. */
const SHARE = { num: 1, den: 5 } as const;
/** Dollars that may vanish without a question, whatever their share. */
const SMALL_NANO_USD = 10_000_000_000n;

/**
 * What a complete answer withdraws: known charges of its prefix and window that it no longer tells.
 * An answer without any charge withdraws nothing, for it may be late.
 */
export function missingCharges(store: Store, fetched: Fetched, atMs: number): Missing {
  const { fetch, completeFor, charges: told = [] } = fetched;
  if (completeFor === undefined || fetch.failure !== undefined) return { rows: [], known: [] };
  const known = knownCharges(store, completeFor, { sourceId: fetch.sourceId, atMs });
  const keys = new Set(told.map(({ fact }) => fact.key));
  const rows = known.filter(({ key }) => !keys.has(key));
  return { rows, known };
}

function knownCharges(
  store: Store,
  { keyPrefix, window }: Complete,
  { sourceId, atMs }: { readonly sourceId: string; readonly atMs: number },
): ChargeRow[] {
  return store.orm
    .select()
    .from(charges)
    .where(
      and(
        eq(charges.sourceId, sourceId),
        sql`substr(${charges.key}, 1, length(${keyPrefix})) = ${keyPrefix}`,
        gte(charges.startMs, window.startMs),
        lte(charges.endMs, window.endMs),
        eq(charges.withdrawn, false),
        inForce(charges, [charges.sourceId, charges.key], atMs),
      ),
    )
    .orderBy(charges.key)
    .all();
}

/**
 * Why an answer is not stored before a person has confirmed it: it would withdraw more than a fifth
 * of the charges known for its window (and more than five), or more than a fifth of their dollars
 * (and more than $10), or more than a fifth of a model's hosts (and more than five), or all of
 * them; or tell more than five known intervals of usage with so much less that more than a fifth of
 * the tokens is gone. Of 40 charges of $1 each 8 may vanish, 9 may not.
 */
export function withheldBy(
  store: Store,
  fetched: Fetched,
  { missing, atMs }: { readonly missing: Missing; readonly atMs: number },
): Withheld | undefined {
  if (fetched.fetch.failure !== undefined) return undefined;
  const lists = (fetched.priceSnapshots ?? []).map(({ fact }) => withheldHosts(store, fact, atMs));
  const usage = usageLost(store.db, fetched, atMs).map(withheldUsage);
  const faults = [withheldBill(fetched, missing), ...lists, ...usage];
  const [fault] = faults.filter((text) => text !== undefined);
  if (fault === undefined) return undefined;
  const command = `rentcheck pull ${fetched.fetch.sourceId} --confirm-withdrawal`;
  const message = `${fault}; nothing of it was stored; ask the provider; if it is right, run`;
  return { code: 'withdrawal', message: `${message} ${command} for the same window` };
}

function withheldBill({ completeFor, charges: told = [] }: Fetched, { rows, known }: Missing) {
  if (completeFor === undefined || told.length === 0) return undefined;
  const [gone, before] = [rows, known].map(sizeOf);
  if (gone === undefined || before === undefined) return undefined;
  const many = rows.length > HANDFUL && isMuch(BigInt(rows.length), BigInt(known.length));
  const much = gone > SMALL_NANO_USD && isMuch(gone, before);
  if (!many && !much) return undefined;
  const { startMs, endMs } = completeFor.window;
  const [lost, all] = [gone, before].map((nano) => `$${usdText(usd(nanoUsd(nano)))}`);
  return (
    `the answer for ${instantText(startMs)} to ${instantText(endMs)} no longer tells ` +
    `${count(rows.length)} of ${count(known.length)} known charges (${lost} of ${all})`
  );
}

/** Dollars of charges, credits by their size. */
function sizeOf(rows: readonly ChargeRow[]): bigint {
  return rows.reduce((sum, { billedNanoUsd: nano }) => sum + (nano < 0n ? -nano : nano), 0n);
}

function withheldUsage({ deployment, known, knownTokens, lower, lostTokens }: UsageLost) {
  if (lower <= HANDFUL || lostTokens * SHARE.den <= knownTokens * SHARE.num) return undefined;
  return (
    `the answer tells ${count(lower)} of ${count(known)} known intervals of ${deployment} with ` +
    `fewer tokens: ${count(lostTokens)} of ${count(knownTokens)} are gone`
  );
}

function withheldHosts(store: Store, snapshot: PriceSnapshot, atMs: number): string | undefined {
  const history = priceHistory(store, snapshot, atMs);
  const known = [...latestByHost(history, snapshot.takenAtMs).values()].filter(isOffered);
  const gone = goneHosts(known, snapshot);
  const all = gone.length > 0 && snapshot.prices.length === 0;
  const many = gone.length > HANDFUL && isMuch(BigInt(gone.length), BigInt(known.length));
  if (!all && !many) return undefined;
  return (
    `the price list of ${snapshot.model} no longer has ${count(gone.length)} of ` +
    `${count(known.length)} known hosts`
  );
}

function isOffered({ offered }: PriceRow): boolean {
  return offered;
}

/**
 * The hosts that a snapshot has stopped to list. One that is there and could not be read is not
 * gone; where a row does not even say whose it is, any host might be its.
 */
export function goneHosts(known: readonly PriceRow[], snapshot: PriceSnapshot): PriceRow[] {
  const { prices, unread = [] } = snapshot;
  const told = new Set(prices.map(hostKey));
  const isUnread = ({ host }: PriceRow) =>
    unread.some(
      (name) =>
        name === null ||
        host === name ||
        (/^[/#]/.test(host.slice(name.length)) && host.startsWith(name)),
    );
  return known.filter((row) => row.offered && !told.has(hostKey(row)) && !isUnread(row));
}

function isMuch(part: bigint, whole: bigint): boolean {
  return part * BigInt(SHARE.den) > whole * BigInt(SHARE.num);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
