/** Knows by its name what a field of the audit is, and so how it is printed. */

import { decimal, toNumber } from '../../domain/exact.ts';
import { dollars, percent, plainNumber, tokenCount, usdPerMtok, wholeNumber } from '../format.ts';
import { shownSentence, shownText } from '../label.ts';
import { oddsText } from '../words/odds.ts';
import { dayName } from '../words/period.ts';
import type { Unit } from './figure.ts';

/** The first rule that fits a field's name says its unit; what fits none is a name. */
const RULES: readonly (readonly [RegExp, Unit])[] = [
  [/^(?:verdict|leaning|standing|confidence|laborBasis|option)$/, 'word'],
  [/^(?:reasons|missing|warnings|hangsOn|text|note)$/, 'sentence'],
  [/^(?:by|until|flipsOn|expires)$/, 'date'],
  [/^probability$/, 'probability'],
  [/usdPerMtok$/i, 'USD/Mtok'],
  [/usd/i, 'USD'],
  [/share$|coverage|utilization|fraction|PerWeek$/i, 'share'],
  [/tokens(?:PerDay)?$/i, 'tokens'],
  [/^(?:draws|requests|replicas|mostReplicas|starts|hoursOff)$/, 'count'],
  [/hours|TokPerSec$/i, 'number'],
];

/** Of `low` and `high` alone the name says nothing: what holds them does. */
export function unitOf(field: string, holder: string): Unit | undefined {
  if (/^(?:base|low|high)$/.test(field)) return holder === 'sensitivity' ? undefined : 'USD';
  return RULES.find(([pattern]) => pattern.test(field))?.[1];
}

const SHOWN: Readonly<Record<Unit, (value: string) => string>> = {
  USD: (value) => dollars(decimal(value)),
  'USD/Mtok': (value) => usdPerMtok(decimal(value)),
  share: (value) => percent(decimal(value)),
  probability: (value) => oddsText(decimal(value)),
  tokens: (value) => tokenCount(toNumber(decimal(value))),
  count: (value) => wholeNumber(Number(value)),
  number: (value) => plainNumber(decimal(value)),
  date: dayName,
  word: (value) => shownText(value, 80),
  sentence: shownSentence,
  chart: (value) => value,
};

export function shown(value: string, unit: Unit): string {
  return SHOWN[unit](value);
}
