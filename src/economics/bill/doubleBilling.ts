/** Purchases that two sources bill: found by what they are of and what they come to, day by day. */

import type { ChargeCategory } from '../../domain/charge.ts';
import { nanoText } from '../../domain/figureText.ts';
import { MODEL_TAG } from '../../domain/hostedUsage.ts';
import { type NanoUsd, nanoUsd } from '../../domain/money.ts';
import { sumWhole } from '../../domain/whole.ts';
import type { Account } from '../chargeBook.ts';
import type { Warning } from '../warning.ts';

/** What of an account tells whether another source bills the same. */
export type BilledThing = Pick<
  Account,
  'sourceId' | 'resourceId' | 'category' | 'tags' | 'byDay' | 'basis'
>;

export interface DoubleBilling {
  /** In the order of their ids. */
  readonly sourceIds: readonly [string, string];
  readonly category: ChargeCategory;
  /** Both bill the same resources or models; or their sums agree day by day. */
  readonly evidence: 'same-resources' | 'equal-amounts';
  /** What is billed twice, as one of them names it; empty where only sums agree. */
  readonly things: readonly string[];
  /** Days of the window on which both bill it. */
  readonly days: number;
  /** What both bill of it, day by day the smaller amount: so much counts twice. */
  readonly nanoUsd: NanoUsd;
}

/** A tax, a credit or an hour of work is of no purchase that could be known again. */
const UNKNOWABLE: ReadonlySet<string> = new Set(['tax', 'credit', 'labor']);

type Days = Map<number, bigint>;

/** By category, then by source. */
export function doubleBilling(all: Iterable<BilledThing>): DoubleBilling[] {
  const byCategory = new Map<ChargeCategory, Map<string, BilledThing[]>>();
  for (const thing of all) {
    if (UNKNOWABLE.has(thing.category) || thing.basis === 'stated') continue;
    const sources = byCategory.get(thing.category) ?? new Map<string, BilledThing[]>();
    byCategory.set(thing.category, sources);
    const own = sources.get(thing.sourceId) ?? [];
    sources.set(thing.sourceId, own);
    own.push(thing);
  }
  return [...byCategory]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([category, sources]) => inCategory(category, sources));
}

function inCategory(category: ChargeCategory, sources: ReadonlyMap<string, BilledThing[]>) {
  const ids = [...sources.keys()].sort();
  const books = ids.length < 2 ? [] : ids.map((id) => bookOf(sources.get(id) ?? []));
  return books.flatMap((first, at) =>
    books.slice(at + 1).flatMap((second, next): DoubleBilling[] => {
      const sourceIds = [ids[at] ?? '', ids[at + 1 + next] ?? ''] as const;
      const found = sameThings(category, first, second) ?? sameSums(first, second);
      return found === undefined ? [] : [{ sourceIds, category, ...found }];
    }),
  );
}

interface Book {
  /** By the key of what is billed; its name is as the bill has it. */
  readonly things: ReadonlyMap<string, { readonly name: string; readonly byDay: Days }>;
  /** Everything, and what belongs together by the bill's own words. */
  readonly groups: readonly Days[];
}

/** Tags of a bill that many providers share, by which a part of it may be one provider's. */
const GROUPING = ['ServiceName', 'SubAccountId'] as const;

function bookOf(all: readonly BilledThing[]): Book {
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

/** `do:droplet:123` and `https://…/droplets/123` are of `123`; a model is of any publisher. */
function keyOf(name: string): string {
  const parts = name.toLowerCase().split(/[/:]/).filter(Boolean);
  return parts.at(-1) ?? name;
}

type Found = Pick<DoubleBilling, 'evidence' | 'things' | 'days' | 'nanoUsd'>;

function sameThings(category: ChargeCategory, first: Book, second: Book): Found | undefined {
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

/** To a thousandth, or to what rounding to cents may do: $10.00 and $10.01 are near. */
function isNear(a: bigint, b: bigint, roundings = 1): boolean {
  const [most, off] = [a > b ? a : b, a > b ? a - b : b - a];
  const rounded = off <= CENT * BigInt(roundings) && off * 20n <= most;
  return off * 1_000n <= most || rounded;
}

function sumOf(both: readonly SharedDay[], side: 'a' | 'b'): bigint {
  return sumWhole(both.map((day) => day[side]));
}

/** At least nine of ten days are near. */
function areDaysNear(both: readonly SharedDay[]): boolean {
  return both.filter(({ a, b }) => isNear(a, b)).length * 10 >= both.length * 9;
}

/** A bill by the month spreads evenly what another one tells by the day. */
const WHOLE_MONTH = 20;

/** About as many amounts as months. */
function isEven(both: readonly SharedDay[], side: 'a' | 'b'): boolean {
  const distinct = new Set(both.map((day) => day[side] / CENT));
  return distinct.size * WHOLE_MONTH <= both.length + WHOLE_MONTH;
}

/** Names of models are everybody's: two accounts buy the same one, for other amounts. */
function isOnePurchase(both: readonly SharedDay[]): boolean {
  const [a, b] = [sumOf(both, 'a'), sumOf(both, 'b')];
  if (both.length === 1) return a === b;
  const isByMonth = both.length >= WHOLE_MONTH && (isEven(both, 'a') || isEven(both, 'b'));
  if (isByMonth && isNear(a, b, both.length)) return true;
  return both.length > 1 && areDaysNear(both);
}

/** An id that a machine made, such as `i-0a1b2c3d` or `7h9k2m4n6p`. */
const MADE_BY_MACHINE = /^(?=.*\d)[\w-]{8,}$/;

/** One id is one resource, whatever a discount makes of its amount; another name must agree. */
function isOneResource(key: string, both: readonly SharedDay[]): boolean {
  if (both.length === 0) return false;
  const [a, b] = [sumOf(both, 'a'), sumOf(both, 'b')];
  if (MADE_BY_MACHINE.test(key) && a < 2n * b && b < 2n * a) return true;
  return areDaysNear(both) || isNear(a, b, both.length);
}

/** Fewer days agree by chance. */
const FEWEST_DAYS = 3;

function sameSums(first: Book, second: Book): Found | undefined {
  const found = first.groups.flatMap((one) =>
    second.groups.flatMap((other): Found[] => {
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

/** Two machines at one price cost the same every day; what was used does not. */
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
    usd: nanoText(nano),
  }));
}
