/** Collects notes on valid rows of a file: undeclared deployments, and prices not yet in force. */

import type { Config } from '../config/config.ts';
import type { Fetched } from '../domain/provenance.ts';

/** Rows of a deployment that the config does not have; such usage is in no figure. */
export interface Undeclared {
  readonly fact: 'usage' | 'ops';
  readonly deployment: string;
  readonly rows: number;
}

export interface ImportNotes {
  /** The first ten names. */
  readonly undeclared: readonly Undeclared[];
  /** Rows of further undeclared deployments. */
  readonly undeclaredRowsNotListed: number;
  /** Prices and rates that take effect later; absent if there are none. */
  readonly notYetInForce?: { readonly rows: number; readonly latestMs: number };
}

/** Limited, because a file may name a million deployments. */
const MAX_NAMES = 10;

export interface ImportNoteCollector {
  note(facts: Omit<Fetched, 'fetch'>): void;
  watched(): ImportNotes;
}

export function collectImportNotes(
  deployments: readonly Pick<Config['deployments'][number], 'id'>[],
  nowMs: number,
): ImportNoteCollector {
  const known = new Set(deployments.map(({ id }) => id));
  const names = new Map<string, Undeclared>();
  let unlistedRows = 0;
  let later = { rows: 0, latestMs: 0 };
  const noteName = (fact: Undeclared['fact'], deployment: string | undefined) => {
    if (deployment === undefined || known.has(deployment)) return;
    const before = names.get(deployment);
    if (before === undefined && names.size >= MAX_NAMES) unlistedRows += 1;
    else names.set(deployment, { fact, deployment, rows: (before?.rows ?? 0) + 1 });
  };
  return {
    note({ usage = [], ops = [], prices = [], rates = [] }) {
      for (const { fact } of usage) noteName('usage', fact.deployment);
      for (const { fact } of ops) noteName('ops', fact.deployment);
      for (const { fact } of [...prices, ...rates]) {
        const { validFromMs: atMs } = fact;
        if (atMs > nowMs) {
          later = { rows: later.rows + 1, latestMs: Math.max(later.latestMs, atMs) };
        }
      }
    },
    watched: () => ({
      undeclared: [...names.values()],
      undeclaredRowsNotListed: unlistedRows,
      ...(later.rows === 0 ? {} : { notYetInForce: later }),
    }),
  };
}
