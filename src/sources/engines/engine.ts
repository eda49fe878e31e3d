/**
 * Describes how a deployment's engine metrics are read: their names, and what they mean. The engine
 * is known, or described in the config.
 */

import { Failure } from '../../domain/failure.ts';
import { LATENCY_MEASURES } from '../../domain/usageFacts.ts';
import {
  type CustomMetrics,
  findEngine,
  findUsageFault,
  type RoleSettings,
} from '../../domain/engine.ts';
import type { UsageTarget } from '../source.ts';
import { type AttributionLabels, attributionLabels } from './attribution.ts';
import { isPlaceLabel } from './identity.ts';
import type { CountedFact, EngineMetric, EngineRecord, MetricFact } from './record.ts';
import type { SeriesLabels } from './samples.ts';
import { ENGINE_RECORDS } from './engineTable.ts';

export const PROCESS_START = 'process_start_time_seconds';

/** A metric under one of its full names. */
export interface NamedMetric {
  readonly family: string;
  /** The prefix of the engine's metric names, such as `vllm:`. */
  readonly spelling: string;
  readonly metric: EngineMetric;
}

export interface EngineMetrics {
  readonly record: EngineRecord;
  /** Metrics by full name. One name has several if labels distinguish them. */
  readonly names: ReadonlyMap<string, readonly NamedMetric[]>;
  /** Labels that distinguish series of one process. */
  readonly within: ReadonlySet<string>;
  readonly role?: RoleSettings;
  readonly attribution: AttributionLabels;
}

/** The facts of one series. */
export interface SeriesMeaning extends NamedMetric {
  readonly facts: readonly MetricFact[];
}

/**
 * The engine that a deployment names, with the additions of its config.
 * @throws {Failure} `config` for an engine that cannot be read, with a hint.
 */
export function toEngineMetrics(target: UsageTarget): EngineMetrics {
  const fault = findUsageFault(target);
  const name = findEngine(target.engine);
  const where = `deployments.${target.deployment}.usage`;
  if (fault !== undefined || name === undefined) {
    const { key = 'engine', problem = 'is unknown' } = fault ?? {};
    throw new Failure('config', `engine ${target.engine}: ${problem}`, {
      where: `${where}.${key}`,
      expected: 'an engine with metrics that rentcheck can read',
    });
  }
  const { metrics } = target;
  const record = name === 'custom' ? createCustomRecord(metrics, where) : ENGINE_RECORDS[name];
  const { demand, tenantLabel, teamLabel, adapterLabel } = target;
  const attribution = {
    ...(demand === undefined ? {} : { demand }),
    ...(tenantLabel === undefined ? {} : { tenantLabel }),
    ...(teamLabel === undefined ? {} : { teamLabel }),
    ...(adapterLabel === undefined ? {} : { adapterLabel }),
  };
  return {
    record,
    names: metricsByName(record),
    within: innerLabels(record, attribution),
    attribution,
    ...(target.role === undefined ? {} : { role: target.role }),
  };
}

function innerLabels(record: EngineRecord, attribution: AttributionLabels): ReadonlySet<string> {
  const { ranks, copies = [], parts = [], roleLabels = [] } = record;
  const attributed = attributionLabels(attribution).filter((label) => !isPlaceLabel(label));
  const roles = innerRoles(roleLabels);
  return new Set(['__name__', ...ranks, ...copies, ...parts, ...roles, ...attributed]);
}

/**
 * The role labels that the engine itself writes on some of its series. Role labels of pods are on
 * all series.
 */
function innerRoles(roleLabels: readonly string[]): string[] {
  return roleLabels.filter((label) => label === 'engine_type');
}

function metricsByName({ families }: EngineRecord): ReadonlyMap<string, readonly NamedMetric[]> {
  const names = new Map<string, NamedMetric[]>();
  for (const family of families) {
    for (const spelling of family.spellings) {
      for (const metric of family.metrics) {
        const fullName = metric.isFull === true ? metric.name : `${spelling}${metric.name}`;
        const named = { family: family.name, spelling, metric };
        names.set(fullName, [...(names.get(fullName) ?? []), named]);
      }
    }
  }
  return names;
}

/**
 * The names of all metrics that usage is read from, and of those that show whether latency can be
 * queried.
 */
export function metricNames(engine: EngineMetrics): string[] {
  return [...new Set([...engine.names.keys(), ...latencyProbes(engine), PROCESS_START])];
}

/** One histogram series per spelling. If it exists, its buckets do too. */
export function latencyProbes({ record: { families } }: EngineMetrics): string[] {
  return families.flatMap(({ spellings, latency = {} }) => {
    const [probe] = LATENCY_MEASURES.flatMap((measure) => latency[measure] ?? []);
    return probe === undefined ? [] : spellings.map((spelling) => `${spelling}${probe}_count`);
  });
}

/** The facts of a series in this engine; `undefined` if none of them is read. */
export function findMeaning(
  { names }: EngineMetrics,
  labels: SeriesLabels,
): SeriesMeaning | undefined {
  for (const named of names.get(labels['__name__'] ?? '') ?? []) {
    if (!isRead(named.metric, labels)) continue;
    const { facts: declared } = named.metric;
    const facts = 'label' in declared ? declared.values[labels[declared.label] ?? ''] : declared;
    if (facts !== undefined && facts.length > 0) return { ...named, facts };
  }
  return undefined;
}

