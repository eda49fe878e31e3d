/** Which of the processes told are one: a server process tells of each model that it serves. */

import type { Engine } from './engine.ts';
import { hostKeyOf } from './identity.ts';
import type { ServerProcess } from './processes.ts';
import { at, holdsInstant } from './samples.ts';
import { podsOf } from './twins.ts';

/**
 * The indexes of what each process tells, in order. Two models at one address are of one process
 * where one scrape tells of both: servers that share an address by name alone (`instance` may be
 * that of their machine) are scraped each at moments of its own. Two pods never are, nor are two
 * processes of one model.
 */
export function hostsOf(told: readonly ServerProcess[], { record }: Engine): number[][] {
  const hosts: number[][] = [];
  const byKey = new Map<string, Set<number[]>>();
  for (const [index, process] of told.entries()) {
    const keys = new Set(process.scrapedAs.map((labels) => hostKeyOf(labels, record.modelLabel)));
    const near = [...keys].flatMap((key) => [...(byKey.get(key) ?? [])]);
    const model = modelOf(process, record.modelLabel);
    const found = near.find((host) =>
      host.every((member) => {
        const other = told[member] ?? process;
        return modelOf(other, record.modelLabel) !== model && isOneHost(other, process);
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

function isOneHost(a: ServerProcess, b: ServerProcess): boolean {
  const [pods, others] = [podsOf(a), podsOf(b)];
  const areTwo = pods.size > 0 && others.size > 0 && pods.isDisjointFrom(others);
  return !areTwo && scrapedTogether(a.timesMs, b.timesMs);
}

/** While both were seen, do they share most scrapes of the one that was scraped less? */
function scrapedTogether(a: Float64Array, b: Float64Array): boolean {
  const fromMs = Math.max(at(a, 0), at(b, 0));
  const toMs = Math.min(at(a, a.length - 1), at(b, b.length - 1));
  const [one, other] = [a, b].map((all) => all.filter((atMs) => atMs >= fromMs && atMs <= toMs));
  if (one === undefined || other === undefined) return false;
  const shared = one.filter((atMs) => holdsInstant(other, atMs)).length;
  return shared > 0 && shared * 2 >= Math.min(one.length, other.length);
}
