/** Which scrape targets are one and the same process, so that each process counts once. */

import { MINUTE_MS, SECOND_MS } from '../../domain/period.ts';
import { identityOf, podOf } from './identity.ts';
import { SAME_START_MS } from './lives.ts';
import { at, countUpTo, type Samples, valueAt } from './samples.ts';
import { labelText, type Target } from './targets.ts';

/** The targets of one process, in an order that does not hang on what an answer holds of them. */
export interface Kin {
  readonly targets: readonly Target[];
  /** True where only the counters' heights say that copies are copies: a start would be proof. */
  readonly presumed: boolean;
}

/** A copy may be told so much later: a federating server hands on what it scraped last. */
const LAG_MS = 2 * MINUTE_MS;

/** So far apart a scrape's time and the moment that its values are of may lie. */
const JITTER_MS = SECOND_MS;

type Relation = 'same' | 'presumed' | 'other';

/**
 * Sorts targets by process. Targets of one identity are one process, unless what they tell at the
 * same time speaks against it: other starts, or counters that were never equally high. One after
 * the other they are one process, unless both name a pod and it is another. The two spellings of a
 * name are one process whatever the address, where starts or counters are the same.
 */
export function kinOf(targets: readonly Target[]): Kin[] {
  const ordered = [...targets].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  const kin: { targets: Target[]; presumed: boolean }[] = [];
  for (const target of ordered) {
    const found = kin
      .map((each) => ({ each, relation: relationTo(each.targets, target) }))
      .find(({ relation }) => relation !== 'other');
    if (found === undefined) {
      kin.push({ targets: [target], presumed: false });
    } else {
      found.each.targets.push(target);
      found.each.presumed ||= found.relation === 'presumed';
    }
  }
  return kin;
}

function orderOf({ labels, spelling }: Target): string {
  return `${spelling}\n${labelText(labels)}`;
}

function relationTo(members: readonly Target[], target: Target): Relation {
  const relations = members.map((member) => relationOf(member, target));
  if (relations.includes('other')) return 'other';
  return relations.includes('presumed') ? 'presumed' : 'same';
}

function relationOf(a: Target, b: Target): Relation {
  const alike = identityOf(a.labels) === identityOf(b.labels);
  const spelledApart = a.family === b.family && a.spelling !== b.spelling;
  if (!alike && !spelledApart) return 'other';
  if (!overlap(a, b)) return alike && !otherPod(a, b) ? 'same' : 'other';
  const byStart = startsAgree(a, b);
  if (byStart !== undefined) return byStart ? 'same' : 'other';
  if (otherPod(a, b)) return 'other';
  const agree = heightsAgree(a, b);
  if (agree === undefined) return alike ? 'presumed' : 'other';
  return agree ? 'presumed' : 'other';
}

function otherPod(a: Target, b: Target): boolean {
  const [one, other] = [podOf(a.labels), podOf(b.labels)];
  return one !== undefined && other !== undefined && one !== other;
}

/** Were both seen at the same time? */
export function overlap({ timesMs: a }: Target, { timesMs: b }: Target): boolean {
  return at(a, 0) <= at(b, b.length - 1) && at(b, 0) <= at(a, a.length - 1);
}

/** Do most starts that both tell in the same way agree? `undefined` where there are none. */
function startsAgree(a: Target, b: Target): boolean | undefined {
  const pairs: (readonly [Samples | undefined, Samples | undefined])[] = [
    ...[...a.created].map(([rank, starts]) => [starts, b.created.get(rank)] as const),
    [a.processStart, b.processStart],
  ];
  for (const [one, other] of pairs) {
    if (one === undefined || other === undefined) continue;
    const votes = votesOf(other, (instantMs, value) => {
      const near = nearest(one, instantMs);
      return Number.isNaN(near) ? undefined : Math.abs(near - value) * SECOND_MS < SAME_START_MS;
    });
    if (votes !== undefined) return votes;
  }
  return undefined;
}

/**
 * Do most scrapes of the one that was scraped less fit between those of the other, or repeat one of
 * them within the lag? Replicas that share their load stay near each other, and soon no longer so
 * near. `undefined` where no scrapes can be compared.
 */
function heightsAgree(a: Target, b: Target): boolean | undefined {
  const [one, other] = [heightsOf(a), heightsOf(b)].sort(
    (left, right) => right.timesMs.length - left.timesMs.length,
  );
  if (one === undefined || other === undefined) return undefined;
  return votesOf(other, (instantMs, value) => {
    const low = at(one.values, countUpTo(one.timesMs, instantMs - JITTER_MS) - 1);
    const high = at(one.values, countUpTo(one.timesMs, instantMs + JITTER_MS - 1));
    if (low > high || (Number.isNaN(low) && Number.isNaN(high))) return undefined;
    return (!(value < low) && !(value > high)) || repeats(one, instantMs, value);
  });
}

function repeats({ timesMs, values }: Samples, instantMs: number, value: number): boolean {
  const [from, to] = [instantMs - LAG_MS - 1, instantMs + LAG_MS].map((edgeMs) =>
    countUpTo(timesMs, edgeMs),
  );
  return values.subarray(from, to).includes(value);
}

/** A target is compared with each of another spelling. */
const heights = new WeakMap<Target, Samples>();

function heightsOf(target: Target): Samples {
  const known = heights.get(target) ?? tokenHeights(target);
  heights.set(target, known);
  return known;
}

/** Prompt and output tokens of all ranks at each scrape that tells them all. */
function tokenHeights({ counters, timesMs }: Target): Samples {
  const tokens = counters.filter(({ fact }) => fact === 'prompt' || fact === 'output');
  const sums = timesMs.map((instantMs) =>
    tokens.reduce((sum, { samples }) => sum + valueAt(samples, instantMs), 0),
  );
  const whole = timesMs.map((_, index) => (Number.isNaN(at(sums, index)) ? 0 : 1));
  return {
    timesMs: timesMs.filter((_, index) => whole[index] === 1),
    values: sums.filter((_, index) => whole[index] === 1),
  };
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

/** The last value up to the lag before, else the first up to the lag after. */
function nearest({ timesMs, values }: Samples, instantMs: number): number {
  const next = countUpTo(timesMs, instantMs);
  if (instantMs - at(timesMs, next - 1) <= LAG_MS) return at(values, next - 1);
  return at(timesMs, next) - instantMs <= LAG_MS ? at(values, next) : Number.NaN;
}
