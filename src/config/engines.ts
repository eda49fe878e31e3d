/** Rejects an inference engine whose counters cannot be read, with advice. */

import { type CustomMetrics, type UsageWish, wishFault } from '../domain/usageWish.ts';
import { shown } from '../platform/wording.ts';
import { IMPORT_SOURCE_ID } from './config.ts';
import type { Fault } from './fault.ts';
import { valueAt } from './issues.ts';
import { IMPORT_KIND } from './sourceSections.ts';
import type { Tree } from './yamlTree.ts';

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
export function unreadEngines(tree: Tree): Fault[] {
  const deployments = valueAt(tree.value, ['deployments']);
  if (typeof deployments !== 'object' || deployments === null) return [];
  return Object.keys(deployments).flatMap((id) => {
    const path = ['deployments', id, 'usage'];
    const usage = valueAt(tree.value, path);
    if (typeof usage !== 'object' || usage === null) return [];
    const found = faultOf(usage, tree);
    if (found === undefined) return [];
    const at = [...path, ...found.key.split('.')];
    return [{ path: at, place: tree.placeOf(at), problem: found.problem }];
  });
}

type Usage = Readonly<Partial<Record<keyof UsageWish | 'source', unknown>>>;

function faultOf(usage: Usage, tree: Tree) {
  const { source, match, metrics } = usage;
  const engine = usage.engine;
  const kind = valueAt(tree.value, ['sources', String(source), 'kind']);
  if (source === IMPORT_SOURCE_ID || kind === IMPORT_KIND) {
    if (typeof engine !== 'string' || engine === 'vllm') return undefined;
    const files = `usage from "${String(source)}" is imported from files; remove engine`;
    return { key: 'engine', problem: `found ${shown(engine)}, expected no engine: ${files}` };
  }
  if (!READ_METRICS.includes(kind)) return undefined;
  const request: UsageWish = {
    engine: engineOfUsage(usage),
    match: mapOf(match) as UsageWish['match'],
    ...(metrics === undefined ? {} : { metrics: mapOf(metrics) as unknown as CustomMetrics }),
  };
  const fault = wishFault(request);
  if (fault === undefined) return undefined;
  const found = typeof engine === 'string' ? `found ${shown(engine)}, ` : '';
  const problem = fault.key === 'engine' ? `${found}${fault.problem}` : fault.problem;
  return { ...fault, problem };
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
