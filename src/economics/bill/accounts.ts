/** Sums charges into accounts: charges that differ only in time and amount. */

import { apportionOverTime } from '../../domain/apportion.ts';
import type { Charge, ChargeCategory } from '../../domain/charge.ts';
import { invariant } from '../../domain/failure.ts';
import type { Period } from '../../domain/period.ts';
import type { ChargeAccount, SourceTime } from '../chargeBook.ts';
import {
  type AttributionClaim,
  type ChargeAttribution,
  type KnownResources,
  resourceKey,
} from './attribution.ts';
import type { Buyer } from './billedTime.ts';
import { cutByDay, type DayGrid, type DayPiece, findContainingDay, NO_DAY } from './days.ts';

export interface OpenAccount extends ChargeAccount {
  readonly byDay: Map<number, bigint>;
  readonly notInTime: Map<number, bigint>;
  readonly gpuNs: Map<number, bigint>;
  nanoUsd: bigint;
  size: bigint;
  readonly committed: { startMs: number; endMs: number }[];
  /** Identity of the account. */
  readonly resourceName: string | undefined;
  readonly tags: Charge['tags'];
  readonly gpuType: string | undefined;
  readonly buyer: Buyer;
  /** Set if the resource moves between deployments: each period with its own account. */
  claims?: readonly ClaimedTime[];
  /** Billing time of its source, for charges that buy time. */
  readonly billing: OpenTime | undefined;
  /** The day being summed and its sums, because charges come in order of days. */
  day: number;
  dayNanoUsd: bigint;
  dayCreditNanoUsd: bigint;
  /** Whether the day has a charge that is not a credit. */
  dayIsBilled: boolean;
}

export interface ClaimedTime extends Period {
  readonly account: OpenAccount;
}

export interface AccountTerms {
  readonly inventory: KnownResources;
  readonly attribute: ChargeAttribution;
}

/** Finds or opens the account of a charge. A resource has few accounts. */
export function createAccounts(
  { inventory, attribute }: AccountTerms,
  billing: Map<string, OpenTime>,
) {
  const byResource = new Map<string, OpenAccount[]>();
  const [resourceNumbers, parties] = [new Map<string, number>(), new Map<string, number>()];
  const buyers = new Map<string, Buyer>();
  const all: OpenAccount[] = [];
  const findTime = (sourceId: string): OpenTime => {
    const time = billing.get(sourceId) ?? { ...UNBILLED, sourceId, days: new Set<number>() };
    billing.set(sourceId, time);
    return time;
  };
  const open = (charge: Charge, { sharers, isContested }: AttributionClaim): OpenAccount => {
    const { sourceId, resourceId, resourceName, tags, category, pricingClass, basis } = charge;
    const key = resourceKey(sourceId, resourceId);
    const known = inventory.get(key);
    const resource = numberOf(key, resourceNumbers);
    const party = numberOf(sharers.join(), parties);
    const pair = `${resource} ${party}`;
    const buyer = buyers.get(pair) ?? { resource, resourceId, party, sharers, known };
    buyers.set(pair, buyer);
    const name = resourceName ?? known?.name;
    const identity = { sourceId, resourceId, resourceName, tags, category, pricingClass, basis };
    return {
      ...identity,
      ...(name === undefined ? {} : { name }),
      ...emptySums(),
      gpuType: charge.gpuType,
      ...(charge.commitment === undefined ? {} : { commitment: charge.commitment }),
      sharers,
      isContested,
      billing: category === 'compute' || category === 'commitment' ? findTime(sourceId) : undefined,
      buyer,
    };
  };
  return {
    all,
    find(charge: Charge): OpenAccount {
      const known = byResource.get(charge.resourceId);
      for (const account of known ?? NONE) if (isSame(account, charge)) return account;
      const opened = attribute(charge).map(({ startMs, endMs, ...claim }) => ({
        startMs,
        endMs,
        account: open(charge, { startMs, endMs, ...claim }),
      }));
      all.push(...opened.map(({ account }) => account));
      const account = opened[0]?.account;
      invariant(account !== undefined, 'claims cover all time');
      if (opened.length > 1) account.claims = opened;
      if (known === undefined) byResource.set(charge.resourceId, [account]);
      else known.push(account);
      return account;
    },
  };
}

const NONE: readonly OpenAccount[] = [];

function emptySums() {
  const sums = { byDay: new Map<number, bigint>(), nanoUsd: 0n, size: 0n, committed: [] };
  const beside = { notInTime: new Map<number, bigint>(), gpuNs: new Map<number, bigint>() };
  const today = { day: NO_DAY, dayNanoUsd: 0n, dayCreditNanoUsd: 0n, dayIsBilled: false };
  return { ...sums, ...beside, ...today };
}

function numberOf(name: string, numbers: Map<string, number>): number {
  const number = numbers.get(name) ?? numbers.size;
  numbers.set(name, number);
  return number;
}

