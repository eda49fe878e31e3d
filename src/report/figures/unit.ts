/** Derives a figure's unit from its field name, and prints it in that unit. */

import { decimal, toNumber } from '../../domain/exact.ts';
import { dollars, percent, plainNumber, tokenCount, usdPerMtok, wholeNumber } from '../format.ts';
import { shownSentence, shownText } from '../label.ts';
import { probabilityText } from '../words/odds.ts';
import { dayName } from '../words/period.ts';
import type { Reader } from '../locale.ts';
import type { FigureUnit } from './figure.ts';

/** Units by field name. The first matching rule applies. A field without a match is a name. */
const RULES: readonly (readonly [RegExp, FigureUnit])[] = [
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

/** Unit of a field. For `low` and `high`, the containing field decides. */
export function figureUnit(field: string, holder: string): FigureUnit | undefined {
  if (/^(?:base|low|high)$/.test(field)) return holder === 'sensitivity' ? undefined : 'USD';
  return RULES.find(([pattern]) => pattern.test(field))?.[1];
}

const SHOWN: Readonly<Record<FigureUnit, (value: string, reader: Reader) => string>> = {
  USD: (value, reader) => dollars(decimal(value), reader),
  'USD/Mtok': (value, reader) => usdPerMtok(decimal(value), reader),
  share: (value, reader) => percent(decimal(value), reader),
  probability: (value, reader) => probabilityText(decimal(value), reader),
  tokens: (value, reader) => tokenCount(toNumber(decimal(value)), reader),
  count: (value, reader) => wholeNumber(Number(value), reader),
  number: (value, reader) => plainNumber(decimal(value), reader),
  date: dayName,
  word: (value, reader) => shownText(value, 80, reader),
  sentence: shownSentence,
  chart: (value) => value,
};

export function figureText(value: string, unit: FigureUnit, reader: Reader): string {
  return SHOWN[unit](value, reader);
}
