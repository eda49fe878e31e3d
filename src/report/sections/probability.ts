/** Formats probabilities and intervals: never as certain, and never rounded up. */

import { compare, decimal, type Exact, multiply, toDecimal } from '../../domain/exact.ts';
import type { SavingText } from '../../verdict/auditWord.ts';
import { dollars } from '../format.ts';
import { knownAmount } from './auditReading.ts';
import type { Reader } from '../locale.ts';

const HUNDRED = decimal('100');

/**
 * Whole percents, rounded down, so one below a threshold never reads as the threshold: 0.8996 is
 * `89%`, 0.999 is `over 99%`, 0.004 is `under 1%`.
 */
export function probabilityText(probability: Exact, reader: Reader): string {
  const { percent } = reader;
  if (compare(probability, decimal('0.99')) > 0) return `over ${percent('99')}`;
  if (compare(probability, decimal('0.01')) < 0) return `under ${percent('1')}`;
  return percent(toDecimal(multiply(probability, HUNDRED), 0, 'floor'));
}

/** `96% likely`. Empty without a known probability. */
export function likelyText(probability: string | null, reader: Reader): string {
  const value = knownAmount(probability);
  return value === undefined ? '' : `${probabilityText(value, reader)} likely`;
}

/** ` (96% likely)`, to follow its subject. Empty without a known probability. */
export function likelyAside(probability: string | null, reader: Reader): string {
  const likely = likelyText(probability, reader);
  return likely === '' ? '' : ` (${likely})`;
}

/** `$12,300 to $61,900`. Empty if an end is unknown, or if both are the same. */
export function rangeText({ low, high }: Pick<SavingText, 'low' | 'high'>, reader: Reader): string {
  const [from, to] = [knownAmount(low), knownAmount(high)];
  if (from === undefined || to === undefined || compare(from, to) === 0) return '';
  return `${dollars(from, reader)} to ${dollars(to, reader)}`;
}

/** `90% range $12,300 to $61,900`, or empty. */
export function intervalText(saving: Pick<SavingText, 'low' | 'high'>, reader: Reader): string {
  const range = rangeText(saving, reader);
  return range === '' ? '' : `${reader.percent('90')} range ${range}`;
}
