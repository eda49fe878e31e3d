/** Charges put together: what a bill comes to, whatever the number of its lines. */

import { apportionAlong } from '../../domain/apportion.ts';
import type { Charge } from '../../domain/charge.ts';
import { exact, multiply } from '../../domain/exact.ts';
import { invariant } from '../../domain/invariant.ts';
import { nanoUsd } from '../../domain/money.ts';
import type { Period } from '../../domain/period.ts';
import type { Account, ChargeBook, SourceTime } from '../chargeBook.ts';
import type { StackInput } from '../input.ts';
import { attribution, type Claim } from './attribution.ts';
import { billedTimeKeeper, type Buyer, joined } from './billedTime.ts';
import { cutByDay, type DayGrid, dayGrid, type Piece } from './days.ts';
import { inventoryOf, resourceKey } from './inventory.ts';

export type BookTerms = Pick<StackInput, 'window' | 'resources'> & {
  readonly deployments: readonly Pick<
    StackInput['deployments'][number],
    'id' | 'gpu' | 'resources'
  >[];
};

export interface Booking {
  /** Charges come by {@link inOrder}; one outside the window changes nothing. */
  add(charge: Charge): void;
  close(): ChargeBook;
}

/** Puts charges together one by one, and keeps none of them. */
export function chargeBooking(terms: BookTerms): Booking {
  const { window } = terms;
  const grid = dayGrid(window);
  const billing = new Map<string, OpenTime>();
  const accounts = accountsOf(terms, billing);
  const deployments = terms.deployments.map(({ id, gpu }) => ({
    id,
    gpus: Math.max(1, gpu.count),
  }));
  const time = billedTimeKeeper(deployments);
  const changing: Bought[] = [];
  return {
    add(charge) {
      const { period, billed } = charge;
      if (period.endMs <= window.startMs || period.startMs >= window.endMs) return;
      const account = accounts.find(charge);
      if (account.billing !== undefined && billed >= 0n) widen(account.billing, period);
      if (account.claims === undefined) {
        addLine(account, charge, grid);
        if (buysTime(account, charge)) time.add(charge, account.buyer);
        return;
      }
      for (const part of partsByClaim(charge, account.claims)) {
        addLine(part.account, part.charge, grid);
        const { buyer } = part.account;
        if (buysTime(part.account, part.charge)) changing.push({ charge: part.charge, buyer });
      }
    },
    close() {
      for (const account of accounts.all) turnDay(account, NO_DAY);
      const sources = [...billing.values()].filter(({ days }) => days.size > 0);
      const late = billedTimeKeeper(deployments);
      for (const { charge, buyer } of changing.sort((a, b) => inOrder(a.charge, b.charge))) {
        late.add(charge, buyer);
      }
      const bought = joined(time.close(), late.close());
      return { window, deployments, accounts: accounts.all, billing: sources, ...bought };
    },
  };
}

/** Time of a resource that changes hands: cut lines no longer come by their end, so they wait. */
interface Bought {
  readonly charge: Charge;
  readonly buyer: Buyer;
}

function buysTime({ sharers }: Account, { billed, category }: Charge): boolean {
  return billed >= 0n && category === 'compute' && sharers.length > 0;
}

/** The book of an input: its own, or that of its charges. */
export function bookOf(input: StackInput): ChargeBook {
  const { charges } = input;
  if ('accounts' in charges) return charges;
  const booking = chargeBooking(input);
  for (const charge of charges.toSorted(inOrder)) booking.add(charge);
  return booking.close();
}

/** By end and start, then by resource: what was paid for the same time comes side by side. */
function inOrder(a: Charge, b: Charge): number {
  if (a.period.endMs !== b.period.endMs) return a.period.endMs - b.period.endMs;
  if (a.period.startMs !== b.period.startMs) return a.period.startMs - b.period.startMs;
  const [one, other] = [
    resourceKey(a.sourceId, a.resourceId),
    resourceKey(b.sourceId, b.resourceId),
  ];
  return one < other ? -1 : one > other ? 1 : 0;
}

interface OpenAccount extends Account {
  readonly byDay: Map<number, bigint>;
  nanoUsd: bigint;
  size: bigint;
  readonly committed: { startMs: number; endMs: number }[];
  /** What makes it itself. */
  readonly resourceName: string | undefined;
  readonly tags: Charge['tags'];
  readonly gpuType: string | undefined;
  readonly buyer: Buyer;
  /** Where the resource changes hands: each stretch with an account of its own. */
  claims?: readonly ClaimedTime[];
  /** Of its source, where its lines are for time. */
  readonly billing: OpenTime | undefined;
  /** The day that is being summed, for lines come by the day; and its sum. */
  day: number;
  dayNanoUsd: bigint;
  /** Whether a line that is no credit fell on it. */
  dayIsBilled: boolean;
}

interface ClaimedTime extends Period {
  readonly account: OpenAccount;
}

const NO_DAY = -1;

