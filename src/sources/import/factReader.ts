/** How rows become facts and rejects, and which rows of one file repeat or contradict another. */

import type { Located } from '../../domain/provenance.ts';
import type { Reject } from '../../domain/reject.ts';
import { sha256Hex } from '../../platform/digest.ts';
import type { FactKind, Frame, ImportedFacts, ImportName, ReadRow } from './factKind.ts';
import { BadRow, type BrokenLine, excerptText, isBroken, type Row } from './row.ts';
import { SeenKeys } from './seenKeys.ts';

/** Judges the rows of one file, in their order. */
export class FactReader<Name extends ImportName> {
  /** Rows that say word for word what an earlier one said; they are left out and counted. */
  repeated = 0;
  readonly #kind: FactKind<Name>;
  readonly #frame: Frame;
  readonly #seen = new SeenKeys();

  constructor(kind: FactKind<Name>, frame: Frame) {
    this.#kind = kind;
    this.#frame = frame;
  }

  /** To be called once there are no more rows. */
  close(): void {
    this.#seen.close();
  }

  /** The row's fact, its reject, or nothing where it only repeats an earlier one. */
  read(
    row: Row | BrokenLine,
    further: readonly Row[] = [],
  ): { fact: Located<ImportedFacts[Name]> } | { reject: Reject } | undefined {
    if (isBroken(row)) {
      return {
        reject: { position: row.line, reason: row.problem, excerpt: excerptText(row.text) },
      };
    }
    try {
      const read = this.#kind.read(row, this.#frame, further);
      if (read === undefined) return undefined;
      const fact = this.#settle(read, row.line);
      return fact === undefined ? undefined : { fact: { position: row.line, fact } };
    } catch (error) {
      if (!(error instanceof BadRow)) throw error;
      return { reject: { position: row.line, reason: error.message, excerpt: row.excerpt() } };
    }
  }

  #settle(read: ReadRow<ImportedFacts[Name]>, line: number): ImportedFacts[Name] | undefined {
    if (read.key === undefined) return this.#identify(read);
    const earlier = this.#seen.claim(read.key, read.says, line);
    if (earlier === undefined) return read.fact;
    if (!earlier.same) {
      throw new BadRow(
        `conflicts with line ${earlier.line}, which has the same key and other values; ` +
          'keep one of the two',
      );
    }
    this.repeated += 1;
    return undefined;
  }

  /**
   * Two rows alike are two facts, not one: the second is `…#2`, in this import and in every later
   * one.
   */
  #identify(read: ReadRow<ImportedFacts[Name]>): ImportedFacts[Name] {
    const digest = sha256Hex(read.says).slice(0, 32);
    const times = this.#seen.count(`#${digest}`);
    const key = times === 1 ? digest : `${digest}#${times}`;
    return this.#kind.identified?.(read.fact, key) ?? read.fact;
  }
}
