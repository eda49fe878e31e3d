/** Books charges one by one into a charge book, whatever their number. */

import { gpusPerReplica } from '../replicaGpus.ts';
import { apportionOverTime } from '../../domain/apportion.ts';
import type { Charge } from '../../domain/charge.ts';
import { exact, multiply } from '../../domain/exact.ts';
import { nanoUsd, type NanoUsd } from '../../domain/money.ts';
import { durationMs, intersection } from '../../domain/period.ts';
import type { ChargeAccount, ChargeBook, InvoiceSum } from '../chargeBook.ts';
import type { CommitmentInput, StackInput } from '../input.ts';
import {
  addLine,
  addToDay,
  type ClaimedTime,
  closeDay,
  createAccounts,
  extendBilling,
  type OpenAccount,
  type OpenTime,
  spreadByDay,
} from './accounts.ts';
import { combineInventories, createAttribution, resourceKey } from './attribution.ts';
import { billedTimeKeeper, type Buyer, combineBilledTime } from './billedTime.ts';
import { applyCredits } from './credits.ts';
import { type DayGrid, dayGrid, NO_DAY } from './days.ts';
import { attributeByUse, gpuTimeNs, prepaidAccounts } from './prepaid.ts';

export type BookTerms = Pick<StackInput, 'window' | 'resources' | 'commitments' | 'credits'> & {
  readonly deployments: readonly Pick<
    StackInput['deployments'][number],
    'id' | 'gpu' | 'resources'
  >[];
};

export interface ChargeBooking {
  /**
   * Charges must come in the order of {@link inOrder}. Charges outside the period change nothing.
   */
  add(charge: Charge): void;
  close(): ChargeBook;
}

/** Books charges one by one at their effective cost, and keeps none of them. */
export function chargeBooking(terms: BookTerms): ChargeBooking {
  const { window, commitments } = terms;
  const grid = dayGrid(window);
  const billing = new Map<string, OpenTime>();
  const inventory = combineInventories(terms.resources);
  const attribute = createAttribution(terms.deployments, inventory);
  const accounts = createAccounts({ inventory, attribute }, billing);
  const deployments = terms.deployments.map(({ id, gpu }) => ({
    id,
    gpus: gpusPerReplica(gpu),
  }));
  const time = billedTimeKeeper(deployments);
  const effective = effectiveCharges(commitments);
  const isCounted = countsGpuTime(commitments);
  const changing: Bought[] = [];
  const invoices = invoiceKeeper(grid);
  return {
    add(billed) {
      const { period } = billed;
      if (period.endMs <= window.startMs || period.startMs >= window.endMs) return;
      if (billed.invoice !== undefined) invoices.add(billed, billed.invoice.id);
      const charge = effective(billed);
      const account = accounts.find(charge);
      if (account.billing !== undefined && charge.billed >= 0n)
        extendBilling(account.billing, period);
      if (isCounted(charge)) addGpuTime(account, charge, grid);
      if (account.claims === undefined) {
        if (charge !== billed) addDifference(account, { billed, charge, grid });
        addLine(account, charge, grid);
        if (buysTime(account, charge)) time.add(charge, account.buyer);
        return;
      }
      const billedParts = charge === billed ? [] : partsByClaim(billed, account.claims);
      for (const [at, part] of partsByClaim(charge, account.claims).entries()) {
        const own = billedParts[at];
        if (own !== undefined) addDifference(own.account, { ...part, billed: own.charge, grid });
        addLine(part.account, part.charge, grid);
        const { buyer } = part.account;
        if (buysTime(part.account, part.charge)) changing.push({ charge: part.charge, buyer });
      }
    },
    close() {
      for (const account of accounts.all) closeDay(account, NO_DAY);
      const sources = [...billing.values()].filter(({ days }) => days.size > 0);
      const late = billedTimeKeeper(deployments);
      for (const { charge, buyer } of changing.sort((a, b) => inOrder(a.charge, b.charge))) {
        late.add(charge, buyer);
      }
      const bought = combineBilledTime(time.close(), late.close());
      const shared = attributeByUse(accounts.all);
      const plans = prepaidAccounts(commitments, { accounts: shared, grid, attribute, inventory });
      const all = [...shared, ...plans];
      const own = { window, deployments, invoices: invoices.close() };
      const book = { ...own, accounts: all, billing: sources, ...bought };
      if (terms.credits === undefined) return book;
      const credits = applyCredits(terms.credits, shared, grid);
      return { ...book, accounts: [...all, ...credits.accounts], credits: credits.uses };
    },
  };
}

/** Sums invoiced charges inside the period, by source and invoice number. */
function invoiceKeeper(grid: DayGrid) {
  const sums = new Map<string, { -readonly [Key in keyof InvoiceSum]: InvoiceSum[Key] }>();
  return {
    add({ sourceId, billed, period }: Charge, invoiceId: string): void {
      const key = JSON.stringify([sourceId, invoiceId]);
      const sum = sums.get(key) ?? { sourceId, invoiceId, billed: 0n };
      sums.set(key, sum);
      for (const [, nanoUsd] of spreadByDay(billed, period, grid)) sum.billed += nanoUsd;
    },
    close: (): InvoiceSum[] => [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum),
  };
}

interface BilledDifference {
  readonly billed: Charge;
  readonly charge: Charge;
  readonly grid: DayGrid;
}

/** Books the difference between billed and effective cost by day. */
function addDifference(
  { notInTime }: OpenAccount,
  { billed, charge, grid }: BilledDifference,
): void {
  for (const [day, nanoUsd] of spreadByDay(billed.billed, billed.period, grid)) {
    addToDay(notInTime, day, nanoUsd);
  }
  for (const [day, nanoUsd] of spreadByDay(charge.billed, charge.period, grid)) {
    addToDay(notInTime, day, -nanoUsd);
  }
}

