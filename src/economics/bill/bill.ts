/**
 * Computes what was paid in the period, by deployment and day. The parts sum to the whole exactly.
 */

import { gpusPerReplica } from '../replicaGpus.ts';
import type { ChargeCategory } from '../../domain/charge.ts';
import { compare, exact } from '../../domain/exact.ts';
import { invariant } from '../../domain/failure.ts';
import { sumNano } from '../../domain/money.ts';
import type { Period } from '../../domain/period.ts';
import type { StackInput } from '../input.ts';
import type { StackBill, UnattributedResource, UnattributedDay } from '../stackParts.ts';
import { type ChargeAccount, type ChargeBook, isEstimated } from '../chargeBook.ts';
import { addToLine, type BillLine } from './accounts.ts';
import type { BookTerms } from './booking.ts';
import { combineInventories } from './attribution.ts';
import { type PaidPieces, type ReplicaTerms, replicaTime } from './replicaTime.ts';
import { statedSources } from './commitment.ts';
import { divideByDay, type SharingWeights } from './sharing.ts';
import { unattributedDays, unattributedByResource } from './unattributed.ts';

export interface DeploymentBill {
  /** Nano-USD by day, at effective cost: a purchase is spread over its term. */
  readonly spend: bigint[];
  /** Billed minus effective cost by day: purchases, minus their spread parts. */
  readonly notInTime: bigint[];
  readonly compute: bigint[];
  readonly storage: bigint[];
  /** Charges of category `commitment` at sources with a stated commitment. */
  readonly commitment: bigint[];
  /** Compute of reserved capacity at sources without a stated commitment. */
  readonly reserved: bigint[];
  readonly pieces: PaidPieces;
  /** Periods of commitment charges, which need not state hours. */
  readonly committedTime: Period[];
  /** Nano-USD by source. */
  readonly sources: Map<string, bigint>;
  /** The same by source and category, with billed cost outside the spend. */
  readonly lines: Map<string, BillLine>;
  /** Its parts of shared resources, by group of sharers. */
  readonly shared: Map<string, SharedBill>;
  /** Resources by kind of guess. */
  readonly guesses: Map<GuessKind, Set<string>>;
}

/**
 * Nano-USD by day of resources shared by one group of deployments, without charges of a stated
 * commitment.
 */
export interface SharedBill {
  /** Indexes of deployments, including its own. */
  readonly sharers: readonly number[];
  readonly gpu: bigint[];
  readonly storage: bigint[];
  readonly other: bigint[];
}

export type GuessKind = 'costliest bucket' | 'whole period' | 'equal shares';

export interface DividedBill {
  readonly stack: StackBill;
  readonly deployments: readonly DeploymentBill[];
  readonly unattributed: readonly UnattributedDay[];
  readonly unclaimed: readonly UnattributedResource[];
}

/**
 * Categories that bills contain and that are not part of the spend: tax, tokens from hosted APIs
 * and engineering time.
 */
const NOT_SPEND: ReadonlySet<string> = new Set(['tax', 'hosted', 'labor']);

export function divideBill(input: StackInput, book: ChargeBook, terms: ReplicaTerms): DividedBill {
  requireSame(input, book);
  const { accounts } = book;
  const spent = spendAccounts(book);
  const unattributed = spent.filter(({ sharers }) => sharers.length === 0);
  const served = spent.filter(({ sharers }) => sharers.length > 0);
  const pieces = replicaTime(book, terms);
  const { grid, share } = terms;
  const deployments = pieces.map((own) => emptyBill(grid.count, own));
  const committed = statedSources(input.commitments);
  addSpend(deployments, served, {
    share,
    committed,
    days: grid.count,
    isFraction: (index) => input.deployments[index]?.gpu.share !== undefined,
  });
  for (const { sharers, committed: spans } of served) {
    for (const index of sharers) deployments[index]?.committedTime.push(...spans);
  }
  for (const { kind, resourceId, sharers } of book.guesses) {
    for (const index of sharers) note(deployments[index], kind, resourceId);
  }
  return {
    stack: stackBill(accounts, spent, unattributed),
    deployments,
    unattributed: unattributedDays(unattributed, grid),
    unclaimed: findUnattributed(input, book),
  };
}

