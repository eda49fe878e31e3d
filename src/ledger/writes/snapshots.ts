/** What a snapshot of all hosts' prices changes: a row for each other price, and each lost host. */

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
  type SnapshotRow,
} from './priceHistory.ts';
import { factDigestsOf } from './factDigests.ts';
import type { PriceFact } from './factTables.ts';
import { inserter } from './insert.ts';
import { createPricePut, priceFact, type PricePut } from './prices.ts';
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
  const nexts = new Map<string, SnapshotRow | undefined>();
  const nextOf = ({ serviceTier = '' }: PriceFact) => {
    if (!nexts.has(serviceTier)) {
      const of = { serviceTier, atMs: place.recordedAtMs };
      nexts.set(serviceTier, nextSnapshot(store, snapshot, of));
    }
    return nexts.get(serviceTier);
  };
  const before = latestByHost(history, snapshot.takenAtMs);
  const told = toldFacts(snapshot, place, tally);
  for (const row of goneHosts([...before.values()], snapshot)) {
    told.set(hostKey(row), goneFact(row, snapshot.takenAtMs));
  }
  for (const [key, fact] of told) {
    const outcome = putIfChanged(tools, { fact, standing: before.get(key) }, place);
    count(tally, outcome, () => contradiction(place.position, named(fact), fact));
    const changed = outcome === 'added' || outcome === 'restated';
    if (!changed) continue;
    const next = nextOf(fact);
    if (next === undefined || changesBy(history, fact, next)) continue;
    const found = before.get(key) ?? { ...fact, ...nothingTold };
    // The finding of the next snapshot, which wrote no row because nothing had changed by then.
    tools.put({ ...factOf(found), validFromMs: next.takenAtMs }, { ...next, ...onlyNow(place) });
  }
  tools.note(snapshot, place);
}

/** What the snapshot says of each host; of two that disagree the first stands. */
function toldFacts(snapshot: PriceSnapshot, { position }: Place, tally: Tally) {
  const told = new Map<string, PriceFact>();
  for (const price of snapshot.prices) {
    const fact: PriceFact = { ...priceFact(price), validFromMs: snapshot.takenAtMs };
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
  cacheWritePerMtok: null,
  outputPerMtok: null,
  perRequest: null,
  overridesJson: null,
  offered: false,
} as const;

function goneFact(row: PriceRow, validFromMs: number): PriceFact {
  return { ...factOf(row), ...nothingTold, validFromMs };
}

/** A row as the fact that it holds. */
function factOf(row: PriceRow | PriceFact): PriceFact {
  const { sourceId, model, host, quantization, serviceTier, validFromMs } = row;
  const said = Object.fromEntries(SAID.map((name) => [name, row[name]]));
  const { free, offered } = row;
  const name = { sourceId, model, host, quantization, serviceTier, validFromMs };
  return { ...name, ...said, free, offered };
}

const SAID = [
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
  return SAID.every((name) => (fact[name] ?? null) === (row[name] ?? null));
}

/** A second snapshot of the same moment says nothing that the first did not. */
function createSnapshotNote({ db }: Store) {
  const known = db.prepare(KNOWN);
  const insert = inserter(db, priceSnapshots, factDigestsOf(db));
  return (snapshot: PriceSnapshot, place: Place): void => {
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
