/** Computes what a response withdraws, and when that needs confirmation. */

import type { Database } from 'better-sqlite3';
import type { FailureCode } from '../../domain/failure.ts';
import { nanoUsd, usd } from '../../domain/money.ts';
import { exactDollarText } from '../../domain/figures.ts';
import { DAY_MS, durationMs, instantText } from '../../domain/period.ts';
import type { PriceSnapshot } from '../../domain/price.ts';
import type { CompleteScope, Fetched } from '../../domain/provenance.ts';
import { CHARGE_IN_FORCE } from '../reads/charges.ts';
import { prepareExactQuery } from '../statement.ts';
import type { Store } from '../store.ts';
import { type UsageLoss, computeUsageLoss } from './usageLoss.ts';
import { coversTier, latestByHost, priceKey, type PriceRow, readPriceHistory } from './prices.ts';
import { absoluteAmount, type ResponseParts } from './responseParts.ts';

/** Known charges that a complete response no longer has, and the totals to compare them with. */
export interface MissingCharges {
  /** The rows of the ledger, ordered by key. */
  readonly refs: readonly number[];
  readonly size: bigint;
  readonly known: number;
  readonly knownSize: bigint;
  /** The charges of the response, with all parts before it. */
  readonly presentCount: number;
  readonly presentSize: bigint;
  /** Set if earlier parts of the same whole are stored. */
  readonly isLastPart: boolean;
}

export interface WithdrawalFailure {
  readonly code: FailureCode;
  readonly message: string;
}

/** The number of facts that may vanish without confirmation. */
const MAX_UNASKED = 5;
/** Beyond that number, a larger share of the known facts needs confirmation. */
const MAX_SHARE = { num: 1, den: 5 } as const;
/** The amount that may vanish without confirmation, whatever its share ($10). */
const MAX_UNASKED_NANO_USD = 10_000_000_000n;

const IN_SCOPE = `
source_id = :sourceId AND substr(charge_key, 1, length(:keyPrefix)) = :keyPrefix
  AND end_ms > :startMs AND end_ms <= :endMs AND start_ms >= :startMs AND withdrawn = 0
  AND ${CHARGE_IN_FORCE}`;

const ROW = 'SELECT charge_ref, charge_key, abs(billed_nano_usd), fetch_ref FROM charge';

const KNOWN_BY_END = `${ROW} INDEXED BY charge_by_end WHERE ${IN_SCOPE}`;

const KNOWN_BY_KEY = `${ROW}
WHERE charge_key >= :keyPrefix AND charge_key < :keyPrefix || char(0x10ffff) AND ${IN_SCOPE}`;

/** A longer window is that of a partition, which is better found by its key prefix than by time. */
const LONGEST_BY_END_MS = 400 * DAY_MS;

const NOTHING_MISSING: MissingCharges = {
  refs: [],
  size: 0n,
  known: 0,
  knownSize: 0n,
  presentCount: 0,
  presentSize: 0n,
  isLastPart: false,
};

interface MissingOptions {
  readonly asOfMs: number;
  /** The parts before this response. */
  readonly whole: ResponseParts | undefined;
}

/**
 * What a complete response withdraws: known charges of its prefix and window that neither it nor an
 * earlier part has. A response without charges withdraws nothing, because it may be late. Neither
 * does one with missing parts. Known charges are counted, not kept. Sizes are absolute amounts in
 * nano-dollars.
 */
export function findMissingCharges(
  { db }: Store,
  fetched: Fetched,
  options: MissingOptions,
): MissingCharges {
  const { fetch, completeFor, charges: present = [], partOf } = fetched;
  const { asOfMs, whole } = options;
  if (completeFor === undefined || fetch.failure !== undefined) return NOTHING_MISSING;
  if (partOf !== undefined && whole === undefined) return NOTHING_MISSING;
  const keys = new Set(present.map(({ fact }) => fact.key));
  const missing: { key: string; ref: number }[] = [];
  let [size, known, knownSize] = [0n, 0, 0n];
  for (const row of knownCharges(db, { ...completeFor, sourceId: fetch.sourceId, asOfMs })) {
    const [ref, key, nanoUsd, fetchRef] = row;
    known += 1;
    knownSize += nanoUsd;
    if (keys.has(key) || whole?.hasCharge(key, Number(fetchRef)) === true) continue;
    size += nanoUsd;
    missing.push({ key, ref: Number(ref) });
  }
  missing.sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    refs: missing.map(({ ref }) => ref),
    size,
    known,
    knownSize,
    presentCount: present.length + (whole?.chargeCount ?? 0),
    presentSize: present.reduce(
      (sum, { fact }) => sum + absoluteAmount(fact.billed),
      whole?.chargedSize ?? 0n,
    ),
    isLastPart: partOf !== undefined && partOf.index > 0,
  };
}

/** Charges rebuilt from uptime for a period that the response bills: rows, ordered by key. */
export function findSupersededCharges({ db }: Store, answer: Fetched, asOfMs: number): number[] {
  const { fetch, supersedes } = answer;
  if (supersedes === undefined || fetch.failure !== undefined) return [];
  const known = [...knownCharges(db, { ...supersedes, sourceId: fetch.sourceId, asOfMs })];
  known.sort(([, a], [, b]) => (a < b ? -1 : 1));
  return known.map(([ref]) => Number(ref));
}

type KnownChoice = CompleteScope & { readonly sourceId: string; readonly asOfMs: number };

type KnownCharge = [ref: bigint, key: string, nanoUsd: bigint, fetchRef: bigint];

