/** Rejects an inference engine whose counters cannot be read, with advice. */

import { type CustomMetrics, findUsageFault, type UsageSettings } from '../domain/engine.ts';
import { joinWithOr, nearestWord, quoteShort } from '../platform/text.ts';
import { IMPORT_SOURCE_ID, type SourceConfig } from './config.ts';
import type { ConfigFault, ConfigPath } from './fault.ts';
import { valueAtPath } from './schemaFaults.ts';
import { IMPORT_KIND } from './sourceSections.ts';
import type { ConfigTree } from './yamlTree.ts';
import { LOG_MATCH_KEYS } from '../domain/fileMapping.ts';
import type { SourceKind } from '../sources/source.ts';

/**
 * Returns the engine of a usage section. The default is `custom` if it lists metrics, otherwise
 * `vllm`.
 */
export function engineOfUsage(usage: { readonly engine?: unknown; readonly metrics?: unknown }) {
  const fallback = usage.metrics === undefined ? 'vllm' : 'custom';
  return typeof usage.engine === 'string' ? usage.engine : fallback;
}

/** Kinds of sources that read an engine's own metrics. */
const READ_METRICS: readonly unknown[] = ['prometheus', 'scrape'];

/**
 * Returns the faults of `usage`. An engine on a source of kind import is a fault, because it has no
 * effect.
 */
export function findEngineFaults(tree: ConfigTree): ConfigFault[] {
  const deployments = valueAtPath(tree.value, ['deployments']);
  if (typeof deployments !== 'object' || deployments === null) return [];
  return Object.keys(deployments).flatMap((id) => {
    const path = ['deployments', id, 'usage'];
    const usage = valueAtPath(tree.value, path);
    if (typeof usage !== 'object' || usage === null) return [];
    const found = faultOf(usage, tree);
    if (found === undefined) return [];
    const at = [...path, ...found.key.split('.')];
    return [{ path: at, place: tree.placeOf(at), problem: found.problem }];
  });
}

type Usage = Readonly<Partial<Record<keyof UsageSettings | 'source', unknown>>>;

function faultOf(usage: Usage, tree: ConfigTree) {
  const { source, match, metrics } = usage;
  const engine = usage.engine;
  const kind = valueAtPath(tree.value, ['sources', String(source), 'kind']);
  if (source === IMPORT_SOURCE_ID || kind === IMPORT_KIND) {
    if (typeof engine !== 'string' || engine === 'vllm') return undefined;
    const files = `usage from "${String(source)}" is imported from files; remove engine`;
    return { key: 'engine', problem: `found ${quoteShort(engine)}, expected no engine: ${files}` };
  }
  if (!READ_METRICS.includes(kind)) return undefined;
  const request: UsageSettings = {
    engine: engineOfUsage(usage),
    match: mapOf(match) as UsageSettings['match'],
    ...(metrics === undefined ? {} : { metrics: mapOf(metrics) as unknown as CustomMetrics }),
  };
  const fault = findUsageFault(request);
  if (fault === undefined) return undefined;
  const found = typeof engine === 'string' ? `found ${quoteShort(engine)}, ` : '';
  const problem = fault.key === 'engine' ? `${found}${fault.problem}` : fault.problem;
  return { ...fault, problem };
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The source kinds, and the sources that were parsed without fault. */
interface KnownSources {
  readonly kinds: readonly SourceKind[];
  readonly sources: readonly SourceConfig[];
}

/**
 * Returns the faults of `gateway`, and of a `usage` whose source is a gateway. A source of files
 * may contain access logs. Imported usage names its deployments itself, so its match has no effect.
 */
export function findGatewayFaults(tree: ConfigTree, known: KnownSources): ConfigFault[] {
  const deployments = valueAtPath(tree.value, ['deployments']);
  if (typeof deployments !== 'object' || deployments === null) return [];
  return Object.keys(deployments).flatMap((id) => [
    ...wrongGatewayKind(['deployments', id, 'gateway'], tree, known),
    ...(['gateway', 'usage'] as const).flatMap((section) =>
      unknownMatchKeys(['deployments', id, section], tree, known),
    ),
  ]);
}

function wrongGatewayKind(
  path: ConfigPath,
  tree: ConfigTree,
  { kinds }: KnownSources,
): ConfigFault[] {
  const source = valueAtPath(tree.value, [...path, 'source']);
  const name = valueAtPath(tree.value, ['sources', String(source), 'kind']);
  const kind = kinds.find((one) => one.kind === name);
  if (kind === undefined || kind.matchKeys !== undefined) return [];
  const gatewayKinds = kinds.filter((one) => one.matchKeys !== undefined).map((one) => one.kind);
  const advice = kind.provides.includes('usage')
    ? '. To measure the engine itself, name this source under usage and remove gateway'
    : '';
  const problem =
    `found ${quoteShort(String(source))} of kind ${kind.kind}, which is not a gateway; use a ` +
    `source of kind ${joinWithOr([...gatewayKinds, IMPORT_KIND])}${advice}`;
  const at = [...path, 'source'];
  return [{ path: at, place: tree.placeOf(at), problem }];
}

function unknownMatchKeys(path: ConfigPath, tree: ConfigTree, known: KnownSources): ConfigFault[] {
  const source = valueAtPath(tree.value, [...path, 'source']);
  const match = valueAtPath(tree.value, [...path, 'match']);
  if (typeof match !== 'object' || match === null) return [];
  const allowed = keysOf(String(source), path.at(-1) === 'gateway', known);
  if (allowed === undefined) return [];
  return Object.keys(match).flatMap((key) => {
    if (allowed.includes(key)) return [];
    const at = [...path, 'match', key];
    const meant = nearestWord(key, allowed);
    const remedy = meant === undefined ? '' : `; did you mean "${meant}"?`;
    const fields = `a request field of ${quoteShort(String(source))} (${allowed.join(', ')})`;
    const problem = `found ${quoteShort(key)}, expected ${fields}${remedy}`;
    return [{ path: at, place: tree.placeOf(at), problem }];
  });
}

/**
 * Returns the request fields of a source; `undefined` if they are unknown or it is not a gateway.
 */
function keysOf(source: string, isGateway: boolean, { kinds, sources }: KnownSources) {
  const config = sources.find(({ id }) => id === source);
  if (source === IMPORT_SOURCE_ID || config?.kind === IMPORT_KIND) {
    return isGateway ? LOG_MATCH_KEYS : undefined;
  }
  const kind = kinds.find((one) => one.kind === config?.kind);
  return config && kind?.matchKeys?.(config.options);
}
