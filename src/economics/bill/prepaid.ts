/** Adds prepaid plans to the accounts of a bill, and attributes unclaimed commitment charges. */

import type { Charge } from '../../domain/charge.ts';
import { exactInteger, multiply, divideRounded, sumWhole } from '../../domain/exact.ts';
import { DAY_MS, dayText, overlapMs, type Period } from '../../domain/period.ts';
import type { ChargeAccount } from '../chargeBook.ts';
import type { CommitmentInput } from '../input.ts';
import {
  type ChargeAttribution,
  type KnownResource,
  type KnownResources,
  matchesResource,
  resourceKey,
} from './attribution.ts';
import { type DayGrid, dayMsAt } from './days.ts';
import { statedTime } from './paidTime.ts';

export interface PrepaidTerms {
  readonly accounts: readonly ChargeAccount[];
  readonly grid: DayGrid;
  readonly attribute: ChargeAttribution;
  readonly inventory: KnownResources;
}

/**
 * Attributes purchases and unused parts of a commitment to the deployments that use it, unless
 * config attributes them.
 */
export function attributeByUse(accounts: readonly ChargeAccount[]): ChargeAccount[] {
  return accounts.map((account) => {
    const { sourceId, commitment, sharers } = account;
    if (commitment === undefined || commitment.status === 'used' || sharers.length > 0) {
      return account;
    }
    const using = accounts.filter(
      (other) =>
        other.sourceId === sourceId &&
        other.commitment?.status === 'used' &&
        other.commitment.id === commitment.id,
    );
    return { ...account, sharers: allSharers(using) };
  });
}

/** Prepaid plans spread over their term, unless the bill spreads them itself. */
export function prepaidAccounts(
  commitments: readonly CommitmentInput[],
  terms: PrepaidTerms,
): ChargeAccount[] {
  return commitments.flatMap((plan): ChargeAccount[] => {
    const term = prepaidTerm(plan);
    const { usdUpfront } = plan;
    if (term === undefined || usdUpfront === undefined) return [];
    if (overlapMs(term, terms.grid.window) === 0 || isSpread(plan, terms.accounts)) return [];
    const byDay = new Map(prepaidByDay(usdUpfront, term, terms.grid));
    const nanoUsd = sumWhole([...byDay.values()]);
    const line = lineOf(plan, term);
    const asBilled = {
      ...line,
      basis: 'billed',
      key: line.resourceId,
      billed: usdUpfront,
    } as const;
    const [claim] = terms.attribute(asBilled);
    const claimed = claim?.sharers ?? [];
    const covered = terms.accounts.filter((account) => isCovered(plan, account, terms.inventory));
    return [
      {
        ...line,
        prepaidUntilMs: term.endMs,
        sharers: claimed.length > 0 ? claimed : allSharers(covered),
        isContested: false,
        byDay,
        nanoUsd,
        size: nanoUsd,
        notInTime: notInTime(byDay, { plan, term, terms }),
        gpuNs: new Map(),
        committed: [clip(term, terms.grid.window)],
      },
    ];
  });
}

function lineOf({ sourceId, id }: CommitmentInput, term: Period) {
  const until = dayText(term.endMs - 1);
  return {
    sourceId,
    resourceId: id ?? `prepaid until ${until}`,
    category: 'commitment',
    pricingClass: 'reserved',
    basis: 'stated',
    period: term,
  } as const;
}

/** The term of an upfront payment; `undefined` for commitments paid by month or hour. */
export function prepaidTerm({ usdUpfront, fromMs, untilMs }: CommitmentInput): Period | undefined {
  if (usdUpfront === undefined || fromMs === undefined || untilMs === undefined) return undefined;
  return { startMs: fromMs, endMs: untilMs };
}

/** Whether a commitment covers an account: compute, not the commitment's own charges. */
export function isCovered(
  { sourceId, covers = { sourceId } }: CommitmentInput,
  account: ChargeAccount,
  inventory: KnownResources,
): boolean {
  const { category, name, resourceId, pricingClass, tags } = account;
  if (category !== 'compute') return false;
  const known = inventory.get(resourceKey(account.sourceId, resourceId));
  return matchesResource(covers, {
    sourceId: account.sourceId,
    resourceId,
    names: [...(known?.names ?? []), ...(name === undefined ? [] : [name])],
    tags,
    pricingClass,
    category,
    kinds: known?.kinds,
    gpuType: account.gpuType ?? known?.gpuType,
  });
}

/** A FOCUS bill spreads a purchase over what it covers, and states the unused part. */
function isSpread({ sourceId, id }: CommitmentInput, accounts: readonly ChargeAccount[]): boolean {
  return accounts.some(
    ({ commitment, size, ...account }) =>
      account.sourceId === sourceId &&
      commitment !== undefined &&
      commitment.id === id &&
      commitment.status !== 'purchase' &&
      size > 0n,
  );
}

/**
 * Differences of running sums from the first day of the term, rounded down, so parts of any periods
 * sum to the whole. $1,200.00 for 2026 is $3.287671 a day, $98.63 in June.
 */
function prepaidByDay(nano: bigint, term: Period, grid: DayGrid): [number, bigint][] {
  const length = BigInt(term.endMs - term.startMs);
  const upTo = (atMs: number) => {
    const passed = Math.max(0, Math.min(atMs, term.endMs) - term.startMs);
    return divideRounded(nano * BigInt(passed), length, 'floor');
  };
  return Array.from({ length: grid.count }, (_, day) => day).flatMap((day): [number, bigint][] => {
    const dayMs = dayMsAt(grid, day);
    const piece = clip({ startMs: dayMs, endMs: dayMs + DAY_MS }, grid.window);
    if (overlapMs(piece, term) === 0) return [];
    return [[day, upTo(piece.endMs) - upTo(piece.startMs)]];
  });
}

interface Prepaid {
  readonly plan: CommitmentInput;
  readonly term: Period;
  readonly terms: PrepaidTerms;
}

/** The purchase counts on its first day, unless the bill contains it. */
function notInTime(byDay: ReadonlyMap<number, bigint>, { plan, term, terms }: Prepaid) {
  const { grid, accounts } = terms;
  const days = new Map([...byDay].map(([day, nanoUsd]) => [day, -nanoUsd]));
  const isBilled = accounts.some(
    ({ sourceId, commitment, resourceId, category, notInTime: beside }) =>
      sourceId === plan.sourceId &&
      category === 'commitment' &&
      (commitment?.id ?? resourceId) === plan.id &&
      sumWhole([...beside.values()]) > 0n,
  );
  const isInWindow = grid.window.startMs <= term.startMs && term.startMs < grid.window.endMs;
  if (isBilled || !isInWindow) return days;
  const first = Math.floor((term.startMs - grid.firstDayMs) / DAY_MS);
  return days.set(first, (days.get(first) ?? 0n) + (plan.usdUpfront ?? 0n));
}

function clip(span: Period, window: Period): Period {
  return {
    startMs: Math.max(span.startMs, window.startMs),
    endMs: Math.min(span.endMs, window.endMs),
  };
}

function allSharers(accounts: readonly ChargeAccount[]): number[] {
  return [...new Set(accounts.flatMap(({ sharers }) => sharers))].sort((a, b) => a - b);
}

/** GPU time in nanoseconds; 0 if the charge states no time. */
export function gpuTimeNs(charge: Charge, known: KnownResource | undefined): bigint {
  const { period } = charge;
  const time = statedTime({ period, charges: [charge], known });
  if (time === undefined) return 0n;
  const ns = multiply(time.ms, exactInteger(1_000_000));
  return divideRounded(ns.num, ns.den, 'half-even');
}
