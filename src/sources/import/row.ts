/** A row of a file before it is parsed: cells by column, and its text for a reject. */

import { shortText } from '../../platform/json.ts';

/** Cells as text. An empty cell, a missing column and a JSON null are all `''`. */
export interface FileRow {
  readonly line: number;
  cell(column: string): string;
  /** Non-empty cells of unknown columns. */
  extras(): Readonly<Record<string, string>> | undefined;
  /** The original row, on one line of at most 500 characters. */
  excerpt(): string;
}

/** A line that is not a row. */
export interface BrokenLine {
  readonly line: number;
  readonly problem: string;
  readonly text: string;
}

export function isBroken(row: FileRow | BrokenLine): row is BrokenLine {
  return 'problem' in row;
}

/** Thrown while a row is read. It becomes a reject, never a failure. */
export class RowFault extends Error {
  override readonly name = 'BadRow';
}

/** A row's text, shortened for a reject. */
export function excerptText(text: string): string {
  return shortText(text, 499);
}
