/** Rules for how usage is measured: the engine, the gateway, and what selects their numbers. */

import { type CustomMetrics, findUsageFault, type UsageSettings } from '../domain/engine.ts';
import { LOG_MATCH_KEYS } from '../domain/fileMapping.ts';
import { joinWithOr, nearestWord, quoteShort } from '../platform/text.ts';
import type { SourceKind } from '../sources/source.ts';
import { engineOfUsage } from './deploymentSchema.ts';
import { IMPORT_KIND, IMPORT_SOURCE_ID } from './ids.ts';
import { findValues, type FoundValue, isSection, valueAtPath } from './paths.ts';
import type { Problem, Root } from './rules.ts';
import type { SourceConfig } from './sourceSections.ts';

/** The source kinds, and the sources that were parsed without fault. */
export interface KnownSources {
  readonly kinds: readonly SourceKind[];
  readonly sources: readonly SourceConfig[];
}

/** Returns the problems of every `usage` and `gateway`. */
export function findUsageProblems(root: Root, known: KnownSources): Problem[] {
  return [...engineProblems(root), ...gatewayProblems(root, known)];
}

/** Kinds of sources that read an engine's own metrics. */
const READ_METRICS: readonly unknown[] = ['prometheus', 'scrape'];

/**
 * An inference engine whose counters cannot be read; also any engine on a source of kind import,
 * because it has no effect.
 */
function engineProblems(root: Root): Problem[] {
  return findValues(root, 'deployments.*.usage').flatMap(({ path, value }) => {
    if (!isSection(value)) return [];
    const found = engineProblem(value, root);
    return found === undefined
      ? []
      : [{ path: [...path, ...found.key.split('.')], problem: found.problem }];
  });
}

function engineProblem(usage: Root, root: Root): { key: string; problem: string } | undefined {
  const { source, match, metrics, engine } = usage;
  if (typeof source !== 'string') return undefined;
  const kind = valueAtPath(root, ['sources', source, 'kind']);
  if (source === IMPORT_SOURCE_ID || kind === IMPORT_KIND) {
    if (typeof engine !== 'string' || engine === 'vllm') return undefined;
    const files = `usage from "${source}" is imported from files; remove engine`;
    return { key: 'engine', problem: `found ${quoteShort(engine)}, expected no engine: ${files}` };
  }
  if (!READ_METRICS.includes(kind)) return undefined;
  const settings: UsageSettings = {
    engine: engineOfUsage(usage),
    match: (isSection(match) ? match : {}) as UsageSettings['match'],
    ...(metrics === undefined
      ? {}
      : { metrics: (isSection(metrics) ? metrics : {}) as unknown as CustomMetrics }),
  };
  const fault = findUsageFault(settings);
  if (fault?.key !== 'engine' || typeof engine !== 'string') return fault;
  return { key: fault.key, problem: `found ${quoteShort(engine)}, ${fault.problem}` };
}

/**
 * A `gateway` of another kind of source, and a `match` by fields that a gateway does not report. A
 * source of files may contain access logs. Imported usage names its deployments itself, so its
 * match has no effect.
 */
function gatewayProblems(root: Root, known: KnownSources): Problem[] {
  return [
    ...findValues(root, 'deployments.*.gateway.source').flatMap(({ path, value }) => {
      const problem = typeof value === 'string' && wrongGatewayKind(value, root, known);
      return problem ? [{ path, problem }] : [];
    }),
    ...(['gateway', 'usage'] as const).flatMap((section) =>
      findValues(root, `deployments.*.${section}`).flatMap(({ path, value }) =>
        unknownMatchKeys({ path, value }, known),
      ),
    ),
  ];
}

function wrongGatewayKind(source: string, root: Root, { kinds }: KnownSources) {
  const name = valueAtPath(root, ['sources', source, 'kind']);
  const kind = kinds.find((one) => one.kind === name);
  if (kind === undefined || kind.matchKeys !== undefined) return undefined;
  const gatewayKinds = kinds.filter((one) => one.matchKeys !== undefined).map((one) => one.kind);
  const advice = kind.provides.includes('usage')
    ? '. To measure the engine itself, name this source under usage and remove gateway'
    : '';
  return (
    `found ${quoteShort(source)} of kind ${kind.kind}, which is not a gateway; use a ` +
    `source of kind ${joinWithOr([...gatewayKinds, IMPORT_KIND])}${advice}`
  );
}

function unknownMatchKeys({ path, value }: FoundValue, known: KnownSources): Problem[] {
  const source = valueAtPath(value, ['source']);
  if (typeof source !== 'string' || !isSection(valueAtPath(value, ['match']))) return [];
  const allowed = requestFields(source, path.at(-1) === 'gateway', known);
  if (allowed === undefined) return [];
  return findValues(value, 'match.*').flatMap(({ path: inner }) => {
    const key = String(inner.at(-1));
    if (allowed.includes(key)) return [];
    const meant = nearestWord(key, allowed);
    const remedy = meant === undefined ? '' : `; did you mean "${meant}"?`;
    const fields = `a request field of ${quoteShort(source)} (${allowed.join(', ')})`;
    const problem = `found ${quoteShort(key)}, expected ${fields}${remedy}`;
    return [{ path: [...path, ...inner], problem }];
  });
}

/**
 * Returns the request fields of a source; `undefined` if they are unknown or it is not a gateway.
 */
function requestFields(source: string, isGateway: boolean, { kinds, sources }: KnownSources) {
  const config = sources.find(({ id }) => id === source);
  if (source === IMPORT_SOURCE_ID || config?.kind === IMPORT_KIND) {
    return isGateway ? LOG_MATCH_KEYS : undefined;
  }
  const kind = kinds.find((one) => one.kind === config?.kind);
  return config && kind?.matchKeys?.(config.options);
}