/** Finds the account of a charge; a resource has few. */
function accountsOf({ deployments, resources }: BookTerms, billing: Map<string, OpenTime>) {
  const inventory = inventoryOf(resources);
  const attribute = attribution(deployments, inventory);
  const byResource = new Map<string, OpenAccount[]>();
  const [resourceNumbers, parties] = [new Map<string, number>(), new Map<string, number>()];
  const buyers = new Map<string, Buyer>();
  const all: OpenAccount[] = [];
  const timeOf = (sourceId: string): OpenTime => {
    const time = billing.get(sourceId) ?? { ...NEVER, sourceId, days: new Set<number>() };
    billing.set(sourceId, time);
    return time;
  };
  const open = (charge: Charge, { sharers, isContested }: Claim): OpenAccount => {
    const { sourceId, resourceId, resourceName, tags, category, pricingClass, basis } = charge;
    const key = resourceKey(sourceId, resourceId);
    const known = inventory.get(key);
    const resource = numberOf(key, resourceNumbers);
    const party = numberOf(sharers.join(), parties);
    const pair = `${resource} ${party}`;
    const buyer = buyers.get(pair) ?? { resource, resourceId, party, sharers, known };
    buyers.set(pair, buyer);
    const name = resourceName ?? known?.name;
    const like = { sourceId, resourceId, resourceName, tags, category, pricingClass, basis };
    return {
      ...like,
      ...(name === undefined ? {} : { name }),
      ...nothingYet(),
      gpuType: charge.gpuType,
      sharers,
      isContested,
      billing: category === 'compute' || category === 'commitment' ? timeOf(sourceId) : undefined,
      buyer,
    };
  };
  return {
    all,
    find(charge: Charge): OpenAccount {
      const of = byResource.get(charge.resourceId);
      const found = of?.find((account) => isSame(account, charge));
      if (found !== undefined) return found;
      const opened = attribute(charge).map(({ startMs, endMs, ...claim }) => ({
        startMs,
        endMs,
        account: open(charge, { startMs, endMs, ...claim }),
      }));
      all.push(...opened.map(({ account }) => account));
      const account = opened[0]?.account;
      invariant(account !== undefined, 'all time is claimed by somebody or nobody');
      if (opened.length > 1) account.claims = opened;
      if (of === undefined) byResource.set(charge.resourceId, [account]);
      else of.push(account);
      return account;
    },
  };
}

function nothingYet() {
  const sums = { byDay: new Map<number, bigint>(), nanoUsd: 0n, size: 0n, committed: [] };
  return { ...sums, day: NO_DAY, dayNanoUsd: 0n, dayIsBilled: false };
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
    account.sourceId === charge.sourceId &&
    (account.tags === charge.tags || JSON.stringify(account.tags) === JSON.stringify(charge.tags))
  );
}

/** Adds a line to the days of the window on which it falls. */
function addLine(account: OpenAccount, { period, billed }: Charge, grid: DayGrid): void {
  const pieces = cutByDay(period, grid);
  const parts = pieces.length === 1 ? undefined : partsOf(billed, pieces);
  let line = 0n;
  for (let at = 0; at < pieces.length; at += 1) {
    const { day = NO_DAY, startMs = 0, endMs = 0 } = pieces[at] ?? {};
    if (day < 0) continue;
    const nanoUsd = parts === undefined ? billed : (parts[at] ?? 0n);
    if (day !== account.day) turnDay(account, day);
    account.dayNanoUsd += nanoUsd;
    if (billed >= 0n) account.dayIsBilled = true;
    line += nanoUsd;
    if (account.category === 'commitment' && billed > 0n) {
      addSpan(account.committed, { startMs, endMs });
    }
  }
  account.nanoUsd += line;
  account.size += line < 0n ? -line : line;
}

/** Books the day that was summed, and begins another. */
function turnDay(account: OpenAccount, day: number): void {
  if (account.day !== NO_DAY) {
    const before = account.byDay.get(account.day) ?? 0n;
    account.byDay.set(account.day, before + account.dayNanoUsd);
    if (account.dayIsBilled) account.billing?.days.add(account.day);
  }
  account.day = day;
  account.dayNanoUsd = 0n;
  account.dayIsBilled = false;
}

/**
 * Cuts at midnights and at the window's edges, in proportion to time: $3.00 from 22:00 to 01:00 is
 * $2.00 on the first day and $1.00 on the second.
 */
function partsOf(billed: bigint, pieces: readonly Piece[]): bigint[] {
  return apportionAlong(
    billed,
    pieces.map(({ startMs, endMs }) => BigInt(endMs - startMs)),
  );
}

/** A line cut where its resource changes hands, money and quantity in proportion to time. */
function partsByClaim(charge: Charge, claims: readonly ClaimedTime[]) {
  const { period, billed, quantity } = charge;
  const met = claims.flatMap(({ account, ...claim }) => {
    const startMs = Math.max(period.startMs, claim.startMs);
    const endMs = Math.min(period.endMs, claim.endMs);
    return startMs < endMs ? [{ account, startMs, endMs }] : [];
  });
  const lengths = met.map(({ startMs, endMs }) => BigInt(endMs - startMs));
  const money = apportionAlong(billed, lengths);
  const whole = BigInt(period.endMs - period.startMs);
  return met.map(({ account, startMs, endMs }, at) => ({
    account,
    charge: {
      ...charge,
      period: { startMs, endMs },
      billed: nanoUsd(money[at] ?? 0n),
      ...(quantity && { quantity: multiply(quantity, exact(lengths[at] ?? 0n, whole)) }),
    },
  }));
}

/** Hours that follow one another are one span. */
function addSpan(spans: { startMs: number; endMs: number }[], span: Period): void {
  const last = spans.at(-1);
  if (last?.endMs === span.startMs) last.endMs = span.endMs;
  else spans.push({ ...span });
}

interface OpenTime extends SourceTime {
  shortestMs: number;
  firstMs: number;
  lastMs: number;
  readonly days: Set<number>;
}

const NEVER = {
  shortestMs: Number.POSITIVE_INFINITY,
  firstMs: Number.POSITIVE_INFINITY,
  lastMs: Number.NEGATIVE_INFINITY,
};

function widen(time: OpenTime, { startMs, endMs }: Period): void {
  time.shortestMs = Math.min(time.shortestMs, endMs - startMs);
  time.firstMs = Math.min(time.firstMs, startMs);
  time.lastMs = Math.max(time.lastMs, endMs);
}
