/** What was paid in the window, by deployment and day; the parts sum to the whole exactly. */

import { gpusOfReplica } from '../replicaGpus.ts';
import type { ChargeCategory } from '../../domain/charge.ts';
import { compare, exact } from '../../domain/exact.ts';
import { invariant } from '../../domain/invariant.ts';
import { sumNano } from '../../domain/money.ts';
import type { Period } from '../../domain/period.ts';
import type { StackInput } from '../input.ts';
import type { StackBill, Unclaimed, UnattributedDay } from '../stackParts.ts';
import { type Account, type ChargeBook, isEstimated } from '../chargeBook.ts';
import { addToLine, type BillLine } from './billLine.ts';
import type { BookTerms } from './booking.ts';
import { inventoryOf } from './inventory.ts';
import type { PaidPieces } from './paidPieces.ts';
import { type ReplicaTerms, replicaTime } from './replicaTime.ts';
import { statedSources } from './commitment.ts';
import { divideByDay } from './sharedSpend.ts';
import type { Sharing } from './sharing.ts';
import { unattributedDays, unclaimedOf } from './unattributed.ts';

export interface DeploymentBill {
  /** Nano-USD by day, at effective cost: a purchase is spread over its term. */
  readonly spend: bigint[];
  /** What the bills of the window say beside the spend: purchases less what is spread of them. */
  readonly notInTime: bigint[];
  readonly compute: bigint[];
  readonly storage: bigint[];
  /** Charges of category `commitment` at sources to which a commitment is stated. */
  readonly commitment: bigint[];
  /** Compute of reserved capacity at sources to which no commitment is stated. */
  readonly reserved: bigint[];
  readonly pieces: PaidPieces;
  /** Periods of charges of a commitment, which need not tell hours. */
  readonly committedTime: Period[];
  /** Nano-USD by source of the charges. */
  readonly sources: Map<string, bigint>;
  /** The same by source and category, with what the bills say beside the spend. */
  readonly lines: Map<string, BillLine>;
  /** Its parts of what it shares with others, by the sharers. */
  readonly shared: Map<string, SharedBill>;
  /** Resources by what had to be guessed of them. */
  readonly guesses: Map<Guess, Set<string>>;
}

/** Nano-USD by day of what the same deployments share; a stated commitment's charges are none. */
export interface SharedBill {
  /** Indexes of deployments, itself among them. */
  readonly sharers: readonly number[];
  readonly gpu: bigint[];
  readonly storage: bigint[];
  readonly other: bigint[];
}

export type Guess = 'dearest bucket' | 'whole period' | 'equal shares';

export interface Bill {
  readonly stack: StackBill;
  readonly deployments: readonly DeploymentBill[];
  readonly unattributed: readonly UnattributedDay[];
  readonly unclaimed: readonly Unclaimed[];
}

/** Tax, tokens bought from hosts and people's time are on bills too, but they are not rent. */
const NOT_RENT: ReadonlySet<string> = new Set(['tax', 'hosted', 'labor']);

export function readBill(input: StackInput, book: ChargeBook, terms: ReplicaTerms): Bill {
  requireSame(input, book);
  const { accounts } = book;
  const rent = rentOf(book);
  const loose = rent.filter(({ sharers }) => sharers.length === 0);
  const served = rent.filter(({ sharers }) => sharers.length > 0);
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
    stack: stackBill(accounts, rent, loose),
    deployments,
    unattributed: unattributedDays(loose, grid),
    unclaimed: unclaimedIn(input, book),
  };
}

/** Accounts that are part of the spend. */
export function rentOf({ accounts }: ChargeBook): Account[] {
  return accounts.filter(({ category }) => !NOT_RENT.has(category));
}

/** What no deployment answers for, by resource; the inventory is only read where there is any. */
export function unclaimedIn(
  { deployments, resources }: Pick<BookTerms, 'deployments' | 'resources'>,
  book: ChargeBook,
): Unclaimed[] {
  const loose = rentOf(book).filter(({ sharers }) => sharers.length === 0);
  if (loose.length === 0) return [];
  return unclaimedOf(loose, { deployments, inventory: inventoryOf(resources) });
}

/** A book says by number who is served, and would tell lies of another stack. */
function requireSame({ window, deployments }: StackInput, book: ChargeBook): void {
  const isSame =
    book.window.startMs === window.startMs &&
    book.window.endMs === window.endMs &&
    book.deployments.length === deployments.length &&
    deployments.every(({ id, gpu }, at) => {
      const of = book.deployments[at];
      return of?.id === id && compare(of.gpus, gpusOfReplica(gpu)) === 0;
    });
  invariant(isSame, 'charges are put together for one window and its deployments');
}

function emptyBill(days: number, pieces: PaidPieces): DeploymentBill {
  return {
    spend: noneByDay(days),
    notInTime: noneByDay(days),
    compute: noneByDay(days),
    storage: noneByDay(days),
    commitment: noneByDay(days),
    reserved: noneByDay(days),
    pieces,
    committedTime: [],
    sources: new Map(),
    lines: new Map(),
    shared: new Map(),
    guesses: new Map(),
  };
}

function noneByDay(days: number): bigint[] {
  return Array.from({ length: days }, () => 0n);
}

