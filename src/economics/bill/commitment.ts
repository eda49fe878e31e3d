/** Knows what stays owed for nothing when the machines of a commitment are left. */

import {
  add,
  type Exact,
  exact,
  larger,
  multiply,
  smaller,
  subtract,
  ZERO,
} from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import { durationMs, nextWindow, overlapMs, type Period } from '../../domain/period.ts';
import { sumWhole } from '../../domain/whole.ts';
import type { CommitmentInput } from '../input.ts';
import type { Commitment } from '../stackParts.ts';
import { monthsOf } from './months.ts';

/** Each commitment with those who use its source, and what each of them would leave behind. */
export function commitmentsOf(
  commitments: readonly CommitmentInput[],
  window: Period,
  spendAt: (sourceId: string) => ReadonlyMap<string, bigint>,
): Commitment[] {
  return commitments
    .map((commitment) => {
      const { sourceId, usdPerMonth } = commitment;
      const endMs = owedUntilMs(commitment, window);
      const owedUsd = multiply(usd(usdPerMonth), committedMonths(window, endMs));
      const months = owedByMonth(window.endMs, endMs, usd(usdPerMonth));
      const shares = shared(owedUsd, spendAt(sourceId));
      return { sourceId, untilMs: endMs, owedUsd, months, shares };
    })
    .filter(({ shares, months }) => shares.size > 0 && months.length > 0);
}

/** Whoever leaves at the window's end owes until the contract's end, or for the notice. */
function owedUntilMs({ untilMs, noticeMs }: CommitmentInput, { endMs }: Period): number {
  return Math.max(untilMs ?? endMs, endMs + (noticeMs ?? 0));
}

/**
 * In proportion to what each paid at the source, equally where nobody paid anything. $36,000 owed
 * by two who paid $2,000 and $1,000 are $24,000 and $12,000.
 */
function shared(owedUsd: Exact, spend: ReadonlyMap<string, bigint>): ReadonlyMap<string, Exact> {
  const paid = [...spend].map(([id, nano]) => [id, nano > 0n ? nano : 0n] as const);
  const whole = sumWhole(paid.map(([, nano]) => nano));
  const equal = exact(1n, BigInt(Math.max(1, paid.length)));
  return new Map(
    paid.map(([id, nano]) => [id, multiply(owedUsd, whole === 0n ? equal : exact(nano, whole))]),
  );
}

/** What a deployment would leave behind by leaving its committed sources altogether. */
export function committedUsd(commitments: readonly Commitment[], deployment: string): Exact {
  return commitments.reduce((all, { shares }) => add(all, shares.get(deployment) ?? ZERO), ZERO);
}

/**
 * What stays owed for nothing when own machines cost less than is committed. Of $9,000 committed
 * and used, a smaller stack of $7,500 leaves $1,500.
 */
export function leftBehind(committed: Exact, keptUsd: Exact, ownUsd: Exact): Exact {
  return larger(ZERO, subtract(smaller(committed, keptUsd), ownUsd));
}

/**
 * Months of the next window that are still committed, each calendar month by its own length. After
 * July to September 2026, a commitment until 2026-11-16 has 1.5 months left; whatever the days of a
 * quarter, the next one owes at most 3.
 */
export function committedMonths(window: Period, untilMs: number): Exact {
  const endMs = Math.min(untilMs, nextWindow(window).endMs);
  return owedMonths(window.endMs, endMs).reduce((all, { part }) => add(all, part), ZERO);
}

function owedByMonth(startMs: number, endMs: number, usdPerMonth: Exact): Commitment['months'] {
  return owedMonths(startMs, endMs).map(({ monthMs, part }) => ({
    monthMs,
    usd: multiply(usdPerMonth, part),
  }));
}

/** The calendar months between two instants, each with the part of it that lies between them. */
function owedMonths(startMs: number, endMs: number): { monthMs: number; part: Exact }[] {
  const left = { startMs, endMs };
  return monthsOf(left).map((month) => ({
    monthMs: month.startMs,
    part: exact(BigInt(overlapMs(month, left)), BigInt(durationMs(month))),
  }));
}
