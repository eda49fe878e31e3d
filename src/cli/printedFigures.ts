/** Renders figures that may be unknown. */

import { decimal, type Exact } from '../domain/exact.ts';
import { dollars, percent, UNKNOWN } from '../report/format.ts';
import { type Reader, TERMINAL_READER } from '../report/locale.ts';

export function formatIfKnown(
  figure: string | null,
  print: (figure: Exact, reader: Reader) => string,
): string {
  return figure === null ? UNKNOWN : print(decimal(figure), TERMINAL_READER);
}

export function formatUsd(figure: string | null): string {
  return formatIfKnown(figure, dollars);
}

export function formatShare(figure: string | null): string {
  return formatIfKnown(figure, percent);
}
