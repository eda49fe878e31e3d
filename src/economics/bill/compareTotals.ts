/** Compares totals that providers stated with the ledger's charges. */

import { apportionMoney } from '../../domain/apportion.ts';
import type { Charge } from '../../domain/charge.ts';
import { durationMs, overlapMs, type Period } from '../../domain/period.ts';
import { firstWhere } from '../../domain/search.ts';
import type { ComparedTotal, StatedScope, StatedTotal } from '../../domain/invoice.ts';

/** A charge, and the fetch it came from. */
export type FetchedCharge = Pick<Charge, 'sourceId' | 'key' | 'period' | 'billed'> & {
  readonly fetchRef: number;
};

export interface TotalsKeeper {
  /** Adds a charge: each once, in any order, including all that overlap the period of a total. */
  add(charge: FetchedCharge): void;
  /** In the order of the totals. */
  close(): ComparedTotal[];
}

/**
 * Sums charges for all totals in one pass. A charge inside a total's period counts in full, a
 * charge across its edge in proportion to time: of $4.00 for two days, $2.00 are in the first.
 */
export function totalsKeeper(stated: readonly StatedTotal[]): TotalsKeeper {
  const bySource = new Map<string, Map<string, Group>>();
  const groups = stated.map((total) => {
    const known = bySource.get(total.sourceId) ?? new Map<string, Group>();
    bySource.set(total.sourceId, known);
    const question = groupKey(total);
    const group = known.get(question) ?? { of: total.of, windows: [] };
    known.set(question, group);
    group.windows.push(total.window);
    return group;
  });
  const sums = new Map(groups.map((group) => [group, sumByPeriod(group.windows)]));
  const keepers = new Map(
    [...bySource].map(([sourceId, known]) => [
      sourceId,
      [...known.values()].map((group) => ({ of: group.of, sum: sums.get(group) })),
    ]),
  );
  let source = '';
  let current = keepers.get(source) ?? [];
  return {
    add(charge) {
      // Most charges come from one source in a row.
      if (charge.sourceId !== source) {
        source = charge.sourceId;
        current = keepers.get(source) ?? [];
      }
      for (const { of, sum } of current) {
        if (includes(of, charge)) sum?.add(charge.period, charge.billed);
      }
    },
    close: () =>
      stated.map(({ of: _of, ...total }, at) => {
        const group = groups[at];
        const sum = group === undefined ? undefined : sums.get(group);
        return { ...total, ledgerNanoUsd: sum?.of(total.window) ?? 0n };
      }),
  };
}

/** Totals of the same charges over different periods. */
interface Group {
  readonly of: StatedScope;
  readonly windows: Period[];
}

function groupKey({ kind, of }: StatedTotal): string {
  return 'keyPrefix' in of ? `keys ${of.keyPrefix}` : `kind ${kind}`;
}

function includes(of: StatedScope, { key, fetchRef }: FetchedCharge): boolean {
  return 'keyPrefix' in of ? key.startsWith(of.keyPrefix) : of.fetchRefs.has(fetchRef);
}

/**
 * Splits time at every start and end of a period. Most charges lie between two neighboring cuts and
 * are summed there once, however many periods contain them. Only charges across a cut are compared
 * with each period.
 */
function sumByPeriod(windows: readonly Period[]) {
  const ends = windows.flatMap(({ startMs, endMs }) => [startMs, endMs]);
  const cuts = [...new Set(ends)].sort((a, b) => a - b);
  const between = cuts.map(() => 0n);
  const across = windows.map(() => 0n);
  let at = 0;
  return {
    add(period: Period, billed: bigint): void {
      if (!isBetween(period, cuts, at)) {
        at = firstWhere(cuts, (cut) => cut > period.startMs) - 1;
      }
      if (isBetween(period, cuts, at)) between[at] = (between[at] ?? 0n) + billed;
      else addAcross({ windows, across }, period, billed);
    },
    /** The sum for one of the periods. */
    of(window: Period): bigint {
      let sum = across[windows.indexOf(window)] ?? 0n;
      for (let cut = cuts.indexOf(window.startMs); (cuts[cut] ?? window.endMs) < window.endMs; ) {
        sum += between[cut] ?? 0n;
        cut += 1;
      }
      return sum;
    },
  };
}

function isBetween({ startMs, endMs }: Period, cuts: readonly number[], at: number): boolean {
  const [from, to] = [cuts[at], cuts[at + 1]];
  return from !== undefined && to !== undefined && startMs >= from && endMs <= to;
}

interface Across {
  readonly windows: readonly Period[];
  readonly across: bigint[];
}

function addAcross({ windows, across }: Across, period: Period, billed: bigint): void {
  for (const [at, window] of windows.entries()) {
    const insideMs = overlapMs(period, window);
    if (insideMs === 0) continue;
    const outsideMs = durationMs(period) - insideMs;
    const [share = 0n] = apportionMoney(billed, [BigInt(insideMs), BigInt(outsideMs)]);
    across[at] = (across[at] ?? 0n) + share;
  }
}
