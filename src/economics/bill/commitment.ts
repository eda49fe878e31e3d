/** Computes the use of commitments, their remaining amount and what stays unused on leaving. */

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
  sumWhole,
} from '../../domain/exact.ts';
import { sumNano, usd } from '../../domain/money.ts';
import {
  DAY_MS,
  durationMs,
  followingPeriod,
  HOUR_MS,
  monthsTouching,
  overlapMs,
  type Period,
} from '../../domain/period.ts';
import type { ChargeAccount } from '../chargeBook.ts';
import type { CommitmentInput } from '../input.ts';
import type { StackCommitment, CommitmentUse } from '../stackParts.ts';
import { addToDay } from './accounts.ts';
import { dayGrid, dayMsAt } from './days.ts';
import type { KnownResources } from './attribution.ts';
import { isCovered, prepaidTerm } from './prepaid.ts';

export interface CommitmentTerms {
  readonly window: Period;
  /** The deployments with charges at a source, and their amounts. */
  readonly spendAt: (sourceId: string) => ReadonlyMap<string, bigint>;
  /** Deployment ids by index. */
  readonly ids: readonly string[];
  readonly accounts: readonly ChargeAccount[];
  readonly inventory: KnownResources;
}

/**
 * Commitments with the deployments that use their source, and the part each would leave unused. A
 * commitment that ended in the period leaves nothing unused; its use until then is reported.
 */
export function computeCommitments(
  commitments: readonly CommitmentInput[],
  terms: CommitmentTerms,
): StackCommitment[] {
  const { window } = terms;
  return commitments
    .map((commitment, at): StackCommitment => {
      const { sourceId, id, untilMs } = commitment;
      const covered = terms.accounts.filter((each) => isCovered(commitment, each, terms.inventory));
      const endMs = committedUntilMs(commitment, window);
      const months = committedByMonth(commitment, { startMs: window.endMs, endMs });
      const next = { startMs: window.endMs, endMs: Math.min(endMs, followingPeriod(window).endMs) };
      const owedUsd = dollarsIn(commitment, next);
      const noticeByMs = noticeDeadline(commitment);
      return {
        sourceId,
        ...(id === undefined ? {} : { id }),
        at,
        ...(untilMs === undefined ? {} : { endMs: untilMs }),
        untilMs: months.length > 0 ? endMs : (untilMs ?? endMs),
        ...(noticeByMs === undefined ? {} : { noticeByMs }),
        owedUsd,
        months,
        monthsLeft: sum(monthsBetween(window.endMs, endMs).map(({ part }) => part)),
        shares: shareByPaid(owedUsd, findUsers(commitment, terms, covered)),
        use: computeUse(commitment, terms, covered),
      };
    })
    .filter(({ shares, months, use }) => {
      return shares.size > 0 && (months.length > 0 || use.committedUsd.num > 0n);
    });
}

/** Sources with a stated commitment: those it is owed to, and those it pays for. */
export function statedSources(commitments: readonly CommitmentInput[]): ReadonlySet<string> {
  return new Set(
    commitments.flatMap(({ sourceId, covers }) => [sourceId, covers?.sourceId ?? sourceId]),
  );
}

/**
 * Payment after leaving at the end of the period: until the contract ends, or for the notice
 * period.
 */
function committedUntilMs({ untilMs, noticeMs }: CommitmentInput, { endMs }: Period): number {
  return Math.max(untilMs ?? endMs, endMs + (noticeMs ?? 0));
}

function noticeDeadline({ untilMs, noticeMs }: CommitmentInput): number | undefined {
  return untilMs === undefined || noticeMs === undefined ? undefined : untilMs - noticeMs;
}

/**
 * Deployments by their spend at the source; if the commitment covers only some resources, only
 * deployments with those.
 */
function findUsers(
  commitment: CommitmentInput,
  terms: CommitmentTerms,
  covered: readonly ChargeAccount[],
) {
  const { sourceId, covers } = commitment;
  const spent = terms.spendAt(covers?.sourceId ?? sourceId);
  if (covers === undefined) return spent;
  const users = new Set(
    covered.flatMap(({ sharers }) => sharers.flatMap((index) => terms.ids[index] ?? [])),
  );
  return new Map([...spent].filter(([id]) => users.has(id)));
}

/**
 * Shares a remaining commitment by spend at the source, equally if there was none. $36,000 shared
 * by spends of $2,000 and $1,000 is $24,000 and $12,000.
 */
function shareByPaid(
  owedUsd: Exact,
  spend: ReadonlyMap<string, bigint>,
): ReadonlyMap<string, Exact> {
  const paid = [...spend].map(([id, nano]) => [id, nano > 0n ? nano : 0n] as const);
  const whole = sumWhole(paid.map(([, nano]) => nano));
  const equal = exact(1n, BigInt(Math.max(1, paid.length)));
  return new Map(
    paid.map(([id, nano]) => [id, multiply(owedUsd, whole === 0n ? equal : exact(nano, whole))]),
  );
}

/** The unused commitment of a deployment that leaves all of its committed sources. */
export function committedUsd(commitments: readonly StackCommitment[], deployment: string): Exact {
  return commitments.reduce((all, { shares }) => add(all, shares.get(deployment) ?? ZERO), ZERO);
}

/**
 * Unused commitment when self-hosting costs less than is committed. Of $9,000 committed and used, a
 * smaller stack of $7,500 leaves $1,500 unused.
 */
export function unusedCommitment(committed: Exact, keptUsd: Exact, ownUsd: Exact): Exact {
  return larger(ZERO, subtract(smaller(committed, keptUsd), ownUsd));
}

