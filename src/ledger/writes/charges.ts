/** Writes charges with their days, and restates them when they change or vanish. */

import type { Charge } from '../../domain/charge.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import { eq, type Store } from '../store.ts';
import { charges } from '../tables/bill.ts';
import type { SpendRollup } from '../spendDays.ts';
import { createChargeVersions, toChargeFact } from './chargeVersions.ts';
import type { RepeatLog } from './repeatLog.ts';
import { type ChargeFact, CHARGES } from './factShape.ts';
import { reportFact } from './factReport.ts';
import {
  NO_POSITION,
  type FactOrigin,
  type PutResult,
  extendReach,
  extendPeriod,
  type Tally,
  type FetchOrigin,
} from './tally.ts';
import { createVersionedWriter } from './versioned.ts';
import type { MissingCharges } from './withdrawals.ts';

type ChargeRow = typeof charges.$inferSelect;

export interface ChargeWriter {
  /** Returns the keys that were known before. */
  append(located: readonly Located<Charge>[], origin: FetchOrigin, tally: Tally): string[];
  /** Restates to zero what a complete response no longer contains. */
  withdraw(fetched: Omit<Fetched, 'fetch'>, from: Withdrawal, tally: Tally): void;
  restateToZero(refs: readonly number[], origin: FetchOrigin, tally: Tally): void;
}

interface Withdrawal {
  readonly missing: MissingCharges;
  readonly origin: FetchOrigin;
}

const PRESUMED_CLASS = ['pricingClass'] as const;

export function createChargeWriter(
  { db, orm }: Store,
  repeats: RepeatLog,
  spend: SpendRollup,
): ChargeWriter {
  const { shape, put } = createVersionedWriter(db, repeats, CHARGES);
  const versions = createChargeVersions(db, spend);
  const read = (ref: number) =>
    orm.select().from(charges).where(eq(charges.chargeRef, ref)).limit(1).all();
  const { nameOf } = repeats;
  const putVersion = (
    fact: ChargeFact,
    place: FactOrigin,
    presumed: readonly 'pricingClass'[] = [],
  ) => {
    const result = put(fact, place, presumed);
    if (result.rowId !== undefined) versions.afterInsert(result.rowId);
    return result;
  };
  const append = (located: Located<Charge>, origin: FetchOrigin, tally: Tally): PutResult => {
    const { position, fact } = located;
    const place = { ...origin, position };
    // Most keys are new, which the insert itself detects.
    if (versions.insertFirst(fact, place)) {
      tally.added += 1;
      return 'added';
    }
    const presumed = fact.isClassPresumed === true ? PRESUMED_CLASS : [];
    const result = putVersion(toChargeFact(fact), place, presumed);
    const what = `the charge "${fact.key}"`;
    reportFact(tally, result, { shape, place, what, fact, nameOf });
    return result.put;
  };
  const restateToZero = (refs: readonly number[], origin: FetchOrigin, tally: Tally) => {
    const place = { ...origin, position: NO_POSITION };
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
        extendReach(tally, result, period.endMs);
        extendPeriod(tally, period);
      }
      return known;
    },
    withdraw({ completeFor }, { missing: { refs, presentCount }, origin }, tally) {
      if (completeFor === undefined) return;
      if (presentCount > 0) restateToZero(refs, origin, tally);
      else warnNothingWithdrawn(completeFor.keyPrefix, refs.length, tally);
    },
    restateToZero,
  };
}

/** An answer without any charge withdraws nothing, because it may be a fault of the provider. */
function warnNothingWithdrawn(keyPrefix: string, knownCharges: number, { warnings }: Tally): void {
  if (knownCharges > 0) warnings.push({ code: 'nothing-withdrawn', keyPrefix, knownCharges });
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
