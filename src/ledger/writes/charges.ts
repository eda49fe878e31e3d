/**
 * Knows how a bill's lines are written: each with its days, restated when they change or vanish.
 */

import type { Charge } from '../../domain/charge.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import { and, eq, gte, lte, ne, sql } from '../drizzle.ts';
import { inForce } from '../inForce.ts';
import type { Store } from '../store.ts';
import { chargeDays, charges } from '../tables/bill.ts';
import { type ChargeFact, chargeDaysOf, chargeFact } from './chargeFact.ts';
import type { Confirmed } from './confirmed.ts';
import { inserter } from './insert.ts';
import { contradiction, count, type Place, type Put, spanFacts, type Tally } from './place.ts';
import { versionedWriter } from './versioned.ts';

type Origin = Omit<Place, 'position'>;

export interface ChargeWriter {
  append(located: readonly Located<Charge>[], origin: Origin, tally: Tally): void;
  /** Restates to zero what a complete answer should have told and did not. */
  withdraw(fetched: Omit<Fetched, 'fetch'>, origin: WithdrawalOrigin, tally: Tally): void;
}

interface WithdrawalOrigin extends Origin {
  readonly sourceId: string;
}

/** The position of a fact that is known by its absence. */
const NOWHERE = -1;

export function createChargeWriter(store: Store, confirmed: Confirmed): ChargeWriter {
  const put = chargePut(store, confirmed);
  return {
    append(located, origin, tally) {
      for (const { position, fact } of located) {
        const outcome = put(chargeFact(fact), { ...origin, position });
        count(tally, outcome, () => contradiction(position, `the charge "${fact.key}"`, fact));
        spanFacts(tally, fact.period);
      }
    },
    withdraw({ completeFor, charges: told = [] }, origin, tally) {
      if (completeFor === undefined) return;
      const keys = new Set(told.map(({ fact }) => fact.key));
      const missing = knownCharges(store, completeFor, origin).filter(({ key }) => !keys.has(key));
      if (keys.size === 0) {
        if (missing.length > 0) tally.warnings.push(emptyAnswer(completeFor, missing.length));
        return;
      }
      for (const row of missing) put(withdrawn(row), { ...origin, position: NOWHERE });
      tally.restated += missing.length;
    },
  };
}

function chargePut(store: Store, confirmed: Confirmed): (fact: ChargeFact, place: Place) => Put {
  const versions = versionedWriter(store.db, confirmed, {
    table: charges,
    key: ['sourceId', 'key'],
    ids: ['chargeRef'],
    // A pod that is gone from the inventory is billed on without its name, and keeps it.
    lasting: ['resourceName', 'gpuType', 'gpuCount'],
    derived: ['quantityNum', 'quantityDen', 'unit'],
  });
  const insertDay = inserter(store.db, chargeDays);
  return (fact, place) => {
    const { put, rowId } = versions.put(fact, place);
    if (rowId !== undefined && !fact.withdrawn) {
      for (const day of chargeDaysOf(fact)) insertDay({ chargeRef: rowId, ...day });
    }
    return put;
  };
}

type Complete = NonNullable<Fetched['completeFor']>;

function knownCharges(store: Store, { keyPrefix, window }: Complete, origin: WithdrawalOrigin) {
  return store.orm
    .select()
    .from(charges)
    .where(
      and(
        eq(charges.sourceId, origin.sourceId),
        sql`substr(${charges.key}, 1, length(${keyPrefix})) = ${keyPrefix}`,
        gte(charges.startMs, window.startMs),
        lte(charges.endMs, window.endMs),
        eq(charges.withdrawn, false),
        // What this very answer told is not missing from it; most often that is all there is.
        ne(charges.fetchRef, origin.fetchRef),
        inForce(charges, [charges.sourceId, charges.key], origin.recordedAtMs),
      ),
    )
    .orderBy(charges.key)
    .all();
}

/** The same line with nothing billed: neither money nor quantity. */
function withdrawn(row: typeof charges.$inferSelect): ChargeFact {
  const { chargeRef: _old, ...kept } = row;
  return {
    ...kept,
    billedNanoUsd: 0n,
    listNanoUsd: null,
    effectiveNanoUsd: null,
    quantityNum: null,
    quantityDen: null,
    withdrawn: true,
  };
}

function emptyAnswer({ keyPrefix }: Complete, known: number): string {
  const charges = known === 1 ? 'charge was' : 'charges were';
  const found = `the answer told no charge "${keyPrefix}…" where ${known} ${charges} known`;
  return `${found}; nothing was withdrawn`;
}
