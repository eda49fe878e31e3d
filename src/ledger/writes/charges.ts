/**
 * Knows how a bill's lines are written: each with its days, restated when they change or vanish.
 */

import type { Charge } from '../../domain/charge.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import type { Store } from '../store.ts';
import { chargeDays, type charges } from '../tables/bill.ts';
import { chargeDaysOf, chargeFact } from './chargeFact.ts';
import type { Confirmed } from './confirmed.ts';
import { type ChargeFact, CHARGES } from './factTables.ts';
import { inserter } from './insert.ts';
import { tellPut } from './meeting.ts';
import { type Place, reachTo, spanFacts, type Tally } from './place.ts';
import { type VersionedWriter, versionedWriter } from './versioned.ts';
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
  const { shape, put } = chargeWriter(store, confirmed);
  const { nameOf } = confirmed;
  return {
    append(located, origin, tally) {
      for (const { position, fact } of located) {
        const place = { ...origin, position };
        const result = put(chargeFact(fact), place);
        const what = `the charge "${fact.key}"`;
        tellPut(tally, result, { shape, place, what, fact, nameOf });
        reachTo(tally, result.put, fact.period.endMs);
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

function chargeWriter(store: Store, confirmed: Confirmed): VersionedWriter<typeof charges> {
  const { shape, put } = versionedWriter(store.db, confirmed, CHARGES);
  const insertDay = inserter(store.db, chargeDays);
  return {
    shape,
    put(fact, place) {
      const result = put(fact, place);
      if (result.rowId !== undefined && !fact.withdrawn) {
        for (const day of chargeDaysOf(fact)) insertDay({ chargeRef: result.rowId, ...day });
      }
      return result;
    },
  };
}

/** The same line with nothing billed: neither money nor quantity. */
function withdrawn(row: ChargeRow): ChargeFact {
  const { chargeRef: _old, undoRef: _undo, leftOut: _left, ...kept } = row;
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
