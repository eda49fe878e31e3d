/**
 * Knows what a snapshot of all hosts' prices changes: a row where the price differs, or a host is
 * gone.
 */

import type { PriceSnapshot } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import type { Store } from '../store.ts';
import { priceSnapshots } from '../tables/price.ts';
import type { Confirmed } from './confirmed.ts';
import { contradiction, count, type Place, type Put, type Tally } from './place.ts';
import {
  changesBy,
  hostKey,
  latestByHost,
  nextSnapshot,
  type PriceRow,
  priceHistory,
} from './priceHistory.ts';
import { factDigestsOf } from './factDigests.ts';
import type { PriceFact } from './factTables.ts';
import { inserter } from './insert.ts';
import { createPricePut, type PricePut } from './prices.ts';
import { goneHosts } from './withdrawals.ts';

type Origin = Omit<Place, 'position'>;

/**
 * Writes snapshots in whatever order they were taken. What a snapshot changes holds until the next
 * one that was taken: if that one found the price unchanged (and so wrote nothing), its finding is
 * written now.
 */
export function createSnapshotWriter(store: Store, confirmed: Confirmed) {
  const put = createPricePut(store.db, confirmed);
  const note = createSnapshotNote(store);
  return (located: readonly Located<PriceSnapshot>[], origin: Origin, tally: Tally): void => {
    for (const { position, fact } of located) {
      applySnapshot({ store, put, note, tally }, fact, { ...origin, position });
    }
  };
}

interface Tools {
  readonly store: Store;
  readonly put: PricePut;
  readonly note: (snapshot: PriceSnapshot, place: Place) => void;
  readonly tally: Tally;
}

function applySnapshot(tools: Tools, snapshot: PriceSnapshot, place: Place): void {
  const { store, tally } = tools;
  const history = priceHistory(store, snapshot, place.recordedAtMs);
  const next = nextSnapshot(store, snapshot, place.recordedAtMs);
  const before = latestByHost(history, snapshot.takenAtMs);
  const told = toldFacts(snapshot, place, tally);
  for (const row of goneHosts([...before.values()], snapshot)) {
    told.set(hostKey(row), goneFact(row, snapshot.takenAtMs));
  }
  for (const [key, fact] of told) {
    const outcome = putIfChanged(tools, { fact, standing: before.get(key) }, place);
    count(tally, outcome, () => contradiction(place.position, named(fact), fact));
    const changed = outcome === 'added' || outcome === 'restated';
    if (!changed || next === undefined || changesBy(history, fact, next)) continue;
    const found = before.get(key) ?? { ...fact, ...nothingTold };
    // The finding of the next snapshot, which wrote no row because nothing had changed by then.
    tools.put({ ...priceFact(found), validFromMs: next.takenAtMs }, { ...next, ...onlyNow(place) });
  }
  tools.note(snapshot, place);
}

/** What the snapshot says of each host; of two that disagree the first stands. */
function toldFacts(snapshot: PriceSnapshot, { position }: Place, tally: Tally) {
  const told = new Map<string, PriceFact>();
  for (const price of snapshot.prices) {
    const fact: PriceFact = { ...price, validFromMs: snapshot.takenAtMs };
    const first = told.get(hostKey(price));
    if (first === undefined) told.set(hostKey(price), fact);
    else if (!samePrice(fact, first))
      tally.refusals.push(contradiction(position, named(fact), fact));
  }
  return told;
}

function named({ host, model }: PriceFact): string {
  return `the price of "${host}" for "${model}"`;
}

function onlyNow({ recordedAtMs }: Place) {
  return { recordedAtMs };
}

function putIfChanged(
  { put }: Tools,
  { fact, standing }: { fact: PriceFact; standing: PriceRow | undefined },
  place: Place,
): Put {
  if (standing !== undefined && samePrice(fact, standing)) return 'unchanged';
  return put(fact, place);
}

/** Nothing is sold from here on. */
const nothingTold = {
  inputPerMtok: null,
  cachedInputPerMtok: null,
  outputPerMtok: null,
  perRequest: null,
  offered: false,
} as const;

function goneFact(row: PriceRow, validFromMs: number): PriceFact {
  return { ...priceFact(row), ...nothingTold, validFromMs };
}

function priceFact(row: PriceRow | PriceFact): PriceFact {
  const { sourceId, model, host, quantization, validFromMs, hostName, contextLength } = row;
  const { inputPerMtok, cachedInputPerMtok, outputPerMtok, perRequest, free, offered } = row;
  return {
    sourceId,
    model,
    host,
    quantization,
    validFromMs,
    hostName,
    contextLength,
    inputPerMtok,
    cachedInputPerMtok,
    outputPerMtok,
    perRequest,
    free,
    offered,
  };
}

const SAID = [
  'hostName',
  'inputPerMtok',
  'cachedInputPerMtok',
  'outputPerMtok',
  'perRequest',
  'contextLength',
  'free',
  'offered',
] as const;

function samePrice(fact: PriceFact, row: PriceFact): boolean {
  return SAID.every((name) => (fact[name] ?? null) === (row[name] ?? null));
}

/** A second snapshot of the same moment says nothing that the first did not. */
function createSnapshotNote({ db }: Store) {
  const known = db.prepare(KNOWN);
  const insert = inserter(db, priceSnapshots, factDigestsOf(db));
  return ({ sourceId, model, takenAtMs }: PriceSnapshot, place: Place): void => {
    if (known.get(sourceId, model, takenAtMs) !== undefined) return;
    const { recordedAtMs, fetchRef, position } = place;
    insert({ sourceId, model, takenAtMs, recordedAtMs, fetchRef, position });
  };
}

const KNOWN = `
SELECT 1 FROM price_snapshot WHERE source_id = ? AND model = ? AND taken_at_ms = ?`;