function isSame(account: OpenAccount, charge: Charge): boolean {
  return (
    account.resourceName === charge.resourceName &&
    account.category === charge.category &&
    account.pricingClass === charge.pricingClass &&
    account.basis === charge.basis &&
    account.gpuType === charge.gpuType &&
    account.commitment?.id === charge.commitment?.id &&
    account.commitment?.status === charge.commitment?.status &&
    account.sourceId === charge.sourceId &&
    (account.tags === charge.tags || JSON.stringify(account.tags) === JSON.stringify(charge.tags))
  );
}

/** Adds a charge to the days of the period on which it falls. */
export function addLine(account: OpenAccount, { period, billed }: Charge, grid: DayGrid): void {
  const line = { isCredit: billed < 0n, isPaid: billed > 0n };
  const only = findContainingDay(period, grid);
  if (only !== NO_DAY) return addPart(account, { day: only, ...period }, { billed, ...line });
  const pieces = cutByDay(period, grid);
  const parts = apportionOverTime(billed, pieces);
  for (const [at, piece] of pieces.entries()) {
    if (piece.day !== NO_DAY) addPart(account, piece, { billed: parts[at] ?? 0n, ...line });
  }
}

interface Part {
  readonly billed: bigint;
  /** Both refer to the whole charge, because a part of it may round to 0. */
  readonly isCredit: boolean;
  readonly isPaid: boolean;
}

function addPart(account: OpenAccount, { day, startMs, endMs }: DayPiece, part: Part): void {
  if (day !== account.day) closeDay(account, day);
  if (part.isCredit) {
    account.dayCreditNanoUsd += part.billed;
    return;
  }
  account.dayNanoUsd += part.billed;
  account.dayIsBilled = true;
  if (account.category === 'commitment' && part.isPaid) {
    addSpan(account.committed, { startMs, endMs });
  }
}

/** Adds to the amount of a day. */
export function addToDay(byDay: Map<number, bigint>, day: number, amount: bigint): void {
  byDay.set(day, (byDay.get(day) ?? 0n) + amount);
}

/** Divides an amount over the days of the period in proportion to time, without days outside it. */
export function spreadByDay(amount: bigint, span: Period, grid: DayGrid): [number, bigint][] {
  const pieces = cutByDay(span, grid);
  const parts = apportionOverTime(amount, pieces);
  return pieces.flatMap(({ day }, at): [number, bigint][] =>
    day === NO_DAY ? [] : [[day, parts[at] ?? 0n]],
  );
}

/** Books the day that was summed and starts another. */
export function closeDay(account: OpenAccount, day: number): void {
  if (account.day !== NO_DAY) {
    const { dayNanoUsd, dayCreditNanoUsd } = account;
    addToDay(account.byDay, account.day, dayNanoUsd + dayCreditNanoUsd);
    account.nanoUsd += dayNanoUsd + dayCreditNanoUsd;
    account.size += dayNanoUsd - dayCreditNanoUsd;
    if (account.dayIsBilled) account.billing?.days.add(account.day);
  }
  account.day = day;
  account.dayNanoUsd = 0n;
  account.dayCreditNanoUsd = 0n;
  account.dayIsBilled = false;
}

/** Consecutive hours are one span. */
function addSpan(spans: { startMs: number; endMs: number }[], span: Period): void {
  const last = spans.at(-1);
  if (last?.endMs === span.startMs) last.endMs = span.endMs;
  else spans.push({ ...span });
}

export interface OpenTime extends SourceTime {
  shortestMs: number;
  firstMs: number;
  lastMs: number;
  readonly days: Set<number>;
}

const UNBILLED = {
  shortestMs: Number.POSITIVE_INFINITY,
  firstMs: Number.POSITIVE_INFINITY,
  lastMs: Number.NEGATIVE_INFINITY,
};

export function extendBilling(time: OpenTime, { startMs, endMs }: Period): void {
  time.shortestMs = Math.min(time.shortestMs, endMs - startMs);
  time.firstMs = Math.min(time.firstMs, startMs);
  time.lastMs = Math.max(time.lastMs, endMs);
}

/** Nano-USD of one category at one source. */
export interface BillLine {
  readonly sourceId: string;
  readonly category: ChargeCategory;
  nanoUsd: bigint;
  notInTime: bigint;
}

/** Adds amounts to a line; without amounts no line is created. */
export function addToLine(
  lines: Map<string, BillLine>,
  { sourceId, category }: Pick<BillLine, 'sourceId' | 'category'>,
  [nanoUsd, notInTime]: readonly [nanoUsd: bigint, notInTime: bigint],
): void {
  if (nanoUsd === 0n && notInTime === 0n) return;
  const key = JSON.stringify([sourceId, category]);
  const line = lines.get(key) ?? { sourceId, category, nanoUsd: 0n, notInTime: 0n };
  lines.set(key, line);
  line.nanoUsd += nanoUsd;
  line.notInTime += notInTime;
}
