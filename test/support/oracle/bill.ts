/** Who pays for what on which day, and the replica time that it bought, computed naively. */

import type { Charge } from '../../../src/domain/charge.ts';
import type { Period } from '../../../src/domain/period.ts';
import type { DeploymentInput, ResourceMatch, StackInput } from '../../../src/economics/input.ts';
import { alongTime, gpusOf, ZERO_FRACTION, Fraction, share, ONE_FRACTION } from './fraction.ts';
import { splitAt, daysOf, isInside, partIn, toRows, secondsOf, tokensOf } from './served.ts';
import { listCharges } from '../listCharges.ts';

/** One charge's part in one day, attributed to one deployment (or to none). */
export interface BillPart {
  readonly charge: Charge;
  readonly day: Period;
  readonly owner?: string;
  readonly nano: bigint;
  /** Nanoseconds of the owner's replicas. 0 for anything but compute. */
  readonly replicaNs: Fraction;
}

const NOT_SPEND: readonly string[] = ['tax', 'hosted', 'labor'];

export function isSpend(charge: Charge): boolean {
  return !NOT_SPEND.includes(charge.category);
}

export function splitBill(input: StackInput): BillPart[] {
  const wholes = listCharges(input).flatMap((charge) => dayWholes(input, charge));
  return [...wholes.flatMap((whole) => timeParts(input, whole)), ...moneyParts(input, wholes)];
}

function dayWholes(input: StackInput, charge: Charge): Whole[] {
  const { startMs, endMs } = input.window;
  const pieces = splitAt(charge.period, [startMs, endMs]);
  const lengths = pieces.map(secondsOf);
  const money = alongTime(charge.billed, lengths);
  const time = share(billedNs(charge), lengths);
  const owners = isSpend(charge) ? ownersOf(input, charge) : [];
  return daysOf(input.window).flatMap((day) => {
    const index = pieces.findIndex((piece) => isInside(piece, day));
    if (index < 0) return [];
    return [{ charge, day, owners, nano: money[index] ?? 0n, ns: time[index] ?? 0n }];
  });
}

/** Paid time of the resource: its quantity in hours, per GPU if it has a GPU count. */
function billedNs({ category, quantity, unit, gpuCount = 1 }: Charge): bigint {
  if (category !== 'compute' || quantity === undefined || unit !== 'Hours') return 0n;
  return Fraction.of(quantity)
    .times(new Fraction(3_600_000_000_000n * BigInt(gpuCount)))
    .round();
}

interface Whole {
  readonly charge: Charge;
  readonly day: Period;
  readonly owners: readonly DeploymentInput[];
  readonly nano: bigint;
  readonly ns: bigint;
}

/** The money of an unattributed charge, or else the replica time of each owner, without money. */
function timeParts(input: StackInput, { charge, day, owners, nano, ns }: Whole): BillPart[] {
  if (owners.length === 0) return [{ charge, day, nano, replicaNs: ZERO_FRACTION }];
  const weights = weightsOf(input, owners, day);
  const whole = Fraction.sum(weights);
  return owners.map((owner, index) => ({
    charge,
    day,
    owner: owner.id,
    nano: 0n,
    replicaNs: wholeNs(
      new Fraction(ns).times(weights[index] ?? ZERO_FRACTION).over(whole),
      charge,
      owner,
    ),
  }));
}

/** Charges of one category and source with the same owners are one sum a day, split by day. */
function moneyParts(input: StackInput, wholes: readonly Whole[]): BillPart[] {
  const owned = wholes.filter(({ owners }) => owners.length > 0);
  const pools = Map.groupBy(owned, ({ charge: { category, sourceId }, owners }) =>
    JSON.stringify([category, sourceId, owners.map(({ id }) => id)]),
  );
  return [...pools.values()].flatMap((pool) => poolParts(input, pool));
}

/**
 * Whole nano-USD. The largest remainders are rounded up, and the rounding error of each (to a
 * billionth of a nano-dollar) carries over to its next day.
 */
