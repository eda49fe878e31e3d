/** Answers in parts, such as the pages of a bill: what the parts of a whole have told so far. */

import type { Database } from 'better-sqlite3';
import type { Fetched } from '../../domain/provenance.ts';

/** Parts that follow one another without a gap. */
export interface Whole {
  /** Whether one of its parts has told the charge that this fetch wrote. */
  tells(key: string, fetchRef: number): boolean;
  /** How many charges were told, and their dollars by nano, credits by their size. */
  readonly told: number;
  readonly toldSize: bigint;
}

export interface Wholes {
  /**
   * The whole that an answer is a part of, with what its earlier parts told; `undefined` where the
   * answer is none, or where a part before it never came.
   */
  before(fetched: Fetched): Whole | undefined;
  /** Adds the answer, once it is written, with the keys that it found known. */
  add(fetched: Fetched, fetchRef: number, known: readonly string[]): void;
}

interface OpenWhole {
  readonly name: string;
  readonly refs: Set<number>;
  parts: number;
  told: number;
  toldSize: bigint;
}

/** On disk and not in memory, however long a bill is. What a part added carries its fetch. */
const TABLE = `
CREATE TEMP TABLE IF NOT EXISTS told_charge (
  source_id TEXT, charge_key TEXT, PRIMARY KEY (source_id, charge_key)
) WITHOUT ROWID`;

/** A source tells one whole after the other: the next one ends what was never finished. */
export function createWholes(db: Database): Wholes {
  db.exec(TABLE);
  const note = db.prepare('INSERT OR IGNORE INTO temp.told_charge VALUES (?, ?)');
  const has = db.prepare('SELECT 1 FROM temp.told_charge WHERE source_id = ? AND charge_key = ?');
  const remove = db.prepare('DELETE FROM temp.told_charge WHERE source_id = ?');
  const open = new Map<string, OpenWhole>();
  const drop = (sourceId: string) => {
    remove.run(sourceId);
    open.delete(sourceId);
  };
  const openOf = ({ fetch: { sourceId }, partOf }: Fetched): OpenWhole | undefined => {
    if (partOf === undefined) return undefined;
    const whole = open.get(sourceId);
    if (whole?.name === partOf.whole && whole.parts === partOf.index) return whole;
    drop(sourceId);
    if (partOf.index > 0) return undefined;
    const fresh = { name: partOf.whole, refs: new Set<number>(), parts: 0, told: 0, toldSize: 0n };
    open.set(sourceId, fresh);
    return fresh;
  };
  return {
    before(fetched) {
      const whole = openOf(fetched);
      if (whole === undefined) return undefined;
      const { sourceId } = fetched.fetch;
      return {
        told: whole.told,
        toldSize: whole.toldSize,
        tells: (key, ref) => whole.refs.has(ref) || has.get(sourceId, key) !== undefined,
      };
    },
    add({ fetch: { sourceId, failure }, charges = [], completeFor, partOf }, fetchRef, known) {
      const whole = open.get(sourceId);
      if (partOf === undefined || whole === undefined) return;
      if (failure !== undefined || completeFor !== undefined) return drop(sourceId);
      whole.refs.add(fetchRef);
      whole.parts += 1;
      whole.told += charges.length;
      for (const { fact } of charges) whole.toldSize += sizeOf(fact.billed);
      for (const key of known) note.run(sourceId, key);
    },
  };
}

/** Dollars by nano, credits by their size. */
export function sizeOf(nanoUsd: bigint): bigint {
  return nanoUsd < 0n ? -nanoUsd : nanoUsd;
}
