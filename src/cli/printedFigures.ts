/** Renders figures that may be unknown. */

import { decimal, type Exact } from '../domain/exact.ts';
import { dollars, percent, UNKNOWN } from '../report/format.ts';
import { type Reader, TERMINAL_READER } from '../report/locale.ts';

export function formatIfKnown(
  figure: Exact | string | null | undefined,
  print: (figure: Exact, reader: Reader) => string,
): string {
  if (figure === null || figure === undefined) return UNKNOWN;
  return print(typeof figure === 'string' ? decimal(figure) : figure, TERMINAL_READER);
}

export function formatUsd(figure: string | null): string {
  return formatIfKnown(figure, dollars);
}

export function formatShare(figure: string | null): string {
  return formatIfKnown(figure, percent);
}