function knownCharges(db: Database, { window, keyPrefix, sourceId, asOfMs }: KnownChoice) {
  const isLong = durationMs(window) > LONGEST_BY_END_MS;
  const select = prepareExactQuery<KnownCharge>(db, isLong ? KNOWN_BY_KEY : KNOWN_BY_END).raw();
  return select.iterate({ keyPrefix, sourceId, asOfMs, ...window });
}

/**
 * Why a response is not stored without confirmation. It withdraws one of these:
 * - more than a fifth of the charges known for its window (and more than five),
 * - more than a fifth of their dollars (and more than $10),
 * - more than a fifth of a model's hosts (and more than five), or all of them,
 * - more than a fifth of the known tokens, in more than five intervals.
 *
 * Of 40 charges of $1 each 8 may vanish, 9 may not. If a bill replaces known charges, only the
 * decrease in dollars counts.
 */
export function checkWithdrawal(
  store: Store,
  fetched: Fetched,
  { missing, atMs }: { readonly missing: MissingCharges; readonly atMs: number },
): WithdrawalFailure | undefined {
  if (fetched.fetch.failure !== undefined) return undefined;
  const hostCounts = (fetched.priceSnapshots ?? []).map(({ fact }) =>
    countHosts(store, fact, atMs),
  );
  const lists = [...hostCounts.map(withheldHosts), withheldModels(hostCounts)];
  const usage = computeUsageLoss(store.db, fetched, atMs).map(withheldUsage);
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

function withheldBill({ completeFor }: Fetched, missing: MissingCharges) {
  if (completeFor === undefined || missing.presentCount === 0) return undefined;
  const { refs, size, known, knownSize, presentSize } = missing;
  const isReplaced = completeFor.replaces === true;
  const lost = isReplaced ? notNegative(knownSize - presentSize) : size;
  const many =
    !isReplaced && refs.length > MAX_UNASKED && exceedsShare(BigInt(refs.length), BigInt(known));
  const much = lost > MAX_UNASKED_NANO_USD && exceedsShare(lost, knownSize);
  if (!many && !much) return undefined;
  const { startMs, endMs } = completeFor.window;
  const [gone, all] = [lost, knownSize].map((nano) => exactDollarText(usd(nanoUsd(nano))));
  const charges = `${count(refs.length)} of ${count(known)} known charges`;
  return (
    `the response for ${instantText(startMs)} to ${instantText(endMs)} lacks ` +
    (isReplaced ? `${gone} of ${all} in known charges` : `${charges} (${gone} of ${all})`)
  );
}

function notNegative(nano: bigint): bigint {
  return nano > 0n ? nano : 0n;
}

function withheldUsage({ deployment, known, knownTokens, lower, lostTokens }: UsageLoss) {
  if (lower <= MAX_UNASKED || lostTokens * MAX_SHARE.den <= knownTokens * MAX_SHARE.num)
    return undefined;
  return (
    `the response has fewer tokens in ${count(lower)} of ${count(known)} known intervals of ` +
    `${deployment}: ${count(lostTokens)} of ${count(knownTokens)} are gone`
  );
}

/** The number of hosts known to sell a model, and how many of them a snapshot lacks. */
interface HostCounts {
  readonly snapshot: PriceSnapshot;
  readonly known: number;
  readonly gone: number;
}

function countHosts(store: Store, snapshot: PriceSnapshot, atMs: number): HostCounts {
  const history = readPriceHistory(store, snapshot, atMs);
  const known = [...latestByHost(history, snapshot.takenAtMs).values()].filter(
    (row) => row.offered && coversTier(snapshot, row),
  );
  return { snapshot, known: known.length, gone: findEndedHosts(known, snapshot).length };
}

function withheldHosts({ snapshot, known, gone }: HostCounts): string | undefined {
  // A list of many models may lack one of them; see {@link withheldModels}.
  const all = gone > 0 && snapshot.prices.length === 0 && snapshot.isOfList !== true;
  const many = gone > MAX_UNASKED && exceedsShare(BigInt(gone), BigInt(known));
  if (!all && !many) return undefined;
  return (
    `the price list of ${snapshot.model} lacks ${count(gone)} of ${count(known)} known ` +
    'providers'
  );
}

/** A list may lose a model. If it loses most known models, it may be incomplete. */
function withheldModels(all: readonly HostCounts[]): string | undefined {
  const listed = all.filter(({ snapshot, known }) => snapshot.isOfList === true && known > 0);
  const lost = listed.filter(({ known, gone }) => gone === known).length;
  if (lost < 2 || lost * 2 <= listed.length) return undefined;
  return `the price list lacks ${count(lost)} of ${count(listed.length)} known models`;
}

/**
 * The hosts that a snapshot no longer lists. A host with an unreadable row is not gone. If a row
 * does not even name its host, it may be any of them.
 */
export function findEndedHosts(known: readonly PriceRow[], snapshot: PriceSnapshot): PriceRow[] {
  const { prices, unread = [] } = snapshot;
  const listed = new Set(prices.map(priceKey));
  const isUnread = ({ host }: PriceRow) =>
    unread.some(
      (name) =>
        name === null ||
        host === name ||
        (/^[/#]/.test(host.slice(name.length)) && host.startsWith(name)),
    );
  const isListed = (row: PriceRow) => listed.has(priceKey(row)) || isUnread(row);
  return known.filter((row) => row.offered && coversTier(snapshot, row) && !isListed(row));
}

function exceedsShare(part: bigint, whole: bigint): boolean {
  return part * BigInt(MAX_SHARE.den) > whole * BigInt(MAX_SHARE.num);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