function poolParts(input: StackInput, pool: readonly Whole[]): BillPart[] {
  const carried = new Map<string, Fraction>();
  const billed = daysOf(input.window).map((day) => ({
    day,
    wholes: pool.filter((whole) => whole.day.startMs === day.startMs),
  }));
  return billed.flatMap(({ day, wholes: [first, ...more] }) => {
    if (first === undefined) return [];
    const nano = more.reduce((sum, whole) => sum + whole.nano, first.nano);
    const weights = weightsOf(input, first.owners, day);
    const wanted = weights.flatMap((weight, index) => {
      const id = first.owners[index]?.id ?? '';
      if (weight.n === 0n || nano === 0n) return [];
      const part = roundFinely(new Fraction(nano).times(weight).over(Fraction.sum(weights)));
      return [{ id, due: part.plus(carried.get(id) ?? ZERO_FRACTION) }];
    });
    const parts = byRemainder(nano, wanted);
    for (const { id, due } of wanted) carried.set(id, due.minus(new Fraction(parts.get(id) ?? 0n)));
    return first.owners.map(({ id }) => {
      return {
        charge: first.charge,
        day,
        owner: id,
        nano: parts.get(id) ?? 0n,
        replicaNs: ZERO_FRACTION,
      };
    });
  });
}

function roundFinely(nano: Fraction): Fraction {
  const billion = 1_000_000_000n;
  return new Fraction(nano.times(new Fraction(billion)).floor(), billion);
}

function byRemainder(nano: bigint, wanted: readonly { id: string; due: Fraction }[]) {
  const parts = new Map(wanted.map(({ id, due }) => [id, due.floor()]));
  const restOf = ({ id, due }: { id: string; due: Fraction }) =>
    due.minus(new Fraction(parts.get(id) ?? 0n));
  let left = [...parts.values()].reduce((sum, part) => sum - part, nano);
  while (left > 0n) {
    const best = wanted.reduce((a, b) => (restOf(a).below(restOf(b)) ? b : a));
    parts.set(best.id, (parts.get(best.id) ?? 0n) + 1n);
    left -= 1n;
  }
  while (left < 0n) {
    const least = wanted.reduce((a, b) => (restOf(a).below(restOf(b)) ? a : b));
    parts.set(least.id, (parts.get(least.id) ?? 0n) - 1n);
    left += 1n;
  }
  return parts;
}

/** A resource with twice the GPUs of a replica holds two. In whole nanoseconds. */
function wholeNs(ns: Fraction, { gpuCount }: Charge, { gpu }: DeploymentInput): Fraction {
  const perReplica = gpuCount === undefined ? ONE_FRACTION : gpusOf(gpu);
  return new Fraction(ns.over(perReplica).round());
}

export function ownersOf(input: StackInput, charge: Charge): DeploymentInput[] {
  return input.deployments.filter(({ resources }) => {
    return resources.some((match) => matches(match, charge));
  });
}

function matches(match: ResourceMatch, charge: Charge): boolean {
  const { sourceId, id, name, tags } = match;
  if (sourceId !== charge.sourceId) return false;
  if (id !== undefined && !like(id, charge.resourceId)) return false;
  if (name !== undefined && !like(name, charge.resourceName ?? '')) return false;
  return Object.entries(tags ?? {}).every(([key, want]) => {
    const value = charge.tags?.[key];
    return value !== undefined && like(want, value);
  });
}

function like(glob: string, text: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  if (rest.length === 0) return glob === text;
  return text.startsWith(first) && starTail(rest, text.slice(first.length));
}

function starTail(parts: readonly string[], text: string): boolean {
  const [next = '', ...rest] = parts;
  if (rest.length === 0) return text.endsWith(next);
  for (let at = text.indexOf(next); at >= 0; at = text.indexOf(next, at + 1)) {
    if (starTail(rest, text.slice(at + next.length))) return true;
  }
  return false;
}

/** Weights of that day, or else of the whole window, or else equal ones. */
function weightsOf(input: StackInput, owners: readonly DeploymentInput[], day: Period): Fraction[] {
  const days = daysOf(input.window);
  const today = owners.map((owner) => weightOf(input, owner, day));
  if (today.some(({ n }) => n > 0n)) return today;
  const ever = owners.map((owner) =>
    Fraction.sum(days.map((each) => weightOf(input, owner, each))),
  );
  return ever.some(({ n }) => n > 0n) ? ever : owners.map(() => ONE_FRACTION);
}

/** GPU time of the deployment on that day, or its tokens. */
function weightOf(input: StackInput, owner: DeploymentInput, day: Period): Fraction {
  const rows = toRows(owner.usage);
  if (input.sharing === 'tokens') {
    const today = rows.filter(({ startMs }) => startMs >= day.startMs && startMs < day.endMs);
    return Fraction.sum(today.map((row) => new Fraction(tokensOf(row))));
  }
  const seen = Fraction.sum(
    rows.map((row) => new Fraction(partIn(day, row, row.replicaMs ?? 0n) ?? 0n)),
  );
  return seen.times(gpusOf(owner.gpu));
}
