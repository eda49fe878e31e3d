/** Renders the parts of a cost, and its comparison with keeping. */

import { decimal, isZero } from '../../domain/exact.ts';
import type { UsdText } from '../../verdict/auditWord.ts';
import { dollars, UNKNOWN } from '../format.ts';
import { probabilityText, rangeText } from './odds.ts';
import { knownAmount } from './reading.ts';
import type { Reader } from '../locale.ts';

export function amountOrUnknown(usd: string | null, reader: Reader): string {
  const value = knownAmount(usd);
  return value === undefined ? UNKNOWN : dollars(value, reader);
}

interface OptionSaving {
  readonly option: string;
  readonly savingUsd: UsdText | null;
  readonly low: UsdText | null;
  readonly high: UsdText | null;
  readonly probability: string | null;
}

const NOTHING = '\u2013';

/** Saving, interval and probability. An option that changes nothing has only a saving. */
export function againstKeeping(figures: OptionSaving, reader: Reader): string[] {
  const { option, savingUsd, low, high, probability } = figures;
  const [saving, chance] = [knownAmount(savingUsd), knownAmount(probability)];
  if (option === 'keep') return [NOTHING, NOTHING, NOTHING];
  const isSame = saving !== undefined && isZero(saving) && low === high;
  if (isSame || chance === undefined) return [amountOrUnknown(savingUsd, reader), NOTHING, NOTHING];
  return [
    amountOrUnknown(savingUsd, reader),
    rangeText({ low, high }, reader) || amountOrUnknown(low, reader),
    probabilityText(chance, reader),
  ];
}

const PARTS = [
  ['GPU', 'gpuUsd'],
  ['storage', 'storageUsd'],
  ['other', 'otherUsd'],
  ['hosted APIs', 'hostedUsd'],
  ['engineering time', 'laborUsd'],
  ['unused commitment', 'strandedUsd'],
  ['amortized migration', 'migrationUsd'],
] as const;

type Parts = Readonly<Record<(typeof PARTS)[number][1], UsdText | null>>;

/** Parts of the cost that are not 0. Empty for a single part, which is the cost itself. */
export function costPartsText(figures: Parts, reader: Reader): string {
  const parts = PARTS.flatMap(([name, field]) => {
    const usd = figures[field];
    return usd === null || isZero(decimal(usd)) ? [] : [`${name} ${dollars(decimal(usd), reader)}`];
  });
  return parts.length > 1 ? parts.join(', ') : '';
}
