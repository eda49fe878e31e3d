/** What an answer withdraws, and when that is too much to store unasked. */

import type { Database } from 'better-sqlite3';
import type { FailureCode } from '../../domain/failure.ts';
import { nanoUsd, usd } from '../../domain/money.ts';
import { exactDollars } from '../../domain/digits.ts';
import { DAY_MS, durationMs, instantText } from '../../domain/period.ts';
import type { PriceSnapshot } from '../../domain/price.ts';
import type { Complete, Fetched } from '../../domain/provenance.ts';
import { CHARGE_IN_FORCE } from '../reads/charges.ts';
import type { Store } from '../store.ts';
import { type UsageLost, usageLost } from './usageLost.ts';
import { hostKey, latestByHost, priceHistory, type PriceRow, tellsOf } from './priceHistory.ts';
import { sizeOf, type Whole } from './wholes.ts';

/** Charges that a complete answer should have told and did not, beside all that it should tell. */
export interface Missing {
  /** Of the ledger's rows, in the order of their keys. */
  readonly refs: readonly number[];
  readonly size: bigint;
  readonly known: number;
  readonly knownSize: bigint;
  /** What the answer tells, with all parts before it. */
  readonly told: number;
  readonly toldSize: bigint;
  /** Set where parts of the same whole came before it, and are stored. */
  readonly isLastPart: boolean;
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

const OF_PREFIX = `
source_id = :sourceId AND substr(charge_key, 1, length(:keyPrefix)) = :keyPrefix
  AND end_ms > :startMs AND end_ms <= :endMs AND start_ms >= :startMs AND withdrawn = 0
  AND ${CHARGE_IN_FORCE}`;

const ROW = 'SELECT charge_ref, charge_key, abs(billed_nano_usd), fetch_ref FROM charge';

const KNOWN_BY_END = `${ROW} INDEXED BY charge_by_end WHERE ${OF_PREFIX}`;

const KNOWN_BY_KEY = `${ROW}
WHERE charge_key >= :keyPrefix AND charge_key < :keyPrefix || char(0x10ffff) AND ${OF_PREFIX}`;

/** A longer window is that of a partition, which its prefix tells apart and not its time. */
const LONGEST_BY_END_MS = 400 * DAY_MS;

const NONE: Missing = {
  refs: [],
  size: 0n,
  known: 0,
  knownSize: 0n,
  told: 0,
  toldSize: 0n,
  isLastPart: false,
};

interface Asking {
  readonly asOfMs: number;
  /** The parts before this answer. */
  readonly whole: Whole | undefined;
}

/**
 * What a complete answer withdraws: known charges of its prefix and window that neither it nor a
 * part before it tells. An answer without any charge withdraws nothing, for it may be late, nor
 * does one of whose parts some are missing. What is known is counted and not kept. Sizes are
 * dollars by nano, credits by their size.
 */
export function missingCharges({ db }: Store, fetched: Fetched, asking: Asking): Missing {
  const { fetch, completeFor, charges: told = [], partOf } = fetched;
  const { asOfMs, whole } = asking;
  if (completeFor === undefined || fetch.failure !== undefined) return NONE;
  if (partOf !== undefined && whole === undefined) return NONE;
  const keys = new Set(told.map(({ fact }) => fact.key));
  const missing: { key: string; ref: number }[] = [];
  let [size, known, knownSize] = [0n, 0, 0n];
  for (const row of knownCharges(db, { ...completeFor, sourceId: fetch.sourceId, asOfMs })) {
    const [ref, key, nanoUsd, fetchRef] = row;
    known += 1;
    knownSize += nanoUsd;
    if (keys.has(key) || whole?.tells(key, Number(fetchRef)) === true) continue;
    size += nanoUsd;
    missing.push({ key, ref: Number(ref) });
  }
  missing.sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    refs: missing.map(({ ref }) => ref),
    size,
    known,
    knownSize,
    told: told.length + (whole?.told ?? 0),
    toldSize: told.reduce((sum, { fact }) => sum + sizeOf(fact.billed), whole?.toldSize ?? 0n),
    isLastPart: partOf !== undefined && partOf.index > 0,
  };
}

/** Charges that were rebuilt for a time that an answer bills: the ledger's rows, by key. */
export function supersededCharges({ db }: Store, answer: Fetched, asOfMs: number): number[] {
  const { fetch, supersedes } = answer;
  if (supersedes === undefined || fetch.failure !== undefined) return [];
  const known = [...knownCharges(db, { ...supersedes, sourceId: fetch.sourceId, asOfMs })];
  known.sort(([, a], [, b]) => (a < b ? -1 : 1));
  return known.map(([ref]) => Number(ref));
}

type Known = Complete & { readonly sourceId: string; readonly asOfMs: number };

function knownCharges(db: Database, { window, keyPrefix, sourceId, asOfMs }: Known) {
  const isLong = durationMs(window) > LONGEST_BY_END_MS;
  const rows = db
    .prepare(isLong ? KNOWN_BY_KEY : KNOWN_BY_END)
    .raw()
    .iterate({ keyPrefix, sourceId, asOfMs, ...window });
  return rows as IterableIterator<[ref: bigint, key: string, nanoUsd: bigint, fetchRef: bigint]>;
}

