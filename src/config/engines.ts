/** Refuses an inference engine whose counters cannot be read, and says what to do instead. */

import { shown } from '../platform/wording.ts';
import { IMPORT_SOURCE_ID } from './config.ts';
import type { Fault } from './fault.ts';
import { valueAt } from './issues.ts';
import { IMPORT_KIND } from './sourceSections.ts';
import type { Tree } from './yamlTree.ts';

/** The one engine whose metrics rentcheck reads. */
export const VLLM = 'vllm';

/** Faults of `usage.engine`; on a source of kind import it means nothing, and is said so. */
export function unreadEngines(tree: Tree): Fault[] {
  const deployments = valueAt(tree.value, ['deployments']);
  if (typeof deployments !== 'object' || deployments === null) return [];
  return Object.keys(deployments).flatMap((id) => {
    const usage = ['deployments', id, 'usage'];
    const path = [...usage, 'engine'];
    const engine = valueAt(tree.value, path);
    if (typeof engine !== 'string' || engine === VLLM) return [];
    const source = valueAt(tree.value, [...usage, 'source']);
    return [{ path, place: tree.placeOf(path), problem: problemOf(engine, source, tree) }];
  });
}

function problemOf(engine: string, source: unknown, tree: Tree): string {
  const found = `found ${shown(engine)}, expected`;
  const kind = valueAt(tree.value, ['sources', String(source), 'kind']);
  if (source === IMPORT_SOURCE_ID || kind === IMPORT_KIND) {
    return `${found} no engine: the usage of "${String(source)}" comes from files; remove engine`;
  }
  return (
    `${found} ${VLLM}, the only engine whose metrics are read; bring the usage of another one ` +
    `as a file: usage: { source: ${IMPORT_SOURCE_ID} }, then rentcheck import usage FILE`
  );
}
