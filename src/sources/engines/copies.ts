/** Which scrape targets are one and the same process, so that each process counts once. */

import { MINUTE_MS, SECOND_MS } from '../../domain/period.ts';
import { heightsOf } from './heights.ts';
import { podOf } from './identity.ts';
import { SAME_START_MS } from './lives.ts';
import { at, countUpTo, labelText, type Samples } from './samples.ts';
import type { Target } from './targets.ts';

/** The targets of one process, in an order that does not hang on what an answer holds of them. */
export interface Kin {
  readonly targets: readonly Target[];
  /** True where only the counters' heights say that copies are copies: a start would be proof. */
  readonly presumed: boolean;
}

/** A copy may be told so much later: a federating server hands on what it scraped last. */
export const LAG_MS = 2 * MINUTE_MS;

/** So far apart a scrape's time and the moment that its values are of may lie. */
const JITTER_MS = SECOND_MS;

type Relation = 'same' | 'presumed' | 'other';

/**
 * Sorts targets by process. Targets of one identity are one process, unless what they tell at the
 * same time speaks against it: other starts, or counters that were never equally high. One after
 * the other they are one process, unless both name a pod and it is another. The two spellings of a
 * name are one process whatever the address, where starts or counters are the same. So are two
 * ports of one pod, of the engine and of a sidecar that passes its metrics on, whose counters
 * began together and rise alike.
 */
export function kinOf(targets: readonly Target[]): Kin[] {
  const ordered = targets
    .map((target) => ({ target, order: `${target.spelling}\n${labelText(target.labels)}` }))
    .sort((a, b) => (a.order < b.order ? -1 : 1));
  const isSpelledApart = new Set(targets.map(({ spelling }) => spelling)).size > 1;
  const kin: Gathering[] = [];
  const byName = new Map<string, Set<Gathering>>();
  for (const { target } of ordered) {
    // Whom another address may be is asked only where names are spelled in two ways.
    const names = isSpelledApart ? [''] : namesOf(target);
    const near = new Set(names.flatMap((name) => [...(byName.get(name) ?? [])]));
    const found = kinAmong(near, target);
    const each = found?.each ?? { targets: [], presumed: false };
    if (found === undefined) kin.push(each);
    each.targets.push(target);
    each.presumed ||= found?.relation === 'presumed';
    for (const name of names) byName.set(name, (byName.get(name) ?? new Set()).add(each));
  }
  return kin;
}

interface Gathering extends Kin {
  readonly targets: Target[];
  presumed: boolean;
}

/** By which a target is found among others: its identity, and its pod where it has one. */
function namesOf({ identity, inPod }: Target): string[] {
  return inPod === undefined ? [identity] : [identity, inPod];
}

function kinAmong(near: ReadonlySet<Gathering>, target: Target) {
  for (const each of near) {
    const relation = relationTo(each.targets, target);
    if (relation !== 'other') return { each, relation };
  }
  return undefined;
}

function relationTo(members: readonly Target[], target: Target): Relation {
  const relations = members.map((member) => relationOf(member, target));
  if (relations.includes('other')) return 'other';
  return relations.includes('presumed') ? 'presumed' : 'same';
}

function relationOf(a: Target, b: Target): Relation {
  const alike = a.identity === b.identity;
  const spelledApart = a.family === b.family && a.spelling !== b.spelling;
  if (!alike && !spelledApart) return isPassedOn(a, b) ? 'same' : 'other';
  const byTurns = overlap(a, b) ? startsTell(a, b) : 'in order';
  if (byTurns === 'agree') return 'same';
  if (byTurns === 'disagree' || otherPod(a, b)) return 'other';
  if (byTurns === 'in order') return alike ? 'same' : 'other';
  const agree = heightsAgree(a, b);
  if (agree === undefined) return alike ? 'presumed' : 'other';
  return agree ? 'presumed' : 'other';
}

/** Do two ports of one pod tell counters that began together and are seen to rise alike? */
function isPassedOn(a: Target, b: Target): boolean {
  if (a.inPod === undefined || a.inPod !== b.inPod || a.spelling !== b.spelling) return false;
  if (!overlap(a, b) || startsTell(a, b) !== 'agree') return false;
  return rises(heightsOf(a)) && rises(heightsOf(b)) && heightsAgree(a, b) === true;
}