/**
 * Why an answer is not stored before a person has confirmed it: it would withdraw more than a fifth
 * of the charges known for its window (and more than five), or more than a fifth of their dollars
 * (and more than $10), or more than a fifth of a model's hosts (and more than five), or all of
 * them; or tell more than five known intervals of usage with so much less that more than a fifth of
 * the tokens is gone. Of 40 charges of $1 each 8 may vanish, 9 may not. Of a bill that replaces
 * what was known, only the dollars count that it tells less.
 */
export function withheldBy(
  store: Store,
  fetched: Fetched,
  { missing, atMs }: { readonly missing: Missing; readonly atMs: number },
): Withheld | undefined {
  if (fetched.fetch.failure !== undefined) return undefined;
  const sold = (fetched.priceSnapshots ?? []).map(({ fact }) => soldBefore(store, fact, atMs));
  const lists = [...sold.map(withheldHosts), withheldModels(sold)];
  const usage = usageLost(store.db, fetched, atMs).map(withheldUsage);
  const faults = [withheldBill(fetched, missing), ...lists, ...usage];
  const [fault] = faults.filter((text) => text !== undefined);
  if (fault === undefined) return undefined;
  const command = `rentcheck pull ${fetched.fetch.sourceId} --confirm-withdrawal`;
  const stored = missing.isLastPart
    ? 'nothing was withdrawn, and the last part of the response was not stored'
    : 'none of the response was stored';
  const message = `${fault}; ${stored}. Ask the provider; if the response is right, run`;
  return { code: 'withdrawal', message: `${message} ${command} for the same period` };
}

function withheldBill({ completeFor }: Fetched, missing: Missing) {
  if (completeFor === undefined || missing.told === 0) return undefined;
  const { refs, size, known, knownSize, toldSize } = missing;
  const isReplaced = completeFor.replaces === true;
  const lost = isReplaced ? atLeastNothing(knownSize - toldSize) : size;
  const many = !isReplaced && refs.length > HANDFUL && isMuch(BigInt(refs.length), BigInt(known));
  const much = lost > SMALL_NANO_USD && isMuch(lost, knownSize);
  if (!many && !much) return undefined;
  const { startMs, endMs } = completeFor.window;
  const [gone, all] = [lost, knownSize].map((nano) => exactDollars(usd(nanoUsd(nano))));
  const charges = `${count(refs.length)} of ${count(known)} known charges`;
  return (
    `the response for ${instantText(startMs)} to ${instantText(endMs)} lacks ` +
    (isReplaced ? `${gone} of ${all} in known charges` : `${charges} (${gone} of ${all})`)
  );
}

function atLeastNothing(nano: bigint): bigint {
  return nano > 0n ? nano : 0n;
}

function withheldUsage({ deployment, known, knownTokens, lower, lostTokens }: UsageLost) {
  if (lower <= HANDFUL || lostTokens * SHARE.den <= knownTokens * SHARE.num) return undefined;
  return (
    `the response has fewer tokens in ${count(lower)} of ${count(known)} known intervals of ` +
    `${deployment}: ${count(lostTokens)} of ${count(knownTokens)} are gone`
  );
}

/** Of a snapshot how many hosts were known to sell, and how many of them are gone. */
interface Sold {
  readonly snapshot: PriceSnapshot;
  readonly known: number;
  readonly gone: number;
}

function soldBefore(store: Store, snapshot: PriceSnapshot, atMs: number): Sold {
  const history = priceHistory(store, snapshot, atMs);
  const known = [...latestByHost(history, snapshot.takenAtMs).values()].filter(
    (row) => row.offered && tellsOf(snapshot, row),
  );
  return { snapshot, known: known.length, gone: goneHosts(known, snapshot).length };
}

function withheldHosts({ snapshot, known, gone }: Sold): string | undefined {
  // A list of many models may lack one of them: see {@link withheldModels}.
  const all = gone > 0 && snapshot.prices.length === 0 && snapshot.isOfList !== true;
  const many = gone > HANDFUL && isMuch(BigInt(gone), BigInt(known));
  if (!all && !many) return undefined;
  return (
    `the price list of ${snapshot.model} lacks ${count(gone)} of ${count(known)} known ` +
    'providers'
  );
}

/** A list may lose a model; when it loses most of what is known of it, it may be half a list. */
function withheldModels(all: readonly Sold[]): string | undefined {
  const listed = all.filter(({ snapshot, known }) => snapshot.isOfList === true && known > 0);
  const lost = listed.filter(({ known, gone }) => gone === known).length;
  if (lost < 2 || lost * 2 <= listed.length) return undefined;
  return `the price list lacks ${count(lost)} of ${count(listed.length)} known models`;
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
  const isTold = (row: PriceRow) => told.has(hostKey(row)) || isUnread(row);
  return known.filter((row) => row.offered && tellsOf(snapshot, row) && !isTold(row));
}

function isMuch(part: bigint, whole: bigint): boolean {
  return part * BigInt(SHARE.den) > whole * BigInt(SHARE.num);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