/** Accounts that are part of the spend. */
export function spendAccounts({ accounts }: ChargeBook): ChargeAccount[] {
  return accounts.filter(({ category }) => !NOT_SPEND.has(category));
}

/** Unattributed resources. The inventory is read only if there are any. */
export function findUnattributed(
  { deployments, resources }: Pick<BookTerms, 'deployments' | 'resources'>,
  book: ChargeBook,
): UnattributedResource[] {
  const unattributed = spendAccounts(book).filter(({ sharers }) => sharers.length === 0);
  if (unattributed.length === 0) return [];
  return unattributedByResource(unattributed, {
    deployments,
    inventory: combineInventories(resources),
  });
}

/** Deployments in a book are indexes, which would be wrong for another stack. */
function requireSame({ window, deployments }: StackInput, book: ChargeBook): void {
  const isSame =
    book.window.startMs === window.startMs &&
    book.window.endMs === window.endMs &&
    book.deployments.length === deployments.length &&
    deployments.every(({ id, gpu }, at) => {
      const of = book.deployments[at];
      return of?.id === id && compare(of.gpus, gpusPerReplica(gpu)) === 0;
    });
  invariant(isSame, 'a charge book fits only its own period and deployments');
}

function emptyBill(days: number, pieces: PaidPieces): DeploymentBill {
  return {
    spend: zerosByDay(days),
    notInTime: zerosByDay(days),
    compute: zerosByDay(days),
    storage: zerosByDay(days),
    commitment: zerosByDay(days),
    reserved: zerosByDay(days),
    pieces,
    committedTime: [],
    sources: new Map(),
    lines: new Map(),
    shared: new Map(),
    guesses: new Map(),
  };
}

function zerosByDay(days: number): bigint[] {
  return Array.from({ length: days }, () => 0n);
}

interface SpendTerms {
  readonly share: SharingWeights;
  /** Sources with a stated commitment. */
  readonly committed: ReadonlySet<string>;
  readonly days: number;
  /** Whether a replica of the deployment has only part of a GPU. */
  readonly isFraction: (index: number) => boolean;
}

/** Spend that one group of deployments shares, for one category at one source: nano-USD by day. */
interface Pool {
  readonly sharers: readonly number[];
  readonly sourceId: string;
  readonly category: ChargeCategory;
  readonly parts: readonly Part[];
  readonly byDay: bigint[];
  readonly notInTime: bigint[];
}

/** Charges are summed before they are divided, so the number of charges changes no part. */
function addSpend(
  bills: readonly DeploymentBill[],
  accounts: readonly ChargeAccount[],
  { share, isFraction, ...terms }: SpendTerms,
): void {
  for (const pool of groupPools(accounts, terms)) {
    const { sharers, sourceId, parts, byDay, notInTime } = pool;
    const divided = divideByDay(byDay, (day) => share(sharers, day).of);
    const notInTimeParts = divideByDay(notInTime, (day) => share(sharers, day).of);
    // Whole GPUs of a node or cluster can be released one by one; part of a GPU cannot.
    const isOneGpu = sharers.length > 1 && sharers.every(isFraction);
    for (const [at, index] of sharers.entries()) {
      const bill = bills[index];
      if (bill === undefined) continue;
      const shares = divided.map((day) => day[at] ?? 0n);
      for (const [day, nanoUsd] of shares.entries()) {
        for (const name of parts) bill[name][day] = (bill[name][day] ?? 0n) + nanoUsd;
        bill.notInTime[day] = (bill.notInTime[day] ?? 0n) + (notInTimeParts[day]?.[at] ?? 0n);
      }
      if (isOneGpu) addShared(bill, { sharers, parts }, shares);
      const own = sumNano(shares);
      bill.sources.set(sourceId, (bill.sources.get(sourceId) ?? 0n) + own);
      addToLine(bill.lines, pool, [own, sumNano(notInTimeParts.map((day) => day[at] ?? 0n))]);
    }
  }
  for (const { byDay, sharers, resourceId } of accounts) {
    if (![...byDay.keys()].some((day) => share(sharers, day).equal)) continue;
    for (const index of sharers) note(bills[index], 'equal shares', resourceId);
  }
}

