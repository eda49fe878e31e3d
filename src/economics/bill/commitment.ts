/** What a commitment came to, what is owed of it yet, and what leaving leaves behind. */

import {
  add,
  type Exact,
  exact,
  exactInteger,
  larger,
  multiply,
  smaller,
  subtract,
  sum,
  ZERO,
} from '../../domain/exact.ts';
import { sumNano, usd } from '../../domain/money.ts';
import { monthsOf } from '../../domain/months.ts';
import {
  DAY_MS,
  durationMs,
  HOUR_MS,
  nextWindow,
  overlapMs,
  type Period,
} from '../../domain/period.ts';
import { sumWhole } from '../../domain/whole.ts';
import type { Account } from '../chargeBook.ts';
import type { CommitmentInput } from '../input.ts';
import type { Commitment, CommitmentUse } from '../stackParts.ts';
import { addTo } from './accounts.ts';
import { dayGrid, dayMsAt } from './days.ts';
import { type Inventory } from './inventory.ts';
import { isCovered, termOf } from './plans.ts';

export interface CommitmentTerms {
  readonly window: Period;
  /** Who has charges of a source, and how much they come to. */
  readonly spendAt: (sourceId: string) => ReadonlyMap<string, bigint>;
  /** The ids of deployments by their index. */
  readonly ids: readonly string[];
  readonly accounts: readonly Account[];
  readonly inventory: Inventory;
}

/**
 * Each commitment with those who use its source, and what each of them would leave behind. One that
 * ended in the window leaves nothing, and tells what it came to until then.
 */
export function commitmentsOf(
  commitments: readonly CommitmentInput[],
  terms: CommitmentTerms,
): Commitment[] {
  const { window } = terms;
  return commitments
    .map((commitment, at): Commitment => {
      const { sourceId, id, untilMs } = commitment;
      const covered = terms.accounts.filter((each) => isCovered(commitment, each, terms.inventory));
      const endMs = owedUntilMs(commitment, window);
      const months = owedByMonth(commitment, { startMs: window.endMs, endMs });
      const next = { startMs: window.endMs, endMs: Math.min(endMs, nextWindow(window).endMs) };
      const owedUsd = dollarsIn(commitment, next);
      const noticeByMs = noticeBy(commitment);
      return {
        sourceId,
        ...(id === undefined ? {} : { id }),
        at,
        ...(untilMs === undefined ? {} : { endMs: untilMs }),
        untilMs: months.length > 0 ? endMs : (untilMs ?? endMs),
        ...(noticeByMs === undefined ? {} : { noticeByMs }),
        owedUsd,
        months,
        monthsLeft: sum(owedMonths(window.endMs, endMs).map(({ part }) => part)),
        shares: shared(owedUsd, usersOf(commitment, terms, covered)),
        use: useOf(commitment, terms, covered),
      };
    })
    .filter(({ shares, months, use }) => {
      return shares.size > 0 && (months.length > 0 || use.committedUsd.num > 0n);
    });
}

/** Sources of which a commitment is stated: to whom it is owed, and what it pays for. */
export function statedSources(commitments: readonly CommitmentInput[]): ReadonlySet<string> {
  return new Set(
    commitments.flatMap(({ sourceId, covers }) => [sourceId, covers?.sourceId ?? sourceId]),
  );
}

/** Whoever leaves at the window's end owes until the contract's end, or for the notice. */
function owedUntilMs({ untilMs, noticeMs }: CommitmentInput, { endMs }: Period): number {
  return Math.max(untilMs ?? endMs, endMs + (noticeMs ?? 0));
}

function noticeBy({ untilMs, noticeMs }: CommitmentInput): number | undefined {
  return untilMs === undefined || noticeMs === undefined ? undefined : untilMs - noticeMs;
}

/** By what they paid at the source; where it pays for some things there, only who has those. */
function usersOf(commitment: CommitmentInput, terms: CommitmentTerms, covered: readonly Account[]) {
  const { sourceId, covers } = commitment;
  const spent = terms.spendAt(covers?.sourceId ?? sourceId);
  if (covers === undefined) return spent;
  const users = new Set(
    covered.flatMap(({ sharers }) => sharers.flatMap((index) => terms.ids[index] ?? [])),
  );
  return new Map([...spent].filter(([id]) => users.has(id)));
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
  return sum(owedMonths(window.endMs, endMs).map(({ part }) => part));
}

/**
 * What a commitment comes to in a time: each month by its own length, hours of its GPUs, and the
 * part of its term of what was paid ahead. $4,416.00 for 2 GPUs of $1.00 and 2,208 hours.
 */
function dollarsIn(commitment: CommitmentInput, { startMs, endMs }: Period): Exact {
  const { usdPerMonth, usdUpfront, gpus, usdPerGpuHour, fromMs = startMs } = commitment;
  const span = { startMs: Math.max(startMs, fromMs), endMs };
  if (span.startMs >= endMs) return ZERO;
  const months = sum(owedMonths(span.startMs, endMs).map(({ part }) => part));
  const hours = exact(BigInt(durationMs(span)), BigInt(HOUR_MS));
  const term = termOf(commitment);
  return sum([
    ...(usdPerMonth === undefined ? [] : [multiply(usd(usdPerMonth), months)]),
    ...(gpus === undefined || usdPerGpuHour === undefined
      ? []
      : [multiply(multiply(usdPerGpuHour, exactInteger(gpus)), hours)]),
    ...(usdUpfront === undefined || term === undefined
      ? []
      : [multiply(usd(usdUpfront), partOf(term, span))]),
  ]);
}

