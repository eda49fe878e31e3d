/** Knows what was paid in the window, by deployment and day; the parts sum to the whole exactly. */

import type { Charge } from '../../domain/charge.ts';
import { exact } from '../../domain/exact.ts';
import { sumNano } from '../../domain/money.ts';
import type { Period } from '../../domain/period.ts';
import type { StackInput } from '../input.ts';
import type { StackBill, UnattributedDay } from '../stackParts.ts';
import { attribution } from './attribution.ts';
import type { DayGrid } from './days.ts';
import { inventoryOf } from './inventory.ts';
import { type Line, lineOf } from './line.ts';
import { type PaidPiece, replicaTime } from './replicaTime.ts';
import { divideByDay } from './sharedSpend.ts';
import type { Sharing } from './sharing.ts';
import { unattributedDays } from './unattributed.ts';

export interface DeploymentBill {
  /** Nano-USD by day. */
  readonly spend: bigint[];
  readonly compute: bigint[];
  readonly storage: bigint[];
  /** Charges of category `commitment` at sources to which a commitment is stated. */
  readonly commitment: bigint[];
  /** Compute of reserved capacity at sources to which no commitment is stated. */
  readonly reserved: bigint[];
  readonly pieces: PaidPiece[];
  /** Periods of charges of a commitment, which need not tell hours. */
  readonly committedTime: Period[];
  /** Nano-USD by source of the charges. */
  readonly sources: Map<string, bigint>;
  /** Resources by what had to be guessed of them. */
  readonly guesses: Map<Guess, Set<string>>;
}

export type Guess = 'dearest bucket' | 'whole period' | 'equal shares';

export interface Bill {
  readonly stack: StackBill;
  readonly deployments: readonly DeploymentBill[];
  readonly unattributed: readonly UnattributedDay[];
}

/** Tax, tokens bought from hosts and people's time are on bills too, but they are not rent. */
const NOT_RENT: ReadonlySet<string> = new Set(['tax', 'hosted', 'labor']);

export function readBill(input: StackInput, grid: DayGrid, share: Sharing): Bill {
  const inventory = inventoryOf(input.resources);
  const attribute = attribution(input.deployments, inventory);
  const lines = input.charges.map((charge) => lineOf(charge, grid, attribute));
  const rent = lines.filter(({ charge }) => !NOT_RENT.has(charge.category));
  const loose = rent.filter(({ sharers }) => sharers.length === 0);
  const served = rent.filter(({ sharers }) => sharers.length > 0);
  const gpus = input.deployments.map(({ gpu }) => BigInt(Math.max(1, gpu.count)));
  const deployments = input.deployments.map(() => emptyBill(grid.count));
  const committed = new Set(input.commitments.map(({ sourceId }) => sourceId));
  addSpend(deployments, served, { share, committed, days: grid.count });
  const { pieces, guesses } = replicaTime(served, { grid, share, inventory, gpus });
  for (const piece of pieces) deployments[piece.deployment]?.pieces.push(piece);
  addCommittedTime(deployments, served);
  for (const { kind, resourceId, sharers } of guesses) {
    for (const index of sharers) note(deployments[index], kind, resourceId);
  }
  return {
    stack: stackBill(lines, rent, loose),
    deployments,
    unattributed: unattributedDays(loose, inventory, grid),
  };
}

function emptyBill(days: number): DeploymentBill {
  return {
    spend: noneByDay(days),
    compute: noneByDay(days),
    storage: noneByDay(days),
    commitment: noneByDay(days),
    reserved: noneByDay(days),
    pieces: [],
    committedTime: [],
    sources: new Map(),
    guesses: new Map(),
  };
}

function addCommittedTime(bills: readonly DeploymentBill[], lines: readonly Line[]): void {
  for (const { charge, cuts, sharers } of lines) {
    if (charge.category !== 'commitment' || charge.billed <= 0n) continue;
    for (const index of sharers) bills[index]?.committedTime.push(...cuts);
  }
}

function noneByDay(days: number): bigint[] {
  return Array.from({ length: days }, () => 0n);
}

interface SpendTerms {
  readonly share: Sharing;
  /** Sources to which a commitment is stated. */
  readonly committed: ReadonlySet<string>;
  readonly days: number;
}

/** What the same deployments share of one category at one source: nano-USD by day. */
interface Pool {
  readonly sharers: readonly number[];
  readonly sourceId: string;
  readonly parts: readonly Part[];
  readonly byDay: bigint[];
}

/** Lines are summed before they are shared, so that their number moves nobody's part. */
function addSpend(
  bills: readonly DeploymentBill[],
  lines: readonly Line[],
  { share, ...terms }: SpendTerms,
): void {
  for (const { sharers, sourceId, parts, byDay } of poolsOf(lines, terms)) {
    const divided = divideByDay(byDay, (day) => share(sharers, day).of);
    for (const [at, index] of sharers.entries()) {
      const bill = bills[index];
      if (bill === undefined) continue;
      const shares = divided.map((day) => day[at] ?? 0n);
      for (const [day, nanoUsd] of shares.entries()) {
        for (const name of parts) bill[name][day] = (bill[name][day] ?? 0n) + nanoUsd;
      }
      const own = sumNano(shares);
      bill.sources.set(sourceId, (bill.sources.get(sourceId) ?? 0n) + own);
    }
  }
  for (const { charge, cuts, sharers } of lines) {
    if (!cuts.some(({ day }) => share(sharers, day).equal)) continue;
    for (const index of sharers) note(bills[index], 'equal shares', charge.resourceId);
  }
}

function poolsOf(
  lines: readonly Line[],
  { committed, days }: Omit<SpendTerms, 'share'>,
): Iterable<Pool> {
  const pools = new Map<string, Pool>();
  for (const { charge, cuts, sharers } of lines) {
    const { sourceId, category } = charge;
    const parts = partsOf(charge, committed);
    const key = `${category} ${parts.join()} ${sharers.join()} ${sourceId}`;
    const pool = pools.get(key) ?? { sharers, sourceId, parts, byDay: noneByDay(days) };
    pools.set(key, pool);
    for (const { day, nanoUsd } of cuts) pool.byDay[day] = (pool.byDay[day] ?? 0n) + nanoUsd;
  }
  return pools.values();
}

type Part = 'spend' | 'compute' | 'storage' | 'commitment' | 'reserved';

/** The columns of a bill that a charge counts in. */
function partsOf({ category, sourceId, pricingClass }: Charge, committed: ReadonlySet<string>) {
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
  lines: readonly Line[],
  rent: readonly Line[],
  loose: readonly Line[],
): StackBill {
  const of = (category: string) =>
    sumOf(lines.filter(({ charge }) => charge.category === category));
  const size = sizeOf(rent);
  return {
    spend: sumOf(rent),
    unattributed: sumOf(loose),
    estimated: sumOf(rent.filter(({ charge }) => charge.basis === 'estimated')),
    ...(size === 0n ? {} : { unattributedShare: exact(sizeOf(loose), size) }),
    tax: of('tax'),
    hosted: of('hosted'),
    labor: of('labor'),
  };
}

function sumOf(lines: readonly Line[]): bigint {
  return sumNano(lines.map(({ nanoUsd }) => nanoUsd));
}

/** Credits by their size, so that one cannot hide a charge. */
function sizeOf(lines: readonly Line[]): bigint {
  return sumNano(lines.map(({ nanoUsd }) => (nanoUsd < 0n ? -nanoUsd : nanoUsd)));
}
