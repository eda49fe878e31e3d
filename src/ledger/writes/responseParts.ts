/** Tracks responses in parts, such as the pages of a bill: the charges of all parts so far. */

import type { Database } from 'better-sqlite3';
import type { Fetched } from '../../domain/provenance.ts';
import { prepareQuery } from '../statement.ts';

/** Consecutive parts without a gap. */
export interface ResponseParts {
  /** Whether a part contains the charge that this fetch wrote. */
  hasCharge(key: string, fetchRef: number): boolean;
  /** The number of charges, and the sum of their absolute amounts in nano-dollars. */
  readonly chargeCount: number;
  readonly chargedSize: bigint;
}

export interface PartTracker {
  /**
   * The parts before this one. Returns `undefined` if the response has no parts, or if an earlier
   * part is missing.
   */
  before(fetched: Fetched): ResponseParts | undefined;
  /** Adds a written response, with the keys that were known before. */
  add(fetched: Fetched, fetchRef: number, known: readonly string[]): void;
}

interface OpenWhole {
  readonly name: string;
  readonly refs: Set<number>;
  parts: number;
  chargeCount: number;
  chargedSize: bigint;
}

/** On disk, however long a bill is. Charges that a part added carry its fetch. */
const TABLE = `
CREATE TEMP TABLE IF NOT EXISTS response_charge (
  source_id TEXT, charge_key TEXT, PRIMARY KEY (source_id, charge_key)
) WITHOUT ROWID`;

/** A source sends one whole after the other. A new one ends an unfinished one. */
export function createPartTracker(db: Database): PartTracker {
  db.exec(TABLE);
  const insertKey = db.prepare('INSERT OR IGNORE INTO temp.response_charge VALUES (?, ?)');
  const has = prepareQuery<1>(
    db,
    'SELECT 1 FROM temp.response_charge WHERE source_id = ? AND charge_key = ?',
  );
  const remove = db.prepare('DELETE FROM temp.response_charge WHERE source_id = ?');
  const open = new Map<string, OpenWhole>();
  const drop = (sourceId: string) => {
    remove.run(sourceId);
    open.delete(sourceId);
  };
  const findOpen = ({ fetch: { sourceId }, partOf }: Fetched): OpenWhole | undefined => {
    if (partOf === undefined) return undefined;
    const whole = open.get(sourceId);
    if (whole?.name === partOf.whole && whole.parts === partOf.index) return whole;
    drop(sourceId);
    if (partOf.index > 0) return undefined;
    const created = {
      name: partOf.whole,
      refs: new Set<number>(),
      parts: 0,
      chargeCount: 0,
      chargedSize: 0n,
    };
    open.set(sourceId, created);
    return created;
  };
  return {
    before(fetched) {
      const whole = findOpen(fetched);
      if (whole === undefined) return undefined;
      const { sourceId } = fetched.fetch;
      return {
        chargeCount: whole.chargeCount,
        chargedSize: whole.chargedSize,
        hasCharge: (key, ref) => whole.refs.has(ref) || has.get(sourceId, key) !== undefined,
      };
    },
    add({ fetch: { sourceId, failure }, charges = [], completeFor, partOf }, fetchRef, known) {
      const whole = open.get(sourceId);
      if (partOf === undefined || whole === undefined) return;
      if (failure !== undefined || completeFor !== undefined) return drop(sourceId);
      whole.refs.add(fetchRef);
      whole.parts += 1;
      whole.chargeCount += charges.length;
      for (const { fact } of charges) whole.chargedSize += absoluteAmount(fact.billed);
      for (const key of known) insertKey.run(sourceId, key);
    },
  };
}

/** The absolute amount in nano-dollars, so that credits count by their size. */
export function absoluteAmount(nanoUsd: bigint): bigint {
  return nanoUsd < 0n ? -nanoUsd : nanoUsd;
}
