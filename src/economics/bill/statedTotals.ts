/** Totals that providers stated, laid beside the charges that pass by. */

import { apportionMoney } from '../../domain/apportion.ts';
import type { Charge } from '../../domain/charge.ts';
import { durationMs, overlapMs, type Period } from '../../domain/period.ts';
import { firstWhere } from '../../domain/search.ts';
import type { ComparedTotal, StatedOf, StatedTotal } from '../../domain/statedTotal.ts';

/** A charge, and the answer that it came in. */
export type ToldCharge = Pick<Charge, 'sourceId' | 'key' | 'period' | 'billed'> & {
  readonly fetchRef: number;
};

export interface TotalsKeeper {
  /** In any order, each once; all that reach into the window of a total. */
  add(charge: ToldCharge): void;
  /** In the order of the totals. */
  close(): ComparedTotal[];
}

/**
 * Sums charges for all totals in one pass. One that lies inside a total's window counts in whole,
 * one that reaches into it in proportion to time: of $4.00 for two days $2.00 are in the first.
 */
export function totalsKeeper(stated: readonly StatedTotal[]): TotalsKeeper {
  const bySource = new Map<string, Map<string, Group>>();
  const groups = stated.map((total) => {
    const those = bySource.get(total.sourceId) ?? new Map<string, Group>();
    bySource.set(total.sourceId, those);
    const question = questionOf(total);
    const group = those.get(question) ?? { of: total.of, windows: [] };
    those.set(question, group);
    group.windows.push(total.window);
    return group;
  });
  const sums = new Map(groups.map((group) => [group, summing(group.windows)]));
  const keepers = new Map(
    [...bySource].map(([sourceId, those]) => [
      sourceId,
      [...those.values()].map((group) => ({ of: group.of, sum: sums.get(group) })),
    ]),
  );
  let source = '';
  let asked = keepers.get(source) ?? [];
  return {
    add(charge) {
      // One source has most of them.
      if (charge.sourceId !== source) {
        source = charge.sourceId;
        asked = keepers.get(source) ?? [];
      }
      for (const { of, sum } of asked) {
        if (isAbout(of, charge)) sum?.add(charge.period, charge.billed);
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

/** Totals about the same charges, over different times. */
interface Group {
  readonly of: StatedOf;
  readonly windows: Period[];
}

function questionOf({ kind, of }: StatedTotal): string {
  return 'keyPrefix' in of ? `keys ${of.keyPrefix}` : `kind ${kind}`;
}

function isAbout(of: StatedOf, { key, fetchRef }: ToldCharge): boolean {
  return 'keyPrefix' in of ? key.startsWith(of.keyPrefix) : of.fetchRefs.has(fetchRef);
}

/**
 * Time is cut wherever a window begins or ends. Most charges lie between two neighboring cuts and
 * are summed there once, however many windows hold them; only one across a cut is asked of each.
 */
function summing(windows: readonly Period[]) {
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
    /** Of one of the windows. */
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
