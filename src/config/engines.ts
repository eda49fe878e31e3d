/** Refuses an inference engine whose counters cannot be read, and says what to do instead. */

import { type CustomMetrics, type UsageWish, wishFault } from '../domain/usageWish.ts';
import { shown } from '../platform/wording.ts';
import { IMPORT_SOURCE_ID } from './config.ts';
import type { Fault } from './fault.ts';
import { valueAt } from './issues.ts';
import { IMPORT_KIND } from './sourceSections.ts';
import type { Tree } from './yamlTree.ts';

/** The engine of a usage that names none: a user's own where metrics are named, else vLLM. */
export function engineOfUsage(usage: { readonly engine?: unknown; readonly metrics?: unknown }) {
  const fallback = usage.metrics === undefined ? 'vllm' : 'custom';
  return typeof usage.engine === 'string' ? usage.engine : fallback;
}

/** Kinds of sources that read an engine's own metrics. */
const READ_METRICS: readonly unknown[] = ['prometheus', 'scrape'];

/** Faults of `usage`; an engine means nothing on a source of kind import, and that is said. */
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
  const told = usage.engine;
  const kind = valueAt(tree.value, ['sources', String(source), 'kind']);
  if (source === IMPORT_SOURCE_ID || kind === IMPORT_KIND) {
    if (typeof told !== 'string' || told === 'vllm') return undefined;
    const files = `usage from "${String(source)}" is imported from files; remove engine`;
    return { key: 'engine', problem: `found ${shown(told)}, expected no engine: ${files}` };
  }
  if (!READ_METRICS.includes(kind)) return undefined;
  const wish: UsageWish = {
    engine: engineOfUsage(usage),
    match: mapOf(match) as UsageWish['match'],
    ...(metrics === undefined ? {} : { metrics: mapOf(metrics) as unknown as CustomMetrics }),
  };
  const fault = wishFault(wish);
  if (fault === undefined) return undefined;
  const found = typeof told === 'string' ? `found ${shown(told)}, ` : '';
  const problem = fault.key === 'engine' ? `${found}${fault.problem}` : fault.problem;
  return { ...fault, problem };
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
