/** Rejects an inference engine whose counters cannot be read, with advice. */

import { type CustomMetrics, type UsageSettings, findUsageFault } from '../domain/usageWish.ts';
import { quoteShort } from '../platform/wording.ts';
import { IMPORT_SOURCE_ID } from './config.ts';
import type { ConfigFault } from './fault.ts';
import { valueAtPath } from './issues.ts';
import { IMPORT_KIND } from './sourceSections.ts';
import type { ConfigTree } from './yamlTree.ts';

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
