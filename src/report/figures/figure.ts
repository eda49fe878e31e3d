/** Types of a figure: a value of the audit as printed, with a stable id. */

import { oneLine, shownSentence, shownText } from '../displayText.ts';
import { decimal, toNumber } from '../../domain/exact.ts';
import {
  dollars,
  percent,
  shortNumber,
  probabilityText,
  tokenCount,
  pricePerMtok,
  wholeText,
  dayName,
} from '../format.ts';
import type { Reader } from '../locale.ts';

export interface AuditFigure {
  /** `stack.saving`, `chat-70b.utilization`, `chat-70b.options.delete.cost`. */
  readonly id: string;
  /** As printed in the report. */
  readonly text: string;
  /** Value in `report.json`. Empty for a derived figure. */
  readonly value: string;
  readonly unit: FigureUnit;
  /**
   * Path in `report.json`: `stack.savingUsd.base`. For a derived figure, the fields it is derived
   * from.
   */
  readonly path: string;
  /** Ledger view with the figure or its data. */
  readonly view: string;
}

export type FigureUnit =
  | 'USD'
  | 'USD/Mtok'
  | 'share'
  | 'probability'
  | 'tokens'
  | 'count'
  | 'number'
  | 'date'
  | 'word'
  | 'sentence'
  | 'chart';

/** Ids that a deployment cannot have. */
const RESERVED: ReadonlySet<string> = new Set(['stack', 'chart']);

/** Converts a name to a part of an id. A reserved name gets a prefix. */
export function figureId(name: string): string {
  const id = oneLine(name, 64).replace(/\s+/g, '-') || 'unnamed';
  return RESERVED.has(id) ? `deployment:${id}` : id;
}

/**
 * Id of a field: `savingUsd` in `stack` is `stack.saving`, `effectiveUsdPerMtok` is
 * `stack.effective-price`, and `base` has the id of its container.
 */
export function fieldId(holder: string, field: string): string {
  if (field === 'base') return holder;
  const words = field
    .replace(/UsdPerMtok$/, 'Price')
    .replace(/^usdPerMtok$/, 'price')
    .replace(/Usd(?=$|Per|By)/, '')
    .replace(/^usd(?=$|Per)/, 'amount');
  const kebab = words.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `${holder}.${kebab.replace(/^-/, '')}`;
}

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
  USD: (value, reader) => dollars(value, reader),
  'USD/Mtok': (value, reader) => pricePerMtok(decimal(value), reader),
  share: (value, reader) => percent(decimal(value), reader),
  probability: (value, reader) => probabilityText(decimal(value), reader),
  tokens: (value, reader) => tokenCount(toNumber(decimal(value)), reader),
  count: (value, reader) => wholeText(Number(value), reader),
  number: (value, reader) => shortNumber(decimal(value), reader),
  date: dayName,
  word: (value, reader) => shownText(value, 80, reader),
  sentence: shownSentence,
  chart: (value) => value,
};

export function figureText(value: string, unit: FigureUnit, reader: Reader): string {
  return SHOWN[unit](value, reader);
}
