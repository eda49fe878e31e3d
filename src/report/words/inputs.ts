/** Knows the inputs on which an answer hangs by name: how each is called, and its unit. */

import { type Exact, parseExact, toNumber } from '../../domain/exact.ts';
import { dollars, percent, plainNumber, tokenCount, usdPerMtok } from '../format.ts';
import { oneLine, shownText } from '../label.ts';

interface InputWords {
  readonly label: string;
  readonly amount: (value: Exact) => string;
  /** Follows the amount where it stands for the first time. */
  readonly unit: string;
}

const tokens = (value: Exact) => tokenCount(toNumber(value));

const INPUTS: ReadonlyMap<string, InputWords> = new Map([
  ['hosted $/Mtok', { label: 'hosted price', amount: usdPerMtok, unit: ' per Mtok' }],
  ['GPU $/h', { label: 'GPU price', amount: dollars, unit: ' an hour' }],
  ['ops hours', { label: "people's hours", amount: plainNumber, unit: ' hours' }],
  ['tokens per day', { label: 'tokens a day', amount: tokens, unit: '' }],
  ['utilization', { label: 'utilization', amount: percent, unit: '' }],
  ['cache hits at the host', { label: 'cache hits at the host', amount: percent, unit: '' }],
  ['cache share', { label: 'cache hits at the host', amount: percent, unit: '' }],
]);

/** An input by another name keeps it, and its unit is guessed from it. */
export function inputWords(input: string): InputWords {
  return INPUTS.get(input) ?? { label: oneLine(input, 80), amount: amountBy(input), unit: '' };
}

/** A figure in its input's unit; what is no figure is told as it stands. */
export function endText(input: string, value: string): string {
  const figure = parseExact(value);
  return figure === undefined ? shownText(value, 24) : inputWords(input).amount(figure);
}

function amountBy(input: string): (value: Exact) => string {
  if (/utili[sz]ation|share|coverage/i.test(input)) return percent;
  if (/mtok/i.test(input)) return usdPerMtok;
  if (/usd|\$|price|cost|rate/i.test(input)) return dollars;
  return /tokens/i.test(input) ? tokens : plainNumber;
}