function isRead(
  { onlyWith, unless, onlyWhere, where }: EngineMetric,
  labels: SeriesLabels,
): boolean {
  if (onlyWith !== undefined && labels[onlyWith] === undefined) return false;
  if (unless?.values.includes(labels[unless.label] ?? '') === true) return false;
  if (onlyWhere !== undefined && !onlyWhere.values.includes(labels[onlyWhere.label] ?? '')) {
    return false;
  }
  return where?.(labels) ?? true;
}

const GAUGES: readonly MetricFact[] = ['running', 'created', 'processStart'];

export function isCountedFact(fact: MetricFact): fact is CountedFact {
  return !GAUGES.includes(fact);
}

/** Whether the metric counts whole units, such as tokens or requests. */
export function isWholeCounter({ names }: EngineMetrics, name: string): boolean {
  return (names.get(name) ?? []).some(({ metric }) => {
    const { facts: declared, isSeconds } = metric;
    const facts = 'label' in declared ? Object.values(declared.values).flat() : declared;
    return isSeconds !== true && facts.some(isCountedFact);
  });
}

/** The full name of a fact's metric in a spelling, for messages. */
export function metricNameOf(
  { names }: EngineMetrics,
  spelling: string,
  fact: CountedFact,
): string {
  for (const [name, several] of names) {
    const found = several.some(
      ({ spelling: each, metric: { facts } }) =>
        each === spelling && !('label' in facts) && facts.includes(fact),
    );
    if (found) return name;
  }
  return `${spelling}${fact}`;
}

const SELECTOR = /^([a-zA-Z_:][a-zA-Z0-9_:]*)?(?:\{(.*)\})?$/s;
const MATCHER =
  /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|'[^'\\]*')\s*(,|$)/y;

interface Selector {
  readonly name: string;
  readonly fits: (labels: SeriesLabels) => boolean;
}

/**
 * The record of a user-defined engine. Each metric is read as it is scraped, because only raw
 * samples show restarts.
 * @throws {Failure} `config` for anything that is not a single selector.
 */
function createCustomRecord(metrics: CustomMetrics | undefined, where: string): EngineRecord {
  const {
    prompt = '',
    output = '',
    cached,
    cachedIs,
    requests,
    running,
    busySeconds,
  } = metrics ?? {};
  const metric = (
    key: keyof CustomMetrics,
    text: string | undefined,
    facts: readonly MetricFact[],
  ) =>
    text === undefined ? [] : [toMetric(parseSelector(text, `${where}.metrics.${key}`), facts)];
  const family = {
    name: 'custom',
    spellings: [''],
    metrics: [
      ...metric('prompt', prompt, ['prompt']),
      ...metric('output', output, ['output']),
      ...metric('cached', cached, cachedIs === 'outside' ? ['prompt', 'cached'] : ['cached']),
      ...metric('requests', requests, ['requests']),
      ...metric('running', running, ['running']),
      ...metric('busySeconds', busySeconds, ['busy']).map(inSeconds),
    ],
  };
  return { title: 'custom', families: [family], ranks: [], isLabeled: true };
}

function toMetric({ name, fits }: Selector, facts: readonly MetricFact[]): EngineMetric {
  return { name, facts, where: fits };
}

function inSeconds(metric: EngineMetric): EngineMetric {
  return { ...metric, isSeconds: true };
}

/** Parses `tokens_total{type="input"}` to a name and matchers. */
function parseSelector(text: string, where: string): Selector {
  const found = SELECTOR.exec(text.trim());
  if (found === null) throw invalidSelector(text, where);
  const matchers = parseMatchers(found[2] ?? '', text, where);
  const named = matchers.find(({ label, sign }) => label === '__name__' && sign === '=');
  const name = found[1] ?? named?.value;
  if (name === undefined) throw invalidSelector(text, where);
  return { name, fits: (labels) => matchers.every(({ fits }) => fits(labels)) };
}

function parseMatchers(inside: string, text: string, where: string) {
  const matchers = [];
  MATCHER.lastIndex = 0;
  while (MATCHER.lastIndex < inside.trimEnd().length) {
    const found = MATCHER.exec(inside);
    if (found === null) throw invalidSelector(text, where);
    const [, label = '', sign = '=', quoted = ''] = found;
    const value = quoted.slice(1, -1).replaceAll(/\\(.)/gs, (_, sign: string) => {
      return sign === 'n' ? '\n' : sign;
    });
    matchers.push({ label, sign, value, fits: toMatch({ label, sign, value }, where) });
  }
  return matchers;
}

interface Matcher {
  readonly label: string;
  readonly sign: string;
  readonly value: string;
}

/** Matches like Prometheus: an absent label is the empty text, and expressions are anchored. */
function toMatch({ label, sign, value }: Matcher, where: string) {
  const matches = sign.endsWith('~') ? toPattern(value, where) : (text: string) => text === value;
  const isPositive = !sign.startsWith('!');
  return (labels: SeriesLabels) => matches(labels[label] ?? '') === isPositive;
}

function toPattern(value: string, where: string): (text: string) => boolean {
  try {
    const pattern = new RegExp(`^(?:${value})$`, 'su');
    return (text) => pattern.test(text);
  } catch {
    throw new Failure('config', `unsupported expression ${JSON.stringify(value)}`, {
      where,
      expected: 'a plain regular expression, or = with one value',
    });
  }
}

function invalidSelector(text: string, where: string): Failure {
  return new Failure('config', `${JSON.stringify(text)} is not the selector of a single metric`, {
    where,
    expected: 'a metric name, or NAME{label="value"}',
    hint:
      'a sum or a rate hides the restarts of each process and changes between two samples; ' +
      'use the counter itself',
  });
}