/**
 * Months of the next period that are still committed, each calendar month by its own length. After
 * July to September 2026, a commitment until 2026-11-16 has 1.5 months left. A next quarter has at
 * most 3 committed months, whatever its days.
 */
export function committedMonths(window: Period, untilMs: number): Exact {
  const endMs = Math.min(untilMs, followingPeriod(window).endMs);
  return sum(monthsBetween(window.endMs, endMs).map(({ part }) => part));
}

/**
 * The committed amount of a period: each month by its own length, hours of its GPUs, and the
 * period's part of an upfront payment. 2 GPUs at $1.00 for 2,208 hours are $4,416.00.
 */
function dollarsIn(commitment: CommitmentInput, { startMs, endMs }: Period): Exact {
  const { usdPerMonth, usdUpfront, gpus, usdPerGpuHour, fromMs = startMs } = commitment;
  const span = { startMs: Math.max(startMs, fromMs), endMs };
  if (span.startMs >= endMs) return ZERO;
  const months = sum(monthsBetween(span.startMs, endMs).map(({ part }) => part));
  const hours = exact(BigInt(durationMs(span)), BigInt(HOUR_MS));
  const term = prepaidTerm(commitment);
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

function committedByMonth(commitment: CommitmentInput, left: Period): StackCommitment['months'] {
  const { fromMs = left.startMs } = commitment;
  const owed = { startMs: Math.max(left.startMs, fromMs), endMs: left.endMs };
  return monthsTouching(owed).map((month) => {
    const startMs = Math.max(month.startMs, owed.startMs);
    const endMs = Math.min(month.endMs, owed.endMs);
    return { monthMs: month.startMs, usd: dollarsIn(commitment, { startMs, endMs }) };
  });
}

/** The calendar months between two instants, each with its part between them. */
function monthsBetween(startMs: number, endMs: number): { monthMs: number; part: Exact }[] {
  const left = { startMs, endMs };
  return monthsTouching(left).map((month) => ({
    monthMs: month.startMs,
    part: exact(BigInt(overlapMs(month, left)), BigInt(durationMs(month))),
  }));
}

/**
 * Use of a commitment: as the bill states it; else the covered GPU time, day by day, over what its
 * GPUs could have run; else the spend on what it covers. 8 GPUs at $2.00 with 6 running all of
 * July: $11,904.00 committed, $8,928.00 used, $2,976.00 unused.
 */
function computeUse(
  commitment: CommitmentInput,
  terms: CommitmentTerms,
  covered: readonly ChargeAccount[],
): CommitmentUse {
  const { window } = terms;
  const billed = billedUse(commitment, terms);
  if (billed !== undefined) return billed;
  const until = Math.min(window.endMs, commitment.untilMs ?? window.endMs);
  const committed = dollarsIn(commitment, { startMs: window.startMs, endMs: until });
  const useTerms = { commitment, committed, covered, window };
  const used = useByGpuTime(useTerms) ?? useBySpend(useTerms);
  if (used === undefined) return { committedUsd: committed };
  return { committedUsd: committed, usedUsd: used, unusedUsd: subtract(committed, used) };
}

function billedUse({ sourceId, id }: CommitmentInput, { accounts }: CommitmentTerms) {
  const of = (status: 'used' | 'unused') =>
    accounts.filter(
      ({ commitment, ...account }) =>
        account.sourceId === sourceId && commitment?.id === id && commitment?.status === status,
    );
  const [used, unused] = [of('used'), of('unused')];
  if (used.length + unused.length === 0) return undefined;
  const usdOf = (some: readonly ChargeAccount[]) =>
    usd(sumNano(some.map(({ nanoUsd }) => nanoUsd)));
  const [usedUsd, unusedUsd] = [usdOf(used), usdOf(unused)];
  return { committedUsd: add(usedUsd, unusedUsd), usedUsd, unusedUsd };
}

const DAY_NS = 86_400_000_000_000n;

interface UseTerms {
  readonly commitment: CommitmentInput;
  readonly committed: Exact;
  /** The accounts it covers. */
  readonly covered: readonly ChargeAccount[];
  readonly window: Period;
}

/** GPUs above a day's commitment do not use that of another day. */
function useByGpuTime({ commitment, committed, covered, window }: UseTerms) {
  const { gpus } = commitment;
  if (gpus === undefined) return undefined;
  const byDay = new Map<number, bigint>();
  const isInForce = daysInForce(commitment, window);
  for (const { gpuNs } of covered) {
    for (const [day, ns] of gpuNs) if (isInForce(day)) addToDay(byDay, day, ns);
  }
  const most = BigInt(gpus) * DAY_NS;
  const used = sumWhole([...byDay.values()].map((ns) => (ns < most ? ns : most)));
  const { fromMs = window.startMs, untilMs = window.endMs } = commitment;
  const inForceMs = overlapMs(window, { startMs: fromMs, endMs: untilMs });
  if (inForceMs === 0) return ZERO;
  const whole = BigInt(inForceMs) * 1_000_000n * BigInt(gpus);
  return multiply(committed, exact(used < whole ? used : whole, whole));
}

/** A bill that contains only the commitment itself does not show its use. */
function useBySpend({ commitment, committed, covered, window }: UseTerms) {
  if (commitment.usdUpfront !== undefined || covered.length === 0) return undefined;
  const isInForce = daysInForce(commitment, window);
  const days = covered.flatMap(({ byDay }) => [...byDay].filter(([day]) => isInForce(day)));
  const spent = usd(sumWhole(days.map(([, nanoUsd]) => nanoUsd)));
  return smaller(committed, larger(ZERO, spent));
}

/** Use before or after the term does not count. */
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
