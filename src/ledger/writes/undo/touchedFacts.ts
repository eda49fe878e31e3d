/** Lists the facts that an import wrote or repeated, in pages, because it may have a million. */

import type { Database } from 'better-sqlite3';
import type { FactShape } from '../factShape.ts';
import type { StoredValue } from '../insert.ts';

const TABLE = `
CREATE TEMP TABLE IF NOT EXISTS undo_key (
  fact_table TEXT, fact_key TEXT, PRIMARY KEY (fact_table, fact_key)
) WITHOUT ROWID`;

const REPEATED = `
INSERT OR IGNORE INTO temp.undo_key
SELECT fact_table, fact_key FROM repeated_fact WHERE fetch_ref = ? AND fact_table = ?`;

const PAGE = `
SELECT fact_key FROM temp.undo_key WHERE fact_table = ? AND fact_key > ?
ORDER BY fact_key LIMIT 1000`;

export interface TouchedFacts {
  /** The keys of one table, each once. */
  keysOf(shape: FactShape): Generator<readonly StoredValue[]>;
  clear(): void;
}

export function createTouchedFacts(db: Database, fetchRef: number): TouchedFacts {
  db.exec(TABLE);
  const repeated = db.prepare(REPEATED);
  const page = db.prepare(PAGE).pluck();
  const collected = new Set<string>();
  const collect = (shape: FactShape) => {
    const key = shape.key.map((plan) => plan.name).join(', ');
    db.prepare(
      `INSERT OR IGNORE INTO temp.undo_key
       SELECT DISTINCT '${shape.name}', json_array(${key}) FROM ${shape.name} WHERE fetch_ref = ?`,
    ).run(fetchRef);
    repeated.run(fetchRef, shape.name);
    collected.add(shape.name);
  };
  return {
    *keysOf(shape) {
      if (!collected.has(shape.name)) collect(shape);
      for (let after = ''; ; ) {
        const keys = page.all(shape.name, after) as string[];
        for (const key of keys) yield JSON.parse(key) as StoredValue[];
        const last = keys.at(-1);
        if (last === undefined) return;
        after = last;
      }
    },
    clear: () => db.exec('DELETE FROM temp.undo_key'),
  };
}