/**
 * A commitment is shared in proportion to each deployment's part, and becomes unused as deployments
 * leave.
 */
function addShared(
  { shared, spend }: DeploymentBill,
  { sharers, parts }: Pick<Pool, 'sharers' | 'parts'>,
  shares: readonly bigint[],
): void {
  if (parts.includes('commitment')) return;
  const key = sharers.join();
  const none = () => zerosByDay(spend.length);
  const known = shared.get(key) ?? { sharers, gpu: none(), storage: none(), other: none() };
  shared.set(key, known);
  const part = parts.includes('compute') ? 'gpu' : parts.includes('storage') ? 'storage' : 'other';
  for (const [day, nanoUsd] of shares.entries()) {
    known[part][day] = (known[part][day] ?? 0n) + nanoUsd;
  }
}

function groupPools(
  accounts: readonly ChargeAccount[],
  { committed, days }: Omit<SpendTerms, 'share' | 'isFraction'>,
): Iterable<Pool> {
  const pools = new Map<string, Pool>();
  for (const account of accounts) {
    const { sourceId, category, sharers } = account;
    const parts = findParts(account, committed);
    const key = `${category} ${parts.join()} ${sharers.join()} ${sourceId}`;
    const none = { byDay: zerosByDay(days), notInTime: zerosByDay(days) };
    const pool = pools.get(key) ?? { sharers, sourceId, category, parts, ...none };
    pools.set(key, pool);
    for (const [day, nanoUsd] of account.notInTime) {
      pool.notInTime[day] = (pool.notInTime[day] ?? 0n) + nanoUsd;
    }
    for (const [day, nanoUsd] of account.byDay) {
      pool.byDay[day] = (pool.byDay[day] ?? 0n) + nanoUsd;
    }
  }
  return pools.values();
}

type Part = 'spend' | 'compute' | 'storage' | 'commitment' | 'reserved';

/** The columns of a bill in which an account counts. */
function findParts(
  { category, sourceId, pricingClass }: ChargeAccount,
  committed: ReadonlySet<string>,
) {
  const isStated = committed.has(sourceId);
  const isReserved = category === 'compute' && pricingClass === 'reserved' && !isStated;
  const parts: Part[] = isReserved ? ['spend', 'reserved'] : ['spend'];
  if (category === 'compute' || category === 'storage') return [...parts, category];
  if (category === 'commitment' && isStated) return [...parts, category];
  return parts;
}

function note(bill: DeploymentBill | undefined, guess: GuessKind, resourceId: string): void {
  if (bill === undefined) return;
  bill.guesses.set(guess, (bill.guesses.get(guess) ?? new Set()).add(resourceId));
}

function stackBill(
  accounts: readonly ChargeAccount[],
  spent: readonly ChargeAccount[],
  unattributed: readonly ChargeAccount[],
): StackBill {
  const of = (category: string) => sumOf(accounts.filter((each) => each.category === category));
  const size = sizeOf(spent);
  return {
    spend: sumOf(spent),
    billed: sumOf(spent) + notInTimeOf(spent),
    unattributed: sumOf(unattributed),
    estimated: sumOf(spent.filter(isEstimated)),
    ...(size === 0n ? {} : { unattributedShare: exact(sizeOf(unattributed), size) }),
    tax: of('tax'),
    hosted: of('hosted'),
    labor: of('labor'),
  };
}

function sumOf(accounts: readonly ChargeAccount[]): bigint {
  return sumNano(accounts.map(({ nanoUsd }) => nanoUsd));
}

function notInTimeOf(accounts: readonly ChargeAccount[]): bigint {
  return sumNano(accounts.flatMap(({ notInTime }) => [...notInTime.values()]));
}

function sizeOf(accounts: readonly ChargeAccount[]): bigint {
  return sumNano(accounts.map(({ size }) => size));
}
