/** Finds the scrape targets that are the same process, so that each process counts once. */

import { MINUTE_MS, SECOND_MS } from '../../domain/period.ts';
import { findPod } from './identity.ts';
import {
  countUpTo,
  numberAt,
  SAME_START_MS,
  sampleAt,
  type Samples,
  toLabelKey,
} from './samples.ts';
import type { EngineTarget } from './targets.ts';

/** The targets of one process. Their order does not depend on the samples in an answer. */
export interface ProcessCopies {
  readonly targets: readonly EngineTarget[];
  /**
   * Whether only the token totals show that the copies are one process. A start time would prove
   * it.
   */
  readonly presumed: boolean;
}

/** The longest delay of a copy's samples. A federating server passes on its last scrape. */
export const COPY_LAG_MS = 2 * MINUTE_MS;

/** The largest difference between the time of a scrape and the time of its values. */
const JITTER_MS = SECOND_MS;

type Relation = 'same' | 'presumed' | 'other';

/**
 * Groups targets by process.
 *
 * - Targets with one identity are one process, unless simultaneous samples disagree: by different
 *   starts, or by token totals that were never equal. If they were scraped one after the other,
 *   they are one process, unless they name different pods.
 * - Two spellings of a metric name are one process at any address if starts or totals match.
 * - Two ports of a pod are one process if their counters began together and rise alike. A sidecar
 *   may pass on the engine's metrics.
 */
export function groupByProcess(targets: readonly EngineTarget[]): ProcessCopies[] {
  const ordered = targets
    .map((target) => ({ target, order: `${target.spelling}\n${toLabelKey(target.labels)}` }))
    .sort((a, b) => (a.order < b.order ? -1 : 1));
  const hasTwoSpellings = new Set(targets.map(({ spelling }) => spelling)).size > 1;
  const groups: CopyGroup[] = [];
  const byKey = new Map<string, Set<CopyGroup>>();
  for (const { target } of ordered) {
    // A target at another address can be the same process only if metric names have two spellings.
    const keys = hasTwoSpellings ? [''] : groupKeys(target);
    const candidates = new Set(keys.flatMap((name) => [...(byKey.get(name) ?? [])]));
    const match = findGroup(candidates, target);
    const group = match?.each ?? { targets: [], presumed: false };
    if (match === undefined) groups.push(group);
    group.targets.push(target);
    group.presumed ||= match?.relation === 'presumed';
    for (const name of keys) byKey.set(name, (byKey.get(name) ?? new Set()).add(group));
  }
  return groups;
}

interface CopyGroup extends ProcessCopies {
  readonly targets: EngineTarget[];
  presumed: boolean;
}

/** The keys by which a target is found: its identity and, if known, its pod. */
function groupKeys({ identity, inPod }: EngineTarget): string[] {
  return inPod === undefined ? [identity] : [identity, inPod];
}

function findGroup(candidates: ReadonlySet<CopyGroup>, target: EngineTarget) {
  for (const group of candidates) {
    const relation = relationTo(group.targets, target);
    if (relation !== 'other') return { each: group, relation };
  }
  return undefined;
}

function relationTo(members: readonly EngineTarget[], target: EngineTarget): Relation {
  const relations = members.map((member) => relationOf(member, target));
  if (relations.includes('other')) return 'other';
  return relations.includes('presumed') ? 'presumed' : 'same';
}

function relationOf(a: EngineTarget, b: EngineTarget): Relation {
  const isSameIdentity = a.identity === b.identity;
  const isOtherSpelling = a.family === b.family && a.spelling !== b.spelling;
  if (!isSameIdentity && !isOtherSpelling) return isSidecarCopy(a, b) ? 'same' : 'other';
  const starts = isOverlapping(a, b) ? compareStarts(a, b) : 'in order';
  if (starts === 'agree') return 'same';
  if (starts === 'disagree' || inOtherPod(a, b)) return 'other';
  if (starts === 'in order') return isSameIdentity ? 'same' : 'other';
  const agree = haveEqualTotals(a, b);
  if (agree === undefined) return isSameIdentity ? 'presumed' : 'other';
  return agree ? 'presumed' : 'other';
}

/** Whether two ports of one pod have counters that began together and rise alike. */
function isSidecarCopy(a: EngineTarget, b: EngineTarget): boolean {
  if (a.inPod === undefined || a.inPod !== b.inPod || a.spelling !== b.spelling) return false;
  if (!isOverlapping(a, b) || compareStarts(a, b) !== 'agree') return false;
  return hasRisen(tokenTotals(a)) && hasRisen(tokenTotals(b)) && haveEqualTotals(a, b) === true;
}

function hasRisen({ values }: Samples): boolean {
  return numberAt(values, values.length - 1) > numberAt(values, 0);
}

function inOtherPod(a: EngineTarget, b: EngineTarget): boolean {
  const [one, other] = [findPod(a.labels), findPod(b.labels)];
  return one !== undefined && other !== undefined && one !== other;
}

/** Whether both were seen during a common period. */
export function isOverlapping({ timesMs: a }: EngineTarget, { timesMs: b }: EngineTarget): boolean {
  return numberAt(a, 0) <= numberAt(b, b.length - 1) && numberAt(b, 0) <= numberAt(a, a.length - 1);
}

