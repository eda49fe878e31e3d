/** Parses numbers on the command line. Errors name the option. */

import {
  add,
  compare,
  decimal,
  type Exact,
  exact,
  multiply,
  ONE,
  parseExact,
  toInteger,
  ZERO,
} from '../domain/exact.ts';
import { Failure } from '../domain/failure.ts';

/** In characters. Longer text is rejected without parsing, which would be slow. */
const LONGEST_FIGURE = 40;

/** The allowed range of a number. */
export interface FigureBounds {
  /** Default true; false allows zero. */
  readonly aboveZero?: boolean;
  readonly atMost?: Exact;
  /** The expected value, with an example. */
  readonly expected: string;
  /** How to fix an invalid value, if the example does not explain it. */
  readonly hint?: string | undefined;
}

/** @throws {Failure} `usage` naming the option. */
export function parseFigureOption(option: string, text: string, bounds: FigureBounds): Exact {
  const value = parseFigure(text, bounds);
  if (value === undefined) throw invalidValue(option, text, bounds);
  return value;
}

function parseFigure(text: string, { aboveZero = true, atMost }: FigureBounds): Exact | undefined {
  const value = text.length > LONGEST_FIGURE ? undefined : parseExact(text);
  if (value === undefined) return undefined;
  const isTooSmall = aboveZero ? value.num <= 0n : value.num < 0n;
  return isTooSmall || (atMost !== undefined && compare(value, atMost) > 0) ? undefined : value;
}

/** A share from 0 to 1. `0.6` and `60%` are equal. */
export function parseShareOption(option: string, text: string): Exact {
  const percents = parsePercents(text);
  const bounds = {
    aboveZero: false,
    atMost: ONE,
    expected: 'a share from 0 to 1, e.g. 0.6 or 60%',
    hint: parseFigure(text, HUNDRED) && `to mean ${text.trim()} percent, write ${text.trim()}%`,
  };
  if (percents === undefined || percents.num < 0n) return parseFigureOption(option, text, bounds);
  const share = multiply(percents, exact(1n, 100n));
  if (compare(share, ONE) > 0) throw invalidValue(option, text, { expected: bounds.expected });
  return share;
}

/** For the hint about `60`, which is probably a percentage without a percent sign. */
const HUNDRED = { atMost: decimal('100'), expected: '' };

/** `-30%` is the factor 0.7; `0.25` is an amount in dollars. */
export function parseChangeOption(option: string, text: string) {
  const percents = parsePercents(text);
  const expected = 'dollars above 0, e.g. 0.25, or a change above -100%, e.g. -30%';
  if (percents === undefined) {
    const hint = /^[-+]\d/.test(text) ? `to mean a change, write ${option} ${text}%` : undefined;
    return { usd: parseFigureOption(option, text, { expected, hint }) };
  }
  const factor = add(ONE, multiply(percents, exact(1n, 100n)));
  if (compare(factor, ZERO) <= 0) throw invalidValue(option, text, { expected });
  return { factor };
}

const SCALES: Readonly<Record<string, string>> = { k: '1e3', m: '1e6', b: '1e9', t: '1e12' };

/** Tokens a day. A quarter with more tokens could not be counted exactly. */
const MOST_TOKENS = decimal('1e13');

/** `10M` is 10,000,000. */
export function parseTokensOption(option: string, text: string): Exact {
  const scale = SCALES[text.trim().slice(-1).toLowerCase()];
  const digits = scale === undefined ? text : text.trim().slice(0, -1);
  const expected = 'tokens above 0 and up to 10T, e.g. 10M, 2.5B or 750000';
  const figure = parseFigure(digits, { expected });
  const value = figure && multiply(figure, decimal(scale ?? '1'));
  if (value === undefined || compare(value, MOST_TOKENS) > 0) {
    throw invalidValue(option, text, { expected });
  }
  return exact(toInteger(value));
}

function parsePercents(text: string): Exact | undefined {
  const trimmed = text.trim();
  if (!trimmed.endsWith('%') || trimmed.length > LONGEST_FIGURE) return undefined;
  return parseExact(trimmed.slice(0, -1));
}

function invalidValue(option: string, text: string, { expected, hint }: FigureBounds): Failure {
  return new Failure('usage', `Invalid value "${text.slice(0, LONGEST_FIGURE)}" for ${option}`, {
    expected,
    hint: hint ?? 'write it as in the example',
  });
}
