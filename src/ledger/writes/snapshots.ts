/** Knows what a snapshot of all hosts' prices changes: a row where the price differs, or a host is gone. */

import { and, asc, eq, gt, lte } from 'drizzle-orm';
import type { PriceSnapshot } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import { inForce } from '../inForce.ts';
import type { Store } from '../store.ts';
import { hostedPrices, priceSnapshots } from '../tables/price.ts';
import type { Confirmed } from './confirmed.ts';
import { contradiction, count, type Place, type Put, type Tally } from './place.ts';
import { createPricePut, type PriceFact, type PricePut } from './prices.ts';

type Origin = Omit<Place, 'position'>;
type PriceRow = typeof hostedPrices.$inferSelect;
type SnapshotRow = typeof priceSnapshots.$inferSelect;

/**
 * Writes snapshots in whatever order they were taken. What a snapshot changes holds until the next one
 * that was taken: if that one found the price unchanged (and so wrote nothing), its finding is written now.
 */
export function createSnapshotWriter(store: Store, confirmed: Confirmed) {
  const put = createPricePut(store.db, confirmed);
  return (located: readonly Located<PriceSnapshot>[], origin: Origin, tally: Tally): void => {
    for (const { position, fact } of located) {
      applySnapshot({ store, put, tally }, fact, { ...origin, position });
    }
  };
}

interface Tools {
  readonly store: Store;
  readonly put: PricePut;
  readonly tally: Tally;
}

function applySnapshot(tools: Tools, snapshot: PriceSnapshot, place: Place): void {
  const { store, tally } = tools;
  const history = priceHistory(store, snapshot, place.recordedAtMs);
  const next = nextSnapshot(store, snapshot, place.recordedAtMs);
  const before = latestByHost(history, snapshot.takenAtMs);
  const told = toldFacts(snapshot, place, tally);
  for (const [key, row] of before) {
    if (row.offered && !told.has(key)) told.set(key, goneFact(row, snapshot.takenAtMs));
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
  noteSnapshot(store, snapshot, place);
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

/** Every row in force of the snapshot's model, oldest first. */
function priceHistory(store: Store, { sourceId, model }: PriceSnapshot, atMs: number): PriceRow[] {
  const { host, quantization, validFromMs } = hostedPrices;
  const key = [hostedPrices.sourceId, hostedPrices.model, host, quantization, validFromMs];
  return store.orm
    .select()
    .from(hostedPrices)
    .where(
      and(
        eq(hostedPrices.sourceId, sourceId),
        eq(hostedPrices.model, model),
        inForce(hostedPrices, key, atMs),
      ),
    )
    .orderBy(asc(validFromMs))
    .all();
}

function nextSnapshot(
  store: Store,
  { sourceId, model, takenAtMs }: PriceSnapshot,
  atMs: number,
): SnapshotRow | undefined {
  return store.orm
    .select()
    .from(priceSnapshots)
    .where(
      and(
        eq(priceSnapshots.sourceId, sourceId),
        eq(priceSnapshots.model, model),
        gt(priceSnapshots.takenAtMs, takenAtMs),
        lte(priceSnapshots.recordedAtMs, atMs),
      ),
    )
    .orderBy(asc(priceSnapshots.takenAtMs))
    .limit(1)
    .get();
}

function latestByHost(history: readonly PriceRow[], atMs: number): Map<string, PriceRow> {
  const past = history.filter((row) => row.validFromMs <= atMs);
  return new Map(past.map((row) => [hostKey(row), row]));
}

/** Has the host a row of its own after the fact and up to the next snapshot? */
function changesBy(history: readonly PriceRow[], fact: PriceFact, next: SnapshotRow): boolean {
  return history.some(
    (row) =>
      hostKey(row) === hostKey(fact) &&
      row.validFromMs > fact.validFromMs &&
      row.validFromMs <= next.takenAtMs,
  );
}

function hostKey({ host, quantization }: { host: string; quantization: string }): string {
  return `${host}\n${quantization}`;
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

function noteSnapshot(store: Store, { sourceId, model, takenAtMs }: PriceSnapshot, place: Place) {
  store.orm
    .insert(priceSnapshots)
    .values({ sourceId, model, takenAtMs, ...place })
    .onConflictDoNothing()
    .run();
}
