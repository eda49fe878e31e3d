/** Groups series by scrape target: those that share all labels of their target. */

import { matchesGlob } from '../../domain/glob.ts';
import { partOf } from './attribution.ts';
import { type Engine, isCounted, type Meaning, meaningOf, PROCESS_START } from './engine.ts';
import { identityOf, podPlaceOf } from './identity.ts';
import type { CountedFact } from './record.ts';
import {
  allInstants,
  at,
  highest,
  joined,
  type Labels,
  labelText,
  type Samples,
  type Series,
} from './samples.ts';

/** What one counter of a target tells of one fact. */
export interface TargetCounter {
  readonly fact: CountedFact;
  /** The metric's name behind its spelling. */
  readonly metric: string;
  readonly choice: number;
  /** The data-parallel rank; empty where the target tells of one alone. */
  readonly rank: string;
  /** What else tells it apart from others of its metric: reasons, modes, tenants. */
  readonly split: string;
  /** Whose tokens they are, where the config names labels for that. */
  readonly part?: string;
  readonly samples: Samples;
}

export type Role = 'prefill' | 'decode';

/** What one scrape target told under one spelling of the names. */
export interface Target {
  readonly labels: Labels;
  /** The same for all copies of one process. */
  readonly identity: string;
  /** Its model and pod, where it names a pod. */
  readonly inPod?: string;
  readonly family: string;
  readonly spelling: string;
  readonly role?: Role;
  readonly counters: readonly TargetCounter[];
  /** Requests running, by rank. */
  readonly running: ReadonlyMap<string, Samples>;
  /** Unix seconds at which the counters were made, by rank. */
  readonly created: ReadonlyMap<string, Samples>;
  /** Unix seconds at which the process started. */
  readonly processStart?: Samples;
  /** When any of the token counters was scraped. */
  readonly timesMs: Float64Array;
}

/** A series and what it tells. */
interface Told {
  readonly meaning: Meaning;
  readonly labels: Labels;
  readonly samples: Samples;
}

interface Group {
  readonly labels: Labels;
  readonly told: Told[];
}

/** Sorts series by target. `starts` are `process_start_time_seconds` from a query of their own. */
export function targetsOf(
  series: readonly Series[],
  starts: readonly Series[],
  engine: Engine,
): Target[] {
  const groups = new Map<string, Group>();
  for (const { labels: scraped, samples } of series) {
    const labels = asWritten(scraped, engine);
    const meaning = meaningOf(engine, labels);
    if (meaning === undefined) continue;
    const own = ownLabels(labels, engine);
    const key = `${meaning.spelling}\n${labelText(own)}`;
    const group = groups.get(key) ?? { labels: own, told: [] };
    groups.set(key, group);
    group.told.push({ meaning, labels, samples });
  }
  const isStart = ({ labels }: Series) => labels['__name__'] === PROCESS_START;
  const startSeries = [...starts, ...series].filter(isStart).map(({ labels, samples }) => {
    // Of the process, whatever label of a rank's name its scraper has put on it.
    return { labels: Object.entries(ownLabels(labels, engine)), samples };
  });
  return [...groups.values()].flatMap((group) => targetOf(group, startSeries, engine));
}

function targetOf({ labels, told }: Group, starts: readonly StartSeries[], engine: Engine) {
  const [first] = told;
  if (first === undefined) return [];
  const processStart = startOf(labels, starts);
  const role = roleOf(told, engine);
  const inPod = podPlaceOf(labels, engine.record.modelLabel);
  const { family, spelling } = first.meaning;
  const target: Target = {
    labels,
    identity: identityOf(labels, engine.record.modelLabel),
    ...(inPod === undefined ? {} : { inPod }),
    family,
    spelling,
    ...countersOf(told, engine),
    ...(role === undefined ? {} : { role }),
    ...(processStart === undefined ? {} : { processStart }),
  };
  return [target];
}

