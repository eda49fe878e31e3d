/** Labels of the inputs that a verdict depends on, with their ends or units. */

import { decimal, type Exact } from '../../domain/exact.ts';
import type { AuditInputBreakEven, AuditSensitivity } from '../../verdict/auditDecision.ts';
import {
  effectEnds,
  effectName,
  type EffectEnds,
  breakEvenInputWords,
  isKnownEffect,
} from '../copy/inputs.ts';
import { percent, plainNumber } from '../format.ts';
import { oneLine, shownText } from '../label.ts';
import type { Reader } from '../locale.ts';

interface InputWords {
  readonly label: string;
  readonly amount: (value: Exact, reader: Reader) => string;
  /** Unit after the first mention of the amount. */
  readonly unit: string;
}

/** An unknown input keeps its stored name, and its figures have no unit. */
export function inputWords({
  code,
  input,
}: Pick<AuditInputBreakEven, 'code' | 'input'>): InputWords {
  if (code !== undefined) return breakEvenInputWords(code);
  return { label: oneLine(input, 80), amount: plainNumber, unit: '' };
}

/** Label within a sentence. Audits of other versions may have only a name. */
export function effectLabel({ detail, input }: AuditSensitivity): string {
  return detail === undefined || !isKnownEffect(detail) ? oneLine(input, 80) : effectName(detail);
}

/** Low and high end of an input's range, in its unit. */
export function effectRange(
  { detail, low, high }: AuditSensitivity,
  reader: Reader,
): Pick<EffectEnds, 'low' | 'high'> {
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
