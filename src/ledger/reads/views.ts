/** Knows which views the ledger offers and what one row of each is. */

import { asc } from '../drizzle.ts';
import type { Store } from '../store.ts';
import { ledgerViews } from '../tables/migration.ts';

export function readViewList({ orm }: Store): { name: string; grain: string }[] {
  return orm
    .select({ name: ledgerViews.name, grain: ledgerViews.grain })
    .from(ledgerViews)
    .orderBy(asc(ledgerViews.name))
    .all();
}
