/**
 * Converts rows to facts and rejects, and finds rows of one file that repeat or contradict another.
 */

import type { Located } from '../../domain/provenance.ts';
import type { Reject } from '../../domain/reject.ts';
import { sha256Hex } from '../../platform/digest.ts';
import type { FactKind, ReadContext, ImportedFacts, ImportName, ReadRow } from './factKind.ts';
import { RowFault, type BrokenLine, excerptText, isBroken, type FileRow } from './row.ts';
import { SeenKeys } from './seenKeys.ts';

/** Reads the rows of one file in order. */
export class FactReader<Name extends ImportName> {
  /** The number of rows that repeat an earlier row exactly. They are left out. */
  repeated = 0;
  readonly #kind: FactKind<Name>;
  readonly #frame: ReadContext;
  readonly #seen = new SeenKeys();

  constructor(kind: FactKind<Name>, frame: ReadContext) {
    this.#kind = kind;
    this.#frame = frame;
  }

  /** Frees the stored keys. To be called after the last row. */
  close(): void {
    this.#seen.close();
  }

  /** The row's fact or its reject; `undefined` if it is not selected or repeats an earlier row. */
  read(
    row: FileRow | BrokenLine,
    further: readonly FileRow[] = [],
  ): { fact: Located<ImportedFacts[Name]> } | { reject: Reject } | undefined {
    if (isBroken(row)) {
      return {
        reject: { position: row.line, reason: row.problem, excerpt: excerptText(row.text) },
      };
    }
    try {
      const read = this.#kind.read(row, this.#frame, further);
      if (read === undefined) return undefined;
      const fact = this.#resolve(read, row.line);
      return fact === undefined ? undefined : { fact: { position: row.line, fact } };
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
      return { reject: { position: row.line, reason: error.message, excerpt: row.excerpt() } };
    }
  }

  #resolve(read: ReadRow<ImportedFacts[Name]>, line: number): ImportedFacts[Name] | undefined {
    if (read.key === undefined) return this.#identify(read);
    const earlier = this.#seen.claim(read.key, read.values, line);
    if (earlier === undefined) return read.fact;
    if (!earlier.isSame) {
      throw new RowFault(
        `conflicts with line ${earlier.line}, which has the same key and other values; ` +
          'keep one of the two',
      );
    }
    this.repeated += 1;
    return undefined;
  }

  /**
   * Two equal rows are two facts. The second one's key ends in `#2`, in this import and in every
   * later one.
   */
  #identify(read: ReadRow<ImportedFacts[Name]>): ImportedFacts[Name] {
    const digest = sha256Hex(read.values).slice(0, 32);
    const times = this.#seen.count(`#${digest}`);
    const key = times === 1 ? digest : `${digest}#${times}`;
    return this.#kind.identified?.(read.fact, key) ?? read.fact;
  }
}
