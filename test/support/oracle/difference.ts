/** How a mismatch between a required and a computed figure is reported. */

import type { Exact } from '../../../src/domain/exact.ts';
import { Fraction } from './fraction.ts';

/** A figure by name, with the required and the computed value, both as text. */
export interface Difference {
  readonly figure: string;
  readonly wanted: string;
  readonly found: string;
}

export type Figures = Readonly<Record<string, readonly [wanted: unknown, found: unknown]>>;

export function unequal(room: string, figures: Figures): Difference[] {
  return Object.entries(figures).flatMap(([name, [wanted, found]]) => {
    const [a, b] = [text(wanted), text(found)];
    return a === b ? [] : [{ figure: `${room} ${name}`, wanted: a, found: b }];
  });
}

export function text(value: unknown): string {
  if (value === undefined) return 'unknown';
  if (value instanceof Fraction) return text({ num: value.n, den: value.d });
  if (isExact(value)) return value.den === 1n ? `${value.num}` : `${value.num}/${value.den}`;
  if (typeof value === 'bigint') return value.toString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isExact(value: unknown): value is Exact {
  return typeof value === 'object' && value !== null && 'num' in value && 'den' in value;
}

const NEAR = new Fraction(1n, 10n ** 15n);

/** Overflow is stored to 2^-96 of a token, which is equal to a billionth of a micro-dollar. */
export function near(
  wanted: Fraction,
  found: Exact | undefined,
): readonly [Fraction, Fraction | undefined] {
  if (found === undefined) return [wanted, undefined];
  const off = wanted.minus(Fraction.of(found));
  const isNear = off.below(NEAR) && new Fraction(0n).minus(off).below(NEAR);
  return [wanted, isNear ? wanted : Fraction.of(found)];
}
