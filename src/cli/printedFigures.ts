/** Renders figures that may be unknown. */

import { decimal, type Exact } from '../domain/exact.ts';
import { dollars, percent, UNKNOWN } from '../report/format.ts';
import { type Reader, TERMINAL } from '../report/locale.ts';

export function known(
  figure: string | null,
  print: (figure: Exact, reader: Reader) => string,
): string {
  return figure === null ? UNKNOWN : print(decimal(figure), TERMINAL);
}

export function usd(figure: string | null): string {
  return known(figure, dollars);
}

export function share(figure: string | null): string {
  return known(figure, percent);
}