interface SpendTerms {
  readonly share: Sharing;
  /** Sources to which a commitment is stated. */
  readonly committed: ReadonlySet<string>;
  readonly days: number;
  /** Whether a replica of a deployment has only a part of a GPU. */
  readonly isFraction: (index: number) => boolean;
}

/** What the same deployments share of one category at one source: nano-USD by day. */
interface Pool {
  readonly sharers: readonly number[];
  readonly sourceId: string;
  readonly category: ChargeCategory;
  readonly parts: readonly Part[];
  readonly byDay: bigint[];
  readonly notInTime: bigint[];
}

/** Lines are summed before they are shared, so that their number moves nobody's part. */
function addSpend(
  bills: readonly DeploymentBill[],
  accounts: readonly Account[],
  { share, isFraction, ...terms }: SpendTerms,
): void {
  for (const pool of poolsOf(accounts, terms)) {
    const { sharers, sourceId, parts, byDay, notInTime } = pool;
    const divided = divideByDay(byDay, (day) => share(sharers, day).of);
    const beside = divideByDay(notInTime, (day) => share(sharers, day).of);
    // Whole GPUs of a node or cluster can be given back one by one; half of one cannot.
    const isOneGpu = sharers.length > 1 && sharers.every(isFraction);
    for (const [at, index] of sharers.entries()) {
      const bill = bills[index];
      if (bill === undefined) continue;
      const shares = divided.map((day) => day[at] ?? 0n);
      for (const [day, nanoUsd] of shares.entries()) {
        for (const name of parts) bill[name][day] = (bill[name][day] ?? 0n) + nanoUsd;
        bill.notInTime[day] = (bill.notInTime[day] ?? 0n) + (beside[day]?.[at] ?? 0n);
      }
      if (isOneGpu) addShared(bill, { sharers, parts }, shares);
      const own = sumNano(shares);
      bill.sources.set(sourceId, (bill.sources.get(sourceId) ?? 0n) + own);
      addToLine(bill.lines, pool, [own, sumNano(beside.map((day) => day[at] ?? 0n))]);
    }
  }
  for (const { byDay, sharers, resourceId } of accounts) {
    if (![...byDay.keys()].some((day) => share(sharers, day).equal)) continue;
    for (const index of sharers) note(bills[index], 'equal shares', resourceId);
  }
}

/** What a commitment is owed is shared by what each owes of it, and stranded by who leaves. */
function addShared(
  { shared, spend }: DeploymentBill,
  { sharers, parts }: Pick<Pool, 'sharers' | 'parts'>,
  shares: readonly bigint[],
): void {
  if (parts.includes('commitment')) return;
  const key = sharers.join();
  const none = () => noneByDay(spend.length);
  const known = shared.get(key) ?? { sharers, gpu: none(), storage: none(), other: none() };
  shared.set(key, known);
  const part = parts.includes('compute') ? 'gpu' : parts.includes('storage') ? 'storage' : 'other';
  for (const [day, nanoUsd] of shares.entries()) {
    known[part][day] = (known[part][day] ?? 0n) + nanoUsd;
  }
}

function poolsOf(
  accounts: readonly Account[],
  { committed, days }: Omit<SpendTerms, 'share' | 'isFraction'>,
): Iterable<Pool> {
  const pools = new Map<string, Pool>();
  for (const account of accounts) {
    const { sourceId, category, sharers } = account;
    const parts = partsOf(account, committed);
    const key = `${category} ${parts.join()} ${sharers.join()} ${sourceId}`;
    const none = { byDay: noneByDay(days), notInTime: noneByDay(days) };
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

/** The columns of a bill that an account counts in. */
function partsOf({ category, sourceId, pricingClass }: Account, committed: ReadonlySet<string>) {
  const isStated = committed.has(sourceId);
  const isReserved = category === 'compute' && pricingClass === 'reserved' && !isStated;
  const parts: Part[] = isReserved ? ['spend', 'reserved'] : ['spend'];
  if (category === 'compute' || category === 'storage') return [...parts, category];
  if (category === 'commitment' && isStated) return [...parts, category];
  return parts;
}

function note(bill: DeploymentBill | undefined, guess: Guess, resourceId: string): void {
  if (bill === undefined) return;
  bill.guesses.set(guess, (bill.guesses.get(guess) ?? new Set()).add(resourceId));
}

function stackBill(
  accounts: readonly Account[],
  rent: readonly Account[],
  loose: readonly Account[],
): StackBill {
  const of = (category: string) => sumOf(accounts.filter((each) => each.category === category));
  const size = sizeOf(rent);
  return {
    spend: sumOf(rent),
    billed: sumOf(rent) + notInTimeOf(rent),
    unattributed: sumOf(loose),
    estimated: sumOf(rent.filter(isEstimated)),
    ...(size === 0n ? {} : { unattributedShare: exact(sizeOf(loose), size) }),
    tax: of('tax'),
    hosted: of('hosted'),
    labor: of('labor'),
  };
}

function sumOf(accounts: readonly Account[]): bigint {
  return sumNano(accounts.map(({ nanoUsd }) => nanoUsd));
}

function notInTimeOf(accounts: readonly Account[]): bigint {
  return sumNano(accounts.flatMap(({ notInTime }) => [...notInTime.values()]));
}

function sizeOf(accounts: readonly Account[]): bigint {
  return sumNano(accounts.map(({ size }) => size));
}
