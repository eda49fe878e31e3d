/**
 * Knows how a bill's lines are written: each with its days, restated when they change or vanish.
 */

import type { Charge } from '../../domain/charge.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import type { Store } from '../store.ts';
import { chargeDays, charges } from '../tables/bill.ts';
import { type ChargeFact, chargeDaysOf, chargeFact } from './chargeFact.ts';
import type { Confirmed } from './confirmed.ts';
import { inserter } from './insert.ts';
import { contradiction, count, type Place, type Put, spanFacts, type Tally } from './place.ts';
import { versionedWriter } from './versioned.ts';
import type { ChargeRow, Missing } from './withdrawals.ts';

type Origin = Omit<Place, 'position'>;

export interface ChargeWriter {
  append(located: readonly Located<Charge>[], origin: Origin, tally: Tally): void;
  /** Restates to zero what a complete answer should have told and did not. */
  withdraw(fetched: Omit<Fetched, 'fetch'>, from: Withdrawal, tally: Tally): void;
}

interface Withdrawal {
  readonly missing: Missing;
  readonly origin: Origin;
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
    withdraw({ completeFor, charges: told = [] }, { missing: { rows }, origin }, tally) {
      if (completeFor === undefined) return;
      if (told.length === 0) {
        if (rows.length > 0) tally.warnings.push(emptyAnswer(completeFor, rows.length));
        return;
      }
      for (const row of rows) put(withdrawn(row), { ...origin, position: NOWHERE });
      tally.restated += rows.length;
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

/** The same line with nothing billed: neither money nor quantity. */
function withdrawn(row: ChargeRow): ChargeFact {
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

function emptyAnswer({ keyPrefix }: NonNullable<Fetched['completeFor']>, known: number): string {
  const charges = known === 1 ? 'charge was' : 'charges were';
  const found = `the answer told no charge "${keyPrefix}…" where ${known} ${charges} known`;
  return `${found}; nothing was withdrawn`;
}
