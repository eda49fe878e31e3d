/** Knows which names in the facts the config does not: often a slip of the pen. */

import { add, type Exact, exact, toDecimal, ZERO } from '../domain/exact.ts';
import type { OpsEntry } from '../domain/ops.ts';
import { HOUR_MS } from '../domain/period.ts';

/**
 * Sentences for a reader: usage under such a name is in no figure, hours under it count for the
 * whole stack.
 */
export function strangerNotes(
  known: ReadonlySet<string>,
  facts: { readonly served: readonly string[]; readonly hours: readonly OpsEntry[] },
): string[] {
  const unused = facts.served.filter((name) => !known.has(name));
  const usage = unused.map(
    (name) =>
      `There is usage of "${name}", a deployment that the config does not name: it is in no ` +
      'figure. Add it to deployments, or import it again under the right name.',
  );
  return [...usage, ...hoursNotes(known, facts.hours)];
}

function hoursNotes(known: ReadonlySet<string>, entries: readonly OpsEntry[]): string[] {
  const byName = new Map<string, Exact>();
  for (const { deployment, workedMs } of entries) {
    if (deployment === undefined || known.has(deployment)) continue;
    const hours = exact(BigInt(workedMs), BigInt(HOUR_MS));
    byName.set(deployment, add(byName.get(deployment) ?? ZERO, hours));
  }
  return [...byName].map(
    ([name, hours]) =>
      `The ops log has ${toDecimal(hours, 2)} hours for "${name}", a deployment that the config ` +
      'does not name: they count for the whole stack.',
  );
}
