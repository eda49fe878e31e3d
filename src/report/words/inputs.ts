/** How the inputs on which an answer hangs are called in a letter, with their ends or units. */

import { decimal, type Exact } from '../../domain/exact.ts';
import type { Flip, Sensitivity } from '../../verdict/auditDecision.ts';
import { effectEnds, effectName, type Ends, flipWords, isKnownEffect } from '../copy/inputs.ts';
import { percent, plainNumber } from '../format.ts';
import { oneLine, shownText } from '../label.ts';
import type { Reader } from '../locale.ts';

interface InputWords {
  readonly label: string;
  readonly amount: (value: Exact, reader: Reader) => string;
  /** Follows the amount where it stands for the first time. */
  readonly unit: string;
}

/** An input that no version of rentcheck knows keeps its name, and its figures have no unit. */
export function inputWords({ code, input }: Pick<Flip, 'code' | 'input'>): InputWords {
  if (code !== undefined) return flipWords(code);
  return { label: oneLine(input, 80), amount: plainNumber, unit: '' };
}

/** As it is called within a sentence; audits of other versions may have it in words alone. */
export function effectLabel({ detail, input }: Sensitivity): string {
  return detail === undefined || !isKnownEffect(detail) ? oneLine(input, 80) : effectName(detail);
}

export function effectRange(
  { detail, low, high }: Sensitivity,
  reader: Reader,
): Pick<Ends, 'low' | 'high'> {
  if (detail === undefined || !isKnownEffect(detail)) {
    return { low: shownText(low, 24, reader), high: shownText(high, 24, reader) };
  }
  if (detail.code !== 'cache-share') {
    const ends = effectEnds(detail, reader);
    return { low: ends.low, high: ends.high };
  }
  return {
    low: percent(decimal(detail.lowShare), reader),
    high: percent(decimal(detail.highShare), reader),
  };
}
