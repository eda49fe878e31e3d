/**
 * Applies snapshots of all hosts' prices: writes a row for each changed price and each ended offer.
 */

import type { PriceSnapshot } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import { prepareQuery } from '../statement.ts';
import type { Store } from '../store.ts';
import { priceSnapshots } from '../tables/price.ts';
import type { RepeatLog } from './repeatLog.ts';
import {
  toContradiction,
  countResult,
  type FactOrigin,
  type PutResult,
  type Tally,
  type FetchOrigin,
} from './tally.ts';
import {
  createPricePut,
  hasLaterChange,
  latestByHost,
  priceKey,
  type PriceRow,
  type PutPrice,
  readNextSnapshot,
  readPriceHistory,
  type SnapshotRow,
  toPriceFact,
} from './prices.ts';
import { getFactDigests } from '../factDigests.ts';
import type { PriceFact } from './factShape.ts';
import { createInserter } from './insert.ts';
import { findEndedHosts } from './withdrawals.ts';

/**
 * Writes snapshots in any order. A change holds until the next snapshot by time. If that one had
 * found the price unchanged and written nothing, its row is written now.
 */
export function createSnapshotWriter(store: Store, repeats: RepeatLog) {
  const put = createPricePut(store.db, repeats);
  const note = createSnapshotNote(store);
  return (located: readonly Located<PriceSnapshot>[], origin: FetchOrigin, tally: Tally): void => {
    for (const { position, fact } of located) {
      applySnapshot({ store, put, note, tally }, fact, { ...origin, position });
    }
  };
}

interface Tools {
  readonly store: Store;
  readonly put: PutPrice;
  readonly note: (snapshot: PriceSnapshot, place: FactOrigin) => void;
  readonly tally: Tally;
}

function applySnapshot(tools: Tools, snapshot: PriceSnapshot, place: FactOrigin): void {
  const { store, tally } = tools;
  const history = readPriceHistory(store, snapshot, place.recordedAtMs);
  const cache = new Map<string, SnapshotRow | undefined>();
  const findNext = ({ serviceTier = '' }: PriceFact) => {
    if (!cache.has(serviceTier)) {
      const of = { serviceTier, atMs: place.recordedAtMs };
      cache.set(serviceTier, readNextSnapshot(store, snapshot, of));
    }
    return cache.get(serviceTier);
  };
  const before = latestByHost(history, snapshot.takenAtMs);
  const prices = readFacts(snapshot, place, tally);
  for (const row of findEndedHosts([...before.values()], snapshot)) {
    prices.set(priceKey(row), toEnded(row, snapshot.takenAtMs));
  }
  for (const [key, fact] of prices) {
    const outcome = putIfChanged(tools, { fact, standing: before.get(key) }, place);
    countResult(tally, outcome, () => toContradiction(place.position, priceText(fact), fact));
    const changed = outcome === 'added' || outcome === 'restated';
    if (!changed) continue;
    const next = findNext(fact);
    if (next === undefined || hasLaterChange(history, fact, next)) continue;
    const found = before.get(key) ?? { ...fact, ...NO_PRICES };
    // The next snapshot had written no row, because the price was unchanged then.
    tools.put(
      { ...toFact(found), validFromMs: next.takenAtMs },
      { ...next, ...recordedNow(place) },
    );
  }
  tools.note(snapshot, place);
}

/** The price of each host in the snapshot. If two conflict, the first one counts. */
function readFacts(snapshot: PriceSnapshot, { position }: FactOrigin, tally: Tally) {
  const prices = new Map<string, PriceFact>();
  for (const price of snapshot.prices) {
    const fact: PriceFact = { ...toPriceFact(price), validFromMs: snapshot.takenAtMs };
    const first = prices.get(priceKey(price));
    if (first === undefined) prices.set(priceKey(price), fact);
    else if (!samePrice(fact, first))
      tally.rejects.push(toContradiction(position, priceText(fact), fact));
  }
  return prices;
}

function priceText({ host, model }: PriceFact): string {
  return `the price of "${host}" for "${model}"`;
}

function recordedNow({ recordedAtMs }: FactOrigin) {
  return { recordedAtMs };
}

function putIfChanged(
  { put }: Tools,
  { fact, standing }: { fact: PriceFact; standing: PriceRow | undefined },
  place: FactOrigin,
): PutResult {
  if (standing !== undefined && samePrice(fact, standing)) return 'unchanged';
  return put(fact, place);
}

/** An ended offer. */
const NO_PRICES = {
  inputPerMtok: null,
  cachedInputPerMtok: null,
  cacheWritePerMtok: null,
  outputPerMtok: null,
  perRequest: null,
  overridesJson: null,
  offered: false,
} as const;

function toEnded(row: PriceRow, validFromMs: number): PriceFact {
  return { ...toFact(row), ...NO_PRICES, validFromMs };
}

/** The fact in a row. */
function toFact(row: PriceRow | PriceFact): PriceFact {
  const { sourceId, model, host, quantization, serviceTier, validFromMs } = row;
  const values = Object.fromEntries(PRICE_COLUMNS.map((name) => [name, row[name]]));
  const { free, offered } = row;
  const name = { sourceId, model, host, quantization, serviceTier, validFromMs };
  return { ...name, ...values, free, offered };
}

const PRICE_COLUMNS = [
  'hostName',
  'inputPerMtok',
  'cachedInputPerMtok',
  'cacheWritePerMtok',
  'outputPerMtok',
  'perRequest',
  'overridesJson',
  'contextLength',
  'free',
  'offered',
  'secondHand',
  'region',
  'dataPolicy',
  'supportsJson',
] as const;

function samePrice(fact: PriceFact, row: PriceFact): boolean {
  return PRICE_COLUMNS.every((name) => (fact[name] ?? null) === (row[name] ?? null));
}

/** A second snapshot of the same time adds nothing. */
function createSnapshotNote({ db }: Store) {
  const known = prepareQuery<1>(db, KNOWN);
  const insert = createInserter(db, priceSnapshots, getFactDigests(db));
  return (snapshot: PriceSnapshot, place: FactOrigin): void => {
    const { sourceId, model, takenAtMs } = snapshot;
    const tiers = snapshot.tiers?.join(',') ?? '';
    if (known.get(sourceId, model, tiers, takenAtMs) !== undefined) return;
    const { recordedAtMs, fetchRef, position } = place;
    insert({ sourceId, model, tiers, takenAtMs, recordedAtMs, fetchRef, position });
  };
}

const KNOWN = `
SELECT 1 FROM price_snapshot
WHERE source_id = ? AND model = ? AND tiers = ? AND taken_at_ms = ?`;
