/** A row of a file before anyone has judged it: cells by column, and what a bad one says. */

import { shortText } from '../../platform/json.ts';

/** Cells as text; an empty cell, a missing column and a JSON null are all `''`. */
export interface Row {
  readonly line: number;
  cell(column: string): string;
  /** Cells of columns that rentcheck does not know, the empty ones left out. */
  extras(): Readonly<Record<string, string>> | undefined;
  /** The row as it came, on one line of at most 500 characters. */
  excerpt(): string;
}

/** A line that is not even a row. */
export interface BrokenLine {
  readonly line: number;
  readonly problem: string;
  readonly text: string;
}

export function isBroken(row: Row | BrokenLine): row is BrokenLine {
  return 'problem' in row;
}

/** Thrown inside a row and caught around it: it becomes a reject, never a failure. */
export class BadRow extends Error {
  override readonly name = 'BadRow';
}

/** A row's text cut to what a reject keeps. */
export function excerptText(text: string): string {
  return shortText(text, 499);
}
