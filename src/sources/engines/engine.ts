/** Describes how a deployment's engine metrics are read: their names, and what they mean. */

import { Failure } from '../../domain/failure.ts';
import { LATENCY_MEASURES } from '../../domain/usageFacts.ts';
import { engineNamed, type RoleWish, wishFault } from '../../domain/usageWish.ts';
import type { UsageTarget } from '../source.ts';
import { type Attribution, attributionLabels } from './attribution.ts';
import { customRecord } from './custom.ts';
import { isOfPlace } from './identity.ts';
import type { CountedFact, EngineRecord, Fact, Metric } from './record.ts';
import type { Labels } from './samples.ts';
import { RECORDS } from './table.ts';

export const PROCESS_START = 'process_start_time_seconds';

/** A metric under one of its full names. */
export interface Named {
  readonly family: string;
  /** The prefix of the engine's metric names, such as `vllm:`. */
  readonly spelling: string;
  readonly metric: Metric;
}

export interface Engine {
  readonly record: EngineRecord;
  /** Metrics by full name. One name has several if labels distinguish them. */
  readonly names: ReadonlyMap<string, readonly Named[]>;
  /** Labels that distinguish series of one process. */
  readonly within: ReadonlySet<string>;
  readonly role?: RoleWish;
  readonly attribution: Attribution;
}

/** The facts of one series. */
export interface Meaning extends Named {
  readonly facts: readonly Fact[];
}

/**
 * The engine that a deployment names, with the additions of its config.
 * @throws {Failure} `config` for an engine that cannot be read, with a hint.
 */
export function engineOf(target: UsageTarget): Engine {
  const fault = wishFault(target);
  const name = engineNamed(target.engine);
  const where = `deployments.${target.deployment}.usage`;
  if (fault !== undefined || name === undefined) {
    const { key = 'engine', problem = 'is unknown' } = fault ?? {};
    throw new Failure('config', `engine ${target.engine}: ${problem}`, {
      where: `${where}.${key}`,
      expected: 'an engine with metrics that rentcheck can read',
    });
  }
  const { metrics } = target;
  const record = name === 'custom' ? customRecord(metrics, where) : RECORDS[name];
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

function innerLabels(record: EngineRecord, attribution: Attribution): ReadonlySet<string> {
  const { ranks, copies = [], parts = [], roleLabels = [] } = record;
  const attributed = attributionLabels(attribution).filter((label) => !isOfPlace(label));
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

function metricsByName({ families }: EngineRecord): ReadonlyMap<string, readonly Named[]> {
  const names = new Map<string, Named[]>();
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
export function metricNames(engine: Engine): string[] {
  return [...new Set([...engine.names.keys(), ...latencyProbes(engine), PROCESS_START])];
}

/** One histogram series per spelling. If it exists, its buckets do too. */
export function latencyProbes({ record: { families } }: Engine): string[] {
  return families.flatMap(({ spellings, latency = {} }) => {
    const [probe] = LATENCY_MEASURES.flatMap((measure) => latency[measure] ?? []);
    return probe === undefined ? [] : spellings.map((spelling) => `${spelling}${probe}_count`);
  });
}

/** The facts of a series in this engine; `undefined` if none of them is read. */
export function meaningOf({ names }: Engine, labels: Labels): Meaning | undefined {
  for (const named of names.get(labels['__name__'] ?? '') ?? []) {
    if (!isRead(named.metric, labels)) continue;
    const { tells } = named.metric;
    const facts = 'label' in tells ? tells.values[labels[tells.label] ?? ''] : tells;
    if (facts !== undefined && facts.length > 0) return { ...named, facts };
  }
  return undefined;
}

function isRead({ onlyWith, unless, onlyWhere, where }: Metric, labels: Labels): boolean {
  if (onlyWith !== undefined && labels[onlyWith] === undefined) return false;
  if (unless?.values.includes(labels[unless.label] ?? '') === true) return false;
  if (onlyWhere !== undefined && !onlyWhere.values.includes(labels[onlyWhere.label] ?? '')) {
    return false;
  }
  return where?.(labels) ?? true;
}

const GAUGES: readonly Fact[] = ['running', 'created', 'processStart'];

export function isCounted(fact: Fact): fact is CountedFact {
  return !GAUGES.includes(fact);
}

/** Whether the metric counts whole units, such as tokens or requests. */
export function countsWhole({ names }: Engine, name: string): boolean {
  return (names.get(name) ?? []).some(({ metric }) => {
    const { tells, isSeconds } = metric;
    const facts = 'label' in tells ? Object.values(tells.values).flat() : tells;
    return isSeconds !== true && facts.some(isCounted);
  });
}

/** The full name of a fact's metric in a spelling, for messages. */
export function factName({ names }: Engine, spelling: string, fact: CountedFact): string {
  for (const [name, several] of names) {
    const found = several.some(
      ({ spelling: each, metric: { tells } }) =>
        each === spelling && !('label' in tells) && tells.includes(fact),
    );
    if (found) return name;
  }
  return `${spelling}${fact}`;
}
