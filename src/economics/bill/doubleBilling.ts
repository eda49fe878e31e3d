/** Finds purchases that two sources bill, by resource and by amounts per day. */

import type { ChargeCategory } from '../../domain/charge.ts';
import { nanoUsdText } from '../../domain/figures.ts';
import { MODEL_TAG } from '../../domain/usage.ts';
import { type NanoUsd, nanoUsd } from '../../domain/money.ts';
import { sumWhole } from '../../domain/exact.ts';
import type { ChargeAccount } from '../chargeBook.ts';
import type { Warning } from '../warning.ts';

/** The fields of an account that show whether another source bills the same. */
export type BilledThing = Pick<
  ChargeAccount,
  'sourceId' | 'resourceId' | 'category' | 'tags' | 'byDay' | 'basis'
>;

export interface DoubleBilling {
  /** Sorted by id. */
  readonly sourceIds: readonly [string, string];
  readonly category: ChargeCategory;
  /** Both bill the same resources or models, or their sums agree day by day. */
  readonly evidence: 'same-resources' | 'equal-amounts';
  /** Resources or models billed twice, as one source names them; empty if only sums agree. */
  readonly things: readonly string[];
  /** Days on which both bill it. */
  readonly days: number;
  /** The double-counted amount: the smaller of both amounts for each day. */
  readonly nanoUsd: NanoUsd;
}

/** Categories whose purchases cannot be recognized. */
const NOT_COMPARABLE: ReadonlySet<string> = new Set(['tax', 'credit', 'labor']);

type Days = Map<number, bigint>;

/** Double billing, by category, then by source. */
export function doubleBilling(all: Iterable<BilledThing>): DoubleBilling[] {
  const byCategory = new Map<ChargeCategory, Map<string, BilledThing[]>>();
  for (const thing of all) {
    if (NOT_COMPARABLE.has(thing.category) || thing.basis === 'stated') continue;
    const sources = byCategory.get(thing.category) ?? new Map<string, BilledThing[]>();
    byCategory.set(thing.category, sources);
    const own = sources.get(thing.sourceId) ?? [];
    sources.set(thing.sourceId, own);
    own.push(thing);
  }
  return [...byCategory]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([category, sources]) => findInCategory(category, sources));
}

function findInCategory(category: ChargeCategory, sources: ReadonlyMap<string, BilledThing[]>) {
  const ids = [...sources.keys()].sort();
  const books = ids.length < 2 ? [] : ids.map((id) => toBook(sources.get(id) ?? []));
  return books.flatMap((first, at) =>
    books.slice(at + 1).flatMap((second, next): DoubleBilling[] => {
      const sourceIds = [ids[at] ?? '', ids[at + 1 + next] ?? ''] as const;
      const found = sameThings(category, first, second) ?? sameSums(first, second);
      return found === undefined ? [] : [{ sourceIds, category, ...found }];
    }),
  );
}

interface BilledBook {
  /** By key of the billed resource or model, with its name on the bill. */
  readonly things: ReadonlyMap<string, { readonly name: string; readonly byDay: Days }>;
  /** All charges together, and groups by tag. */
  readonly groups: readonly Days[];
}

/** Tags that identify one provider's part of a bill with many providers. */
const GROUPING = ['ServiceName', 'SubAccountId'] as const;

function toBook(all: readonly BilledThing[]): BilledBook {
  const things = new Map<string, { name: string; byDay: Days }>();
  const groups = new Map<string, Days>();
  for (const { category, resourceId, tags, byDay } of all) {
    const name = (category === 'hosted' ? tags?.[MODEL_TAG] : undefined) ?? resourceId;
    const thing = things.get(keyOf(name)) ?? { name, byDay: new Map() };
    things.set(keyOf(name), thing);
    const of = ['', ...GROUPING.flatMap((tag) => (tags?.[tag] ? [`${tag} ${tags[tag]}`] : []))];
    for (const group of of) if (!groups.has(group)) groups.set(group, new Map());
    for (const [day, nano] of byDay) {
      for (const days of [thing.byDay, ...of.map((group) => groups.get(group))]) {
        days?.set(day, (days.get(day) ?? 0n) + nano);
      }
    }
  }
  return { things, groups: [...groups.values()] };
}

/**
 * The last part of a name: `do:droplet:123` and `https://…/droplets/123` are `123`; models are
 * compared without publisher.
 */
function keyOf(name: string): string {
  const parts = name.toLowerCase().split(/[/:]/).filter(Boolean);
  return parts.at(-1) ?? name;
}

type DoubleBillingMatch = Pick<DoubleBilling, 'evidence' | 'things' | 'days' | 'nanoUsd'>;