function countersOf(told: readonly Told[], engine: Engine) {
  const { ranks: rankLabels } = engine.record;
  const rankIn = (labels: Labels) =>
    rankLabels
      .map((name) => labels[name] ?? '')
      .join(' ')
      .trim();
  const ranks = new Set(told.map(({ labels }) => rankIn(labels)).filter((rank) => rank !== ''));
  // Where there is one rank its label tells nothing, and may come and go.
  const rankOf = (labels: Labels) => (ranks.size > 1 ? rankIn(labels) : '');
  const gathered = new Map<string, Told[]>();
  for (const each of told) {
    const { meaning, labels } = each;
    const key = JSON.stringify([meaning.metric.name, rankOf(labels), splitOf(labels, engine)]);
    gathered.set(key, [...(gathered.get(key) ?? []), each]);
  }
  const once = [...gathered.values()].flatMap(onceOf);
  const gauges = (fact: 'running' | 'created') =>
    new Map(
      Map.groupBy(
        once.filter(({ meaning }) => meaning.facts.includes(fact)),
        ({ labels }) =>
          fact === 'created' ? rankOf(labels) : `${rankOf(labels)}${splitOf(labels, engine)}`,
      )
        .entries()
        .map(([key, all]) => [key, joined(all.map(({ samples }) => samples))] as const),
    );
  const counters = withoutTotals(once).flatMap((each) => {
    const { meaning, labels, samples } = each;
    const { metric, facts } = meaning;
    const part = partOf(labels, engine.attribution);
    const counter = {
      metric: metric.name,
      choice: metric.choice ?? 0,
      rank: rankOf(labels),
      split: splitOf(labels, engine),
      samples: metric.isSeconds === true ? inMilliseconds(samples) : samples,
      ...(part === undefined ? {} : { part }),
    };
    return facts.filter(isCounted).map((fact): TargetCounter => ({ ...counter, fact }));
  });
  const tokens = counters.filter(({ fact }) => fact === 'prompt' || fact === 'output');
  const timesMs = allInstants(tokens.map(({ samples }) => samples.timesMs));
  return { counters, running: gauges('running'), created: gauges('created'), timesMs };
}

/** Ranks that count the same work tell it once: the highest of them. */
function onceOf(copies: readonly Told[]): Told[] {
  const [first] = copies;
  if (first === undefined || copies.length === 1) return [...copies];
  return [{ ...first, samples: highest(copies.map(({ samples }) => samples)) }];
}

function splitOf(labels: Labels, { within, record }: Engine): string {
  const { ranks, copies = [] } = record;
  const others = [...within]
    .filter((name) => name !== '__name__' && !ranks.includes(name) && !copies.includes(name))
    .flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]]));
  return others.length === 0 ? '' : JSON.stringify(others);
}

/**
 * Where a value that stands for the sum of all others is at least as high as they are together, it
 * is that sum; where it is lower it is one more of them.
 */
function withoutTotals(told: readonly Told[]): Told[] {
  const dropped = new Set<Told>();
  const groups = Map.groupBy(
    told.filter(({ meaning: { metric } }) => metric.total !== undefined),
    ({ meaning, labels }) => {
      const { label = '' } = meaning.metric.total ?? {};
      return labelText({ ...labels, [label]: '' });
    },
  );
  for (const group of groups.values()) {
    const isTotal = ({ meaning: { metric }, labels }: Told) =>
      labels[metric.total?.label ?? ''] === metric.total?.value;
    const others = group.filter((each) => !isTotal(each));
    const [total] = group.filter(isTotal);
    if (total === undefined || others.length === 0) continue;
    const sum = others.reduce((height, { samples }) => height + lastOf(samples), 0);
    for (const each of lastOf(total.samples) >= sum ? others : []) dropped.add(each);
  }
  return told.filter((each) => !dropped.has(each));
}

function lastOf({ values }: Samples): number {
  return at(values, values.length - 1);
}

function inMilliseconds({ timesMs, values }: Samples): Samples {
  return { timesMs, values: values.map((seconds) => Math.round(seconds * 1000)) };
}

/**
 * The labels as the engine writes them. A scraper that has a label of such a name itself, as
 * `engine: vllm`, calls the engine's own `exported_engine`.
 */
function asWritten(labels: Labels, { record }: Engine): Labels {
  const { ranks, copies = [], parts = [] } = record;
  const pushed = [...ranks, ...copies, ...parts].flatMap((name) => {
    const own = labels[`exported_${name}`];
    return own === undefined ? [] : [[name, own] as const];
  });
  if (pushed.length === 0) return labels;
  const gone = new Set(pushed.map(([name]) => `exported_${name}`));
  const rest = Object.entries(labels).filter(([name]) => !gone.has(name));
  return Object.fromEntries([...rest, ...pushed]);
}

function ownLabels(labels: Labels, { within }: Engine): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !within.has(name)));
}

/** Its role by the config, else as the engine itself says. */
function roleOf(told: readonly Told[], { role, record }: Engine): Role | undefined {
  if (role === 'prefill' || role === 'decode') return role;
  if (role !== undefined) {
    const [value = ''] = told.flatMap(({ labels }) => labels[role.label] ?? []);
    if (matchesGlob(role.prefill, value)) return 'prefill';
    return matchesGlob(role.decode, value) ? 'decode' : undefined;
  }
  const values = (record.roleLabels ?? []).flatMap((name) =>
    told.flatMap(({ labels }) => labels[name] ?? []),
  );
  return (['prefill', 'decode'] as const).find((known) => values.includes(known));
}

interface StartSeries {
  readonly labels: readonly [string, string][];
  readonly samples: Samples;
}

/** The start series of the target whose labels the process carries all. */
function startOf(target: Labels, starts: readonly StartSeries[]): Samples | undefined {
  const carries = ([name, value]: [string, string]) => target[name] === value;
  return starts.find(({ labels }) => labels.every(carries))?.samples;
}
