/** Groups series by scrape target, which all of its series share the labels of. */

import { matchesGlob } from '../../domain/glob.ts';
import { encodePart } from './attribution.ts';
import {
  type EngineMetrics,
  isCountedFact,
  type SeriesMeaning,
  findMeaning,
  PROCESS_START,
} from './engine.ts';
import { processIdentity, toPodKey } from './identity.ts';
import type { CountedFact } from './record.ts';
import {
  allInstants,
  numberAt,
  highestSamples,
  joinSamples,
  type SeriesLabels,
  toLabelKey,
  type Samples,
  type Series,
} from './samples.ts';

/** The samples of one counter of a target for one fact. */
export interface TargetCounter {
  readonly fact: CountedFact;
  /** The metric's name without its prefix. */
  readonly metric: string;
  readonly choice: number;
  /** The data-parallel rank. Empty if the target has only one. */
  readonly rank: string;
  /** Further labels that distinguish it from others of its metric: reasons, modes, tenants. */
  readonly split: string;
  /** The attribution of its tokens, if the config names labels for that. */
  readonly part?: string;
  readonly samples: Samples;
}

export type ServerRole = 'prefill' | 'decode';

/** The series of one scrape target under one spelling of the metric names. */
export interface EngineTarget {
  readonly labels: SeriesLabels;
  /** The same for all copies of one process. */
  readonly identity: string;
  /** Its model and pod, if it names a pod. */
  readonly inPod?: string;
  readonly family: string;
  readonly spelling: string;
  readonly role?: ServerRole;
  readonly counters: readonly TargetCounter[];
  /** Running requests, by rank. */
  readonly running: ReadonlyMap<string, Samples>;
  /** Unix seconds at which the counters were created, by rank. */
  readonly created: ReadonlyMap<string, Samples>;
  /** Unix seconds at which the process started. */
  readonly processStart?: Samples;
  /** When any of the token counters was scraped. */
  readonly timesMs: Float64Array;
}

/** A series and its facts. */
interface ReadSeries {
  readonly meaning: SeriesMeaning;
  readonly labels: SeriesLabels;
  readonly samples: Samples;
}

interface Group {
  readonly labels: SeriesLabels;
  readonly series: ReadSeries[];
}

/** Groups series by target. `starts` are `process_start_time_seconds` from a separate query. */
export function groupByTarget(
  series: readonly Series[],
  starts: readonly Series[],
  engine: EngineMetrics,
): EngineTarget[] {
  const groups = new Map<string, Group>();
  for (const { labels: scrapedLabels, samples } of series) {
    const labels = restoreLabels(scrapedLabels, engine);
    const meaning = findMeaning(engine, labels);
    if (meaning === undefined) continue;
    const targetLabels = withoutInner(labels, engine);
    const key = `${meaning.spelling}\n${toLabelKey(targetLabels)}`;
    const group = groups.get(key) ?? { labels: targetLabels, series: [] };
    groups.set(key, group);
    group.series.push({ meaning, labels, samples });
  }
  const isStart = ({ labels }: Series) => labels['__name__'] === PROCESS_START;
  const startSeries = [...starts, ...series].filter(isStart).map(({ labels, samples }) => {
    // The start belongs to the process, even if its scraper added a label with a rank's name.
    return { labels: Object.entries(withoutInner(labels, engine)), samples };
  });
  return [...groups.values()].flatMap((group) => toTarget(group, startSeries, engine));
}

function toTarget(
  { labels, series }: Group,
  starts: readonly StartSeries[],
  engine: EngineMetrics,
) {
  const [first] = series;
  if (first === undefined) return [];
  const processStart = startOf(labels, starts);
  const role = roleOf(series, engine);
  const inPod = toPodKey(labels, engine.record.modelLabel);
  const { family, spelling } = first.meaning;
  const target: EngineTarget = {
    labels,
    identity: processIdentity(labels, engine.record.modelLabel),
    ...(inPod === undefined ? {} : { inPod }),
    family,
    spelling,
    ...readCounters(series, engine),
    ...(role === undefined ? {} : { role }),
    ...(processStart === undefined ? {} : { processStart }),
  };
  return [target];
}