function partOf(term: Period, span: Period): Exact {
  return exact(BigInt(overlapMs(term, span)), BigInt(durationMs(term)));
}

function owedByMonth(commitment: CommitmentInput, left: Period): Commitment['months'] {
  const { fromMs = left.startMs } = commitment;
  const owed = { startMs: Math.max(left.startMs, fromMs), endMs: left.endMs };
  return monthsOf(owed).map((month) => {
    const startMs = Math.max(month.startMs, owed.startMs);
    const endMs = Math.min(month.endMs, owed.endMs);
    return { monthMs: month.startMs, usd: dollarsIn(commitment, { startMs, endMs }) };
  });
}

/** The calendar months between two instants, each with the part of it that lies between them. */
function owedMonths(startMs: number, endMs: number): { monthMs: number; part: Exact }[] {
  const left = { startMs, endMs };
  return monthsOf(left).map((month) => ({
    monthMs: month.startMs,
    part: exact(BigInt(overlapMs(month, left)), BigInt(durationMs(month))),
  }));
}

/**
 * What the bill itself tells of the commitment; else the GPU time that it pays for, day by day,
 * over what its GPUs could have run; else what was spent on what it pays for. 8 GPUs at $2.00, of
 * which 6 ran all of July: $11,904.00 committed, $8,928.00 used, $2,976.00 unused.
 */
function useOf(
  commitment: CommitmentInput,
  terms: CommitmentTerms,
  covered: readonly Account[],
): CommitmentUse {
  const { window } = terms;
  const told = toldUse(commitment, terms);
  if (told !== undefined) return told;
  const until = Math.min(window.endMs, commitment.untilMs ?? window.endMs);
  const committed = dollarsIn(commitment, { startMs: window.startMs, endMs: until });
  const wish = { commitment, committed, covered, window };
  const used = gpuUse(wish) ?? dollarUse(wish);
  if (used === undefined) return { committedUsd: committed };
  return { committedUsd: committed, usedUsd: used, unusedUsd: subtract(committed, used) };
}

function toldUse({ sourceId, id }: CommitmentInput, { accounts }: CommitmentTerms) {
  const of = (status: 'used' | 'unused') =>
    accounts.filter(
      ({ commitment, ...account }) =>
        account.sourceId === sourceId && commitment?.id === id && commitment?.status === status,
    );
  const [used, unused] = [of('used'), of('unused')];
  if (used.length + unused.length === 0) return undefined;
  const usdOf = (some: readonly Account[]) => usd(sumNano(some.map(({ nanoUsd }) => nanoUsd)));
  const [usedUsd, unusedUsd] = [usdOf(used), usdOf(unused)];
  return { committedUsd: add(usedUsd, unusedUsd), usedUsd, unusedUsd };
}

const DAY_NS = 86_400_000_000_000n;

interface UseTerms {
  readonly commitment: CommitmentInput;
  readonly committed: Exact;
  /** What it pays for. */
  readonly covered: readonly Account[];
  readonly window: Period;
}

/** GPUs beyond those of a day's commitment use nothing of another day's. */
function gpuUse({ commitment, committed, covered, window }: UseTerms) {
  const { gpus } = commitment;
  if (gpus === undefined) return undefined;
  const byDay = new Map<number, bigint>();
  const isInForce = daysInForce(commitment, window);
  for (const { gpuNs } of covered) {
    for (const [day, ns] of gpuNs) if (isInForce(day)) addTo(byDay, day, ns);
  }
  const most = BigInt(gpus) * DAY_NS;
  const used = sumWhole([...byDay.values()].map((ns) => (ns < most ? ns : most)));
  const { fromMs = window.startMs, untilMs = window.endMs } = commitment;
  const inForceMs = overlapMs(window, { startMs: fromMs, endMs: untilMs });
  if (inForceMs === 0) return ZERO;
  const whole = BigInt(inForceMs) * 1_000_000n * BigInt(gpus);
  return multiply(committed, exact(used < whole ? used : whole, whole));
}

/** A bill that has nothing but the commitment itself does not tell what was used of it. */
function dollarUse({ commitment, committed, covered, window }: UseTerms) {
  if (commitment.usdUpfront !== undefined || covered.length === 0) return undefined;
  const isInForce = daysInForce(commitment, window);
  const days = covered.flatMap(({ byDay }) => [...byDay].filter(([day]) => isInForce(day)));
  const spent = usd(sumWhole(days.map(([, nanoUsd]) => nanoUsd)));
  return smaller(committed, larger(ZERO, spent));
}

/** What ran before the term, or after it, uses nothing of it. */
function daysInForce({ fromMs, untilMs }: CommitmentInput, window: Period) {
  const grid = dayGrid(window);
  return (day: number) => {
    const startMs = dayMsAt(grid, day);
    return (
      (fromMs === undefined || startMs + DAY_MS > fromMs) &&
      (untilMs === undefined || startMs < untilMs)
    );
  };
}