/**
 * Whether to count the GPU time of a charge: only at sources where a commitment states a number of
 * GPUs.
 */
function countsGpuTime(commitments: BookTerms['commitments']): (charge: Charge) => boolean {
  const counted = commitments.filter(({ gpus }) => gpus !== undefined);
  const sources = new Set(counted.map(({ sourceId, covers }) => covers?.sourceId ?? sourceId));
  if (sources.size === 0) return () => false;
  return ({ sourceId, category }) => category === 'compute' && sources.has(sourceId);
}

function addGpuTime({ gpuNs, buyer }: OpenAccount, charge: Charge, grid: DayGrid): void {
  for (const [day, ns] of spreadByDay(gpuTimeNs(charge, buyer.known), charge.period, grid)) {
    addToDay(gpuNs, day, ns);
  }
}

/**
 * Time of a resource that moves between deployments: split charges are no longer in order of end,
 * so they wait.
 */
interface Bought {
  readonly charge: Charge;
  readonly buyer: Buyer;
}

function buysTime({ sharers }: ChargeAccount, { billed, category }: Charge): boolean {
  return billed >= 0n && category === 'compute' && sharers.length > 0;
}

/** The charge book of an input: its own, or one made from its charges. */
export function toChargeBook(input: StackInput): ChargeBook {
  const { charges } = input;
  if ('accounts' in charges) return charges;
  const booking = chargeBooking(input);
  for (const charge of charges.toSorted(inOrder)) booking.add(charge);
  return booking.close();
}

/** By end and start, then by resource, so charges for the same time come one after another. */
function inOrder(a: Charge, b: Charge): number {
  if (a.period.endMs !== b.period.endMs) return a.period.endMs - b.period.endMs;
  if (a.period.startMs !== b.period.startMs) return a.period.startMs - b.period.startMs;
  const [one, other] = [
    resourceKey(a.sourceId, a.resourceId),
    resourceKey(b.sourceId, b.resourceId),
  ];
  return one < other ? -1 : one > other ? 1 : 0;
}

/**
 * Splits a charge where its resource moves between deployments, amount and quantity in proportion
 * to time.
 */
function partsByClaim(charge: Charge, claims: readonly ClaimedTime[]) {
  const { period, billed, quantity } = charge;
  const overlaps = claims.flatMap(({ account, ...claim }) => {
    const shared = intersection(period, claim);
    return shared === undefined ? [] : [{ account, ...shared }];
  });
  const money = apportionOverTime(billed, overlaps);
  const whole = BigInt(durationMs(period));
  return overlaps.map(({ account, startMs, endMs }, at) => ({
    account,
    charge: {
      ...charge,
      period: { startMs, endMs },
      billed: nanoUsd(money[at] ?? 0n),
      ...(quantity && { quantity: multiply(quantity, exact(BigInt(endMs - startMs), whole)) }),
    },
  }));
}

/**
 * Returns charges with effective instead of billed cost, or the charge itself if both are equal.
 * $1,200 for a year is $0 on the day of purchase, and $100 on what it covers in a month. Unused
 * commitment belongs to the commitment, because nothing ran in it.
 */
function effectiveCharges(commitments: readonly CommitmentInput[]): (charge: Charge) => Charge {
  const prepaid = new Map<string, Map<string, Plan>>();
  for (const { sourceId, id, usdUpfront, ...recurring } of commitments) {
    if (id === undefined || usdUpfront === undefined) continue;
    const isAlsoRecurring =
      recurring.usdPerMonth !== undefined || recurring.usdPerGpuHour !== undefined;
    const plans = prepaid.get(sourceId) ?? new Map<string, Plan>();
    prepaid.set(sourceId, plans.set(id, { usdUpfront, isAlsoRecurring }));
  }
  return (charge) => {
    const { sourceId, effective, commitment, billed } = charge;
    const plans = prepaid.get(sourceId);
    if (effective === undefined && commitment === undefined && plans === undefined) return charge;
    const cost = isPurchaseOf(plans, charge) ? nanoUsd(0n) : (effective ?? billed);
    return withCost(charge, cost);
  };
}

function withCost(charge: Charge, cost: NanoUsd): Charge {
  const category = charge.commitment?.status === 'unused' ? 'commitment' : charge.category;
  if (cost === charge.billed && category === charge.category) return charge;
  return { ...charge, billed: cost, category };
}

interface Plan {
  readonly usdUpfront: NanoUsd;
  /** Also paid by month or hour, so not every charge is the purchase. */
  readonly isAlsoRecurring: boolean;
}

/** Whether a charge is a purchase that config spreads itself. */
function isPurchaseOf(plans: ReadonlyMap<string, Plan> | undefined, charge: Charge): boolean {
  const { commitment, category, resourceId, billed } = charge;
  const isBought =
    commitment === undefined ? category === 'commitment' : commitment.status === 'purchase';
  const plan = isBought ? plans?.get(commitment?.id ?? resourceId) : undefined;
  if (plan === undefined) return false;
  return !plan.isAlsoRecurring || isNear(billed, plan.usdUpfront);
}

/**
 * Within a tenth, because a bill may round or be in another currency: $5,900 matches an upfront
 * payment of $6,000.
 */
function isNear(billed: bigint, usdUpfront: bigint): boolean {
  const off = billed < usdUpfront ? usdUpfront - billed : billed - usdUpfront;
  return off * 10n <= usdUpfront;
}