function readCounters(series: readonly ReadSeries[], engine: EngineMetrics) {
  const { ranks: rankLabels } = engine.record;
  const rankIn = (labels: SeriesLabels) =>
    rankLabels
      .map((name) => labels[name] ?? '')
      .join(' ')
      .trim();
  const ranks = new Set(series.map(({ labels }) => rankIn(labels)).filter((rank) => rank !== ''));
  // A single rank's label carries no information and may come and go.
  const rankOf = (labels: SeriesLabels) => (ranks.size > 1 ? rankIn(labels) : '');
  const bySplit = new Map<string, ReadSeries[]>();
  for (const each of series) {
    const { meaning, labels } = each;
    const key = JSON.stringify([meaning.metric.name, rankOf(labels), splitOf(labels, engine)]);
    bySplit.set(key, [...(bySplit.get(key) ?? []), each]);
  }
  const merged = [...bySplit.values()].flatMap(mergeCopies);
  const gauges = (fact: 'running' | 'created') =>
    new Map(
      Map.groupBy(
        merged.filter(({ meaning }) => meaning.facts.includes(fact)),
        ({ labels }) =>
          fact === 'created' ? rankOf(labels) : `${rankOf(labels)}${splitOf(labels, engine)}`,
      )
        .entries()
        .map(([key, all]) => [key, joinSamples(all.map(({ samples }) => samples))] as const),
    );
  const counters = withoutTotals(merged).flatMap((each) => {
    const { meaning, labels, samples } = each;
    const { metric, facts } = meaning;
    const part = encodePart(labels, engine.attribution);
    const counter = {
      metric: metric.name,
      choice: metric.choice ?? 0,
      rank: rankOf(labels),
      split: splitOf(labels, engine),
      samples: metric.isSeconds === true ? inMilliseconds(samples) : samples,
      ...(part === undefined ? {} : { part }),
    };
    return facts.filter(isCountedFact).map((fact): TargetCounter => ({ ...counter, fact }));
  });
  const tokens = counters.filter(({ fact }) => fact === 'prompt' || fact === 'output');
  const timesMs = allInstants(tokens.map(({ samples }) => samples.timesMs));
  return { counters, running: gauges('running'), created: gauges('created'), timesMs };
}

/** Merges ranks that count the same work, by their highest value. */
function mergeCopies(copies: readonly ReadSeries[]): ReadSeries[] {
  const [first] = copies;
  if (first === undefined || copies.length === 1) return [...copies];
  return [{ ...first, samples: highestSamples(copies.map(({ samples }) => samples)) }];
}

function splitOf(labels: SeriesLabels, { within, record }: EngineMetrics): string {
  const { ranks, copies = [] } = record;
  const others = [...within]
    .filter((name) => name !== '__name__' && !ranks.includes(name) && !copies.includes(name))
    .flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]]));
  return others.length === 0 ? '' : JSON.stringify(others);
}

/**
 * Removes double counts of a total. If the value that may stand for the sum is at least the sum of
 * the others, it is the sum, and the others are dropped. If it is lower, it is one more value.
 */
function withoutTotals(all: readonly ReadSeries[]): ReadSeries[] {
  const dropped = new Set<ReadSeries>();
  const groups = Map.groupBy(
    all.filter(({ meaning: { metric } }) => metric.total !== undefined),
    ({ meaning, labels }) => {
      const { label = '' } = meaning.metric.total ?? {};
      return toLabelKey({ ...labels, [label]: '' });
    },
  );
  for (const group of groups.values()) {
    const isTotal = ({ meaning: { metric }, labels }: ReadSeries) =>
      labels[metric.total?.label ?? ''] === metric.total?.value;
    const others = group.filter((each) => !isTotal(each));
    const [total] = group.filter(isTotal);
    if (total === undefined || others.length === 0) continue;
    const sum = others.reduce((height, { samples }) => height + lastValue(samples), 0);
    for (const each of lastValue(total.samples) >= sum ? others : []) dropped.add(each);
  }
  return all.filter((each) => !dropped.has(each));
}

function lastValue({ values }: Samples): number {
  return numberAt(values, values.length - 1);
}

function inMilliseconds({ timesMs, values }: Samples): Samples {
  return { timesMs, values: values.map((seconds) => Math.round(seconds * 1000)) };
}

/**
 * The labels as the engine writes them. If a scraper has its own label of such a name, like
 * `engine: vllm`, the engine's label becomes `exported_engine`.
 */
function restoreLabels(labels: SeriesLabels, { record }: EngineMetrics): SeriesLabels {
  const { ranks, copies = [], parts = [] } = record;
  const renamed = [...ranks, ...copies, ...parts].flatMap((name) => {
    const value = labels[`exported_${name}`];
    return value === undefined ? [] : [[name, value] as const];
  });
  if (renamed.length === 0) return labels;
  const removed = new Set(renamed.map(([name]) => `exported_${name}`));
  const rest = Object.entries(labels).filter(([name]) => !removed.has(name));
  return Object.fromEntries([...rest, ...renamed]);
}

function withoutInner(labels: SeriesLabels, { within }: EngineMetrics): SeriesLabels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !within.has(name)));
}

/** The role from the config, else from the engine's labels. */
function roleOf(
  series: readonly ReadSeries[],
  { role, record }: EngineMetrics,
): ServerRole | undefined {
  if (role === 'prefill' || role === 'decode') return role;
  if (role !== undefined) {
    const [value = ''] = series.flatMap(({ labels }) => labels[role.label] ?? []);
    if (matchesGlob(role.prefill, value)) return 'prefill';
    return matchesGlob(role.decode, value) ? 'decode' : undefined;
  }
  const values = (record.roleLabels ?? []).flatMap((name) =>
    series.flatMap(({ labels }) => labels[name] ?? []),
  );
  return (['prefill', 'decode'] as const).find((known) => values.includes(known));
}

interface StartSeries {
  readonly labels: readonly [string, string][];
  readonly samples: Samples;
}

/** The start series whose labels the target has. */
function startOf(target: SeriesLabels, starts: readonly StartSeries[]): Samples | undefined {
  const isOnTarget = ([name, value]: [string, string]) => target[name] === value;
  return starts.find(({ labels }) => labels.every(isOnTarget))?.samples;
}