function sameThings(
  category: ChargeCategory,
  first: BilledBook,
  second: BilledBook,
): DoubleBillingMatch | undefined {
  const things: string[] = [];
  const days = new Set<number>();
  let nano = 0n;
  for (const [key, { name, byDay }] of first.things) {
    const other = second.things.get(key);
    if (other === undefined) continue;
    const both = sharedBy(byDay, other.byDay);
    const isSame = category === 'hosted' ? isOnePurchase(both) : isOneResource(key, both);
    if (!isSame) continue;
    things.push(name);
    for (const { day, a, b } of both) {
      days.add(day);
      nano += a < b ? a : b;
    }
  }
  if (things.length === 0) return undefined;
  return {
    evidence: 'same-resources',
    things: things.sort(),
    days: days.size,
    nanoUsd: nanoUsd(nano),
  };
}

interface SharedDay {
  readonly day: number;
  readonly a: bigint;
  readonly b: bigint;
}

function sharedBy(first: Days, second: Days): SharedDay[] {
  const both: SharedDay[] = [];
  for (const [day, a] of first) {
    const b = second.get(day) ?? 0n;
    if (a > 0n && b > 0n) both.push({ day, a, b });
  }
  return both;
}

const CENT = 10_000_000n;

/** Equal to a thousandth, or within rounding to cents: $10.00 and $10.01 are near. */
function isNear(a: bigint, b: bigint, roundings = 1): boolean {
  const [most, off] = [a > b ? a : b, a > b ? a - b : b - a];
  const rounded = off <= CENT * BigInt(roundings) && off * 20n <= most;
  return off * 1_000n <= most || rounded;
}

function sumOf(both: readonly SharedDay[], side: 'a' | 'b'): bigint {
  return sumWhole(both.map((day) => day[side]));
}

/** Whether at least nine of ten days are near. */
function areDaysNear(both: readonly SharedDay[]): boolean {
  return both.filter(({ a, b }) => isNear(a, b)).length * 10 >= both.length * 9;
}

/** Days that suggest a monthly bill, which spreads evenly what another states by day. */
const WHOLE_MONTH = 20;

/** Whether there are about as many amounts as months. */
function isEven(both: readonly SharedDay[], side: 'a' | 'b'): boolean {
  const distinct = new Set(both.map((day) => day[side] / CENT));
  return distinct.size * WHOLE_MONTH <= both.length + WHOLE_MONTH;
}

/** Model names are not unique: two accounts may buy the same model for other amounts. */
function isOnePurchase(both: readonly SharedDay[]): boolean {
  const [a, b] = [sumOf(both, 'a'), sumOf(both, 'b')];
  if (both.length === 1) return a === b;
  const isByMonth = both.length >= WHOLE_MONTH && (isEven(both, 'a') || isEven(both, 'b'));
  if (isByMonth && isNear(a, b, both.length)) return true;
  return both.length > 1 && areDaysNear(both);
}

/** A generated id, such as `i-0a1b2c3d` or `7h9k2m4n6p`. */
const GENERATED_ID = /^(?=.*\d)[\w-]{8,}$/;

/**
 * A generated id is one resource even if a discount changes its amount; for other names the amounts
 * must agree.
 */
function isOneResource(key: string, both: readonly SharedDay[]): boolean {
  if (both.length === 0) return false;
  const [a, b] = [sumOf(both, 'a'), sumOf(both, 'b')];
  if (GENERATED_ID.test(key) && a < 2n * b && b < 2n * a) return true;
  return areDaysNear(both) || isNear(a, b, both.length);
}

/** Fewer days may agree by chance. */
const FEWEST_DAYS = 3;

function sameSums(first: BilledBook, second: BilledBook): DoubleBillingMatch | undefined {
  const found = first.groups.flatMap((one) =>
    second.groups.flatMap((other): DoubleBillingMatch[] => {
      const both = sharedBy(one, other);
      const shorter = Math.min(one.size, other.size);
      const isMost = both.length >= FEWEST_DAYS && both.length * 5 >= shorter * 4;
      if (!isMost || !isVaried(both) || !areDaysNear(both)) return [];
      const nano = both.reduce((sum, { a, b }) => sum + (a < b ? a : b), 0n);
      return [{ evidence: 'equal-amounts', things: [], days: both.length, nanoUsd: nanoUsd(nano) }];
    }),
  );
  return found.toSorted((a, b) => (a.nanoUsd > b.nanoUsd ? -1 : 1))[0];
}

/** Whether amounts vary: two instances at one price cost the same every day, usage does not. */
function isVaried(both: readonly SharedDay[]): boolean {
  const amounts = both.map(({ a }) => a).toSorted((a, b) => (a < b ? -1 : 1));
  const [least = 0n, most = 0n] = [amounts[0], amounts.at(-1)];
  const distinct = new Set(amounts.map((nano) => nano / CENT));
  return distinct.size >= FEWEST_DAYS && (most - least) * 100n > most;
}

export function doubleBillingWarnings(all: readonly DoubleBilling[]): Warning[] {
  return all.map(({ sourceIds, category, evidence, things, days, nanoUsd: nano }) => ({
    code: 'double-billing',
    sources: sourceIds,
    category,
    evidence,
    things,
    days,
    usd: nanoUsdText(nano),
  }));
}
