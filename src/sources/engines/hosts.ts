/**
 * Finds the entries that are one server process, since it reports each model that it serves
 * separately.
 */

import type { EngineMetrics } from './engine.ts';
import { toHostKey } from './identity.ts';
import type { ServerProcess } from './processes.ts';
import { numberAt, hasInstant } from './samples.ts';
import { findPods } from './twins.ts';

/**
 * The indexes of the entries of each process, in order. Two models at one address belong to one
 * process if the same scrapes contain both. Servers whose address label is only that of their
 * machine are scraped at different times. Two pods are never one process, and neither are two
 * entries of one model.
 */
export function groupByHost(
  processes: readonly ServerProcess[],
  { record }: EngineMetrics,
): number[][] {
  const hosts: number[][] = [];
  const byKey = new Map<string, Set<number[]>>();
  for (const [index, process] of processes.entries()) {
    const keys = new Set(process.scrapedAs.map((labels) => toHostKey(labels, record.modelLabel)));
    const candidates = [...keys].flatMap((key) => [...(byKey.get(key) ?? [])]);
    const model = modelOf(process, record.modelLabel);
    const found = candidates.find((host) =>
      host.every((member) => {
        const other = processes[member] ?? process;
        return modelOf(other, record.modelLabel) !== model && isSameHost(other, process);
      }),
    );
    const host = found ?? [];
    if (found === undefined) hosts.push(host);
    host.push(index);
    for (const key of keys) byKey.set(key, (byKey.get(key) ?? new Set()).add(host));
  }
  return hosts;
}

function modelOf({ scrapedAs }: ServerProcess, modelLabel = 'model_name'): string | undefined {
  return scrapedAs[0]?.[modelLabel];
}

function isSameHost(a: ServerProcess, b: ServerProcess): boolean {
  const [pods, others] = [findPods(a), findPods(b)];
  const inOtherPods = pods.size > 0 && others.size > 0 && pods.isDisjointFrom(others);
  return !inOtherPods && scrapedTogether(a.timesMs, b.timesMs);
}

/** Whether the two share most scrapes of the less often scraped one, while both were seen. */
function scrapedTogether(a: Float64Array, b: Float64Array): boolean {
  const fromMs = Math.max(numberAt(a, 0), numberAt(b, 0));
  const toMs = Math.min(numberAt(a, a.length - 1), numberAt(b, b.length - 1));
  const [one, other] = [a, b].map((times) =>
    times.filter((atMs) => atMs >= fromMs && atMs <= toMs),
  );
  if (one === undefined || other === undefined) return false;
  const shared = one.filter((atMs) => hasInstant(other, atMs)).length;
  return shared > 0 && shared * 2 >= Math.min(one.length, other.length);
}