/**
 * Compares the starts that both report by the same kind of metric. `agree`: both report most of
 * them. `disagree`: most differ and do not fit between the other's starts, so two processes ran at
 * once. `in order`: no start is shared, but each follows the earlier ones, as if labels change with
 * every restart. `undefined` if there are no starts.
 */
export function compareStarts(
  a: EngineTarget,
  b: EngineTarget,
): 'agree' | 'disagree' | 'in order' | undefined {
  const pairs: (readonly [Samples | undefined, Samples | undefined])[] = [
    ...[...a.created].map(([rank, starts]) => [starts, b.created.get(rank)] as const),
    [a.processStart, b.processStart],
  ];
  for (const pair of pairs) {
    const [one, other] = mostScrapedFirst(pair.filter((starts) => starts !== undefined));
    if (one === undefined || other === undefined) continue;
    const areEqual = majority(other, (instantMs, value) => {
      const { low, high } = around(one, instantMs);
      const isSame = (start: number) => Math.abs(start - value) * SECOND_MS < SAME_START_MS;
      if (isSame(low) || isSame(high) || lagging(one, instantMs).some(isSame)) return true;
      return value < low || value > high ? false : undefined;
    });
    if (areEqual === undefined) return 'in order';
    return areEqual ? 'agree' : 'disagree';
  }
  return undefined;
}

/**
 * Whether most scrapes of the less often scraped target fit between those of the other, or repeat
 * one of them within the lag. Replicas with shared load have similar totals, but soon not this
 * similar. `undefined` if no scrapes can be compared.
 */
export function haveEqualTotals(a: EngineTarget, b: EngineTarget): boolean | undefined {
  const [one, other] = mostScrapedFirst([tokenTotals(a), tokenTotals(b)]);
  if (one === undefined || other === undefined) return undefined;
  return majority(other, (instantMs, value) => isTotalOf(one, instantMs, value));
}

/**
 * Whether a total lies between those around its time, or repeats one within the lag. `undefined` if
 * there are none, or if a restart lies between them.
 */
export function isTotalOf(heights: Samples, instantMs: number, value: number): boolean | undefined {
  const { low, high } = around(heights, instantMs);
  if (low > high || (Number.isNaN(low) && Number.isNaN(high))) return undefined;
  return (!(value < low) && !(value > high)) || lagging(heights, instantMs).includes(value);
}

/** Puts the target with more scrapes first. */
function mostScrapedFirst(both: readonly Samples[]): Samples[] {
  return both.toSorted((a, b) => b.timesMs.length - a.timesMs.length);
}

/** The values around a time; `NaN` if there is none. */
function around({ timesMs, values }: Samples, instantMs: number) {
  return {
    low: numberAt(values, countUpTo(timesMs, instantMs - JITTER_MS) - 1),
    high: numberAt(values, countUpTo(timesMs, instantMs + JITTER_MS - 1)),
  };
}

/** The values that a delayed copy may repeat at this time. */
function lagging({ timesMs, values }: Samples, instantMs: number): Float64Array {
  const [from, to] = [instantMs - COPY_LAG_MS - 1, instantMs + COPY_LAG_MS].map((edgeMs) =>
    countUpTo(timesMs, edgeMs),
  );
  return values.subarray(from, to);
}

function majority(
  { timesMs, values }: Samples,
  agrees: (instantMs: number, value: number) => boolean | undefined,
): boolean | undefined {
  let [yes, no] = [0, 0];
  for (let index = 0; index < timesMs.length; index += 1) {
    const vote = agrees(numberAt(timesMs, index), numberAt(values, index));
    if (vote === true) yes += 1;
    else if (vote === false) no += 1;
  }
  return yes + no === 0 ? undefined : yes >= no;
}

/** Computed totals, since a target is compared with each target of another spelling. */
const cache = new WeakMap<EngineTarget, Samples>();

/** Prompt and output tokens of all ranks, at each scrape that has all of them. */
export function tokenTotals(target: EngineTarget): Samples {
  const known = cache.get(target) ?? computeTotals(target);
  cache.set(target, known);
  return known;
}

function computeTotals({ counters, timesMs }: EngineTarget): Samples {
  const tokenCounters = counters.filter(({ fact }) => fact === 'prompt' || fact === 'output');
  // Of several metrics with the same fact, uses the simplest, which all copies have.
  const plainest = Math.max(...tokenCounters.map(({ choice }) => choice));
  const tokens = tokenCounters.filter(({ choice }) => choice === plainest);
  const sums = timesMs.map((instantMs) =>
    tokens.reduce((sum, { samples, split }) => {
      // A reason, mode or tenant without samples so far has counted nothing.
      const isBeforeFirst = split !== '' && instantMs < numberAt(samples.timesMs, 0);
      return isBeforeFirst ? sum : sum + sampleAt(samples, instantMs);
    }, 0),
  );
  const isComplete = timesMs.map((_, index) => (Number.isNaN(numberAt(sums, index)) ? 0 : 1));
  return {
    timesMs: timesMs.filter((_, index) => isComplete[index] === 1),
    values: sums.filter((_, index) => isComplete[index] === 1),
  };
}
