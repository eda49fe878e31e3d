/** Warns about deployments in the facts that the config does not have, often typos. */

import { add, type Exact, exact, ZERO } from '../domain/exact.ts';
import { sixPlaces } from '../domain/figures.ts';
import type { OpsEntry } from '../domain/provenance.ts';
import { HOUR_MS } from '../domain/period.ts';
import type { Warning } from '../economics/warning.ts';

/** Usage of an unknown deployment is in no figure; its hours count for the whole stack. */
export function unknownDeploymentWarnings(
  known: ReadonlySet<string>,
  facts: { readonly served: readonly string[]; readonly hours: readonly OpsEntry[] },
): Warning[] {
  const unused = facts.served.filter((name) => !known.has(name));
  const usage = unused.map((name) => ({ code: 'usage-of-unknown-deployment', name }) as const);
  return [...usage, ...hoursNotes(known, facts.hours)];
}

function hoursNotes(known: ReadonlySet<string>, entries: readonly OpsEntry[]): Warning[] {
  const byName = new Map<string, Exact>();
  for (const { deployment, workedMs } of entries) {
    if (deployment === undefined || known.has(deployment)) continue;
    const hours = exact(BigInt(workedMs), BigInt(HOUR_MS));
    byName.set(deployment, add(byName.get(deployment) ?? ZERO, hours));
  }
  return [...byName].map(([name, hours]) => ({
    code: 'hours-of-unknown-deployment',
    name,
    hours: sixPlaces(hours),
  }));
}
