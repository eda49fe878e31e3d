/** Writes charges with their days, and restates them when they change or vanish. */

import type { Charge } from '../../domain/charge.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import { eq } from '../drizzle.ts';
import type { Store } from '../store.ts';
import { charges } from '../tables/bill.ts';
import type { SpendDays } from '../spendDays.ts';
import { chargeFact } from './chargeFact.ts';
import { createChargeVersions } from './chargeVersions.ts';
import type { Confirmed } from './confirmed.ts';
import { type ChargeFact, CHARGES } from './factTables.ts';
import { tellPut } from './meeting.ts';
import {
  NOWHERE,
  type Place,
  type Put,
  reachTo,
  spanFacts,
  type Tally,
  type FetchOrigin,
} from './place.ts';
import { versionedWriter } from './versioned.ts';
import type { Missing } from './withdrawals.ts';

type ChargeRow = typeof charges.$inferSelect;

export interface ChargeWriter {
  /** Returns the keys that were known before. */
  append(located: readonly Located<Charge>[], origin: FetchOrigin, tally: Tally): string[];
  /** Restates to zero what a complete response no longer contains. */
  withdraw(fetched: Omit<Fetched, 'fetch'>, from: Withdrawal, tally: Tally): void;
  restateToZero(refs: readonly number[], origin: FetchOrigin, tally: Tally): void;
}

interface Withdrawal {
  readonly missing: Missing;
  readonly origin: FetchOrigin;
}

const PRESUMED_CLASS = ['pricingClass'] as const;

export function createChargeWriter(
  { db, orm }: Store,
  confirmed: Confirmed,
  spend: SpendDays,
): ChargeWriter {
  const { shape, put } = versionedWriter(db, confirmed, CHARGES);
  const versions = createChargeVersions(db, spend);
  const read = (ref: number) =>
    orm.select().from(charges).where(eq(charges.chargeRef, ref)).limit(1).all();
  const { nameOf } = confirmed;
  const putVersion = (fact: ChargeFact, place: Place, presumed: readonly 'pricingClass'[] = []) => {
    const result = put(fact, place, presumed);
    if (result.rowId !== undefined) versions.wrote(result.rowId);
    return result;
  };
  const append = ({ position, fact }: Located<Charge>, origin: FetchOrigin, tally: Tally): Put => {
    const place = { ...origin, position };
    // Most keys are new, which the insert itself detects.
    if (versions.first(fact, place)) {
      tally.added += 1;
      return 'added';
    }
    const presumed = fact.isClassPresumed === true ? PRESUMED_CLASS : [];
    const result = putVersion(chargeFact(fact), place, presumed);
    const what = `the charge "${fact.key}"`;
    tellPut(tally, result, { shape, place, what, fact, nameOf });
    return result.put;
  };
  const restateToZero = (refs: readonly number[], origin: FetchOrigin, tally: Tally) => {
    const place = { ...origin, position: NOWHERE };
    for (const ref of refs) for (const row of read(ref)) putVersion(toWithdrawn(row), place);
    tally.restated += refs.length;
  };
  return {
    append(located, origin, tally) {
      const known: string[] = [];
      for (const each of located) {
        const { period, key } = each.fact;
        const result = append(each, origin, tally);
        if (result !== 'added') known.push(key);
        reachTo(tally, result, period.endMs);
        spanFacts(tally, period);
      }
      return known;
    },
    withdraw({ completeFor }, { missing: { refs, told }, origin }, tally) {
      if (completeFor === undefined) return;
      if (told === 0) {
        const { keyPrefix } = completeFor;
        const knownCharges = refs.length;
        if (knownCharges > 0) {
          tally.warnings.push({ code: 'nothing-withdrawn', keyPrefix, knownCharges });
        }
        return;
      }
      restateToZero(refs, origin, tally);
    },
    restateToZero,
  };
}

/** The same charge without cost and quantity. */
function toWithdrawn(row: ChargeRow): ChargeFact {
  const { chargeRef: _old, undoRef: _undo, leftOut: _left, rateRef: _rate, ...kept } = row;
  return {
    ...kept,
    billedNanoUsd: 0n,
    listNanoUsd: null,
    effectiveNanoUsd: null,
    originalCurrency: null,
    originalAmount: null,
    originalList: null,
    originalEffective: null,
    quantityNum: null,
    quantityDen: null,
    withdrawn: true,
  };
}