function rises({ values }: Samples): boolean {
  return at(values, values.length - 1) > at(values, 0);
}

function otherPod(a: Target, b: Target): boolean {
  const [one, other] = [podOf(a.labels), podOf(b.labels)];
  return one !== undefined && other !== undefined && one !== other;
}

/** Were both seen at the same time? */
export function overlap({ timesMs: a }: Target, { timesMs: b }: Target): boolean {
  return at(a, 0) <= at(b, b.length - 1) && at(b, 0) <= at(a, a.length - 1);
}

/**
 * What the starts say that both tell in the same way. `agree`: most are told by both. `disagree`:
 * most are not, and are older or younger than they could be between those of the other, so two
 * processes lived at once. `in order`: none is told by both, and yet each comes after the ones
 * before it, as where labels change with every restart. `undefined` where there are none.
 */
export function startsTell(a: Target, b: Target): 'agree' | 'disagree' | 'in order' | undefined {
  const pairs: (readonly [Samples | undefined, Samples | undefined])[] = [
    ...[...a.created].map(([rank, starts]) => [starts, b.created.get(rank)] as const),
    [a.processStart, b.processStart],
  ];
  for (const pair of pairs) {
    const [one, other] = byScrapes(pair.filter((starts) => starts !== undefined));
    if (one === undefined || other === undefined) continue;
    const votes = votesOf(other, (instantMs, value) => {
      const { low, high } = around(one, instantMs);
      const isSame = (start: number) => Math.abs(start - value) * SECOND_MS < SAME_START_MS;
      if (isSame(low) || isSame(high) || lagging(one, instantMs).some(isSame)) return true;
      return value < low || value > high ? false : undefined;
    });
    if (votes === undefined) return 'in order';
    return votes ? 'agree' : 'disagree';
  }
  return undefined;
}

/**
 * Do most scrapes of the one that was scraped less fit between those of the other, or repeat one of
 * them within the lag? Replicas that share their load stay near each other, and soon no longer so
 * near. `undefined` where no scrapes can be compared.
 */
export function heightsAgree(a: Target, b: Target): boolean | undefined {
  const [one, other] = byScrapes([heightsOf(a), heightsOf(b)]);
  if (one === undefined || other === undefined) return undefined;
  return votesOf(other, (instantMs, value) => isHeightOf(one, instantMs, value));
}

/**
 * Does a height lie between those around its moment, or repeat one within the lag? `undefined`
 * where there are none, or a restart lies between them.
 */
export function isHeightOf(
  heights: Samples,
  instantMs: number,
  value: number,
): boolean | undefined {
  const { low, high } = around(heights, instantMs);
  if (low > high || (Number.isNaN(low) && Number.isNaN(high))) return undefined;
  return (!(value < low) && !(value > high)) || lagging(heights, instantMs).includes(value);
}

/** The one that was scraped more comes first. */
function byScrapes(both: readonly Samples[]): Samples[] {
  return both.toSorted((a, b) => b.timesMs.length - a.timesMs.length);
}

/** The values around an instant; `NaN` where there is none. */
function around({ timesMs, values }: Samples, instantMs: number) {
  return {
    low: at(values, countUpTo(timesMs, instantMs - JITTER_MS) - 1),
    high: at(values, countUpTo(timesMs, instantMs + JITTER_MS - 1)),
  };
}

/** The values that a copy may repeat at this instant. */
function lagging({ timesMs, values }: Samples, instantMs: number): Float64Array {
  const [from, to] = [instantMs - LAG_MS - 1, instantMs + LAG_MS].map((edgeMs) =>
    countUpTo(timesMs, edgeMs),
  );
  return values.subarray(from, to);
}

function votesOf(
  { timesMs, values }: Samples,
  agrees: (instantMs: number, value: number) => boolean | undefined,
): boolean | undefined {
  let [yes, no] = [0, 0];
  for (let index = 0; index < timesMs.length; index += 1) {
    const vote = agrees(at(timesMs, index), at(values, index));
    if (vote === true) yes += 1;
    else if (vote === false) no += 1;
  }
  return yes + no === 0 ? undefined : yes >= no;
}
