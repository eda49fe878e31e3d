/** Renders the parts of a cost, and its comparison with keeping. */

import { decimal, isZero } from '../../domain/exact.ts';
import type { UsdText } from '../../verdict/auditWord.ts';
import { dollars, UNKNOWN } from '../format.ts';
import { oddsText, rangeText } from './odds.ts';
import { known } from './reading.ts';
import type { Reader } from '../locale.ts';

export function amount(usd: string | null, reader: Reader): string {
  const value = known(usd);
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
  const [saving, chance] = [known(savingUsd), known(probability)];
  if (option === 'keep') return [NOTHING, NOTHING, NOTHING];
  const isSame = saving !== undefined && isZero(saving) && low === high;
  if (isSame || chance === undefined) return [amount(savingUsd, reader), NOTHING, NOTHING];
  return [
    amount(savingUsd, reader),
    rangeText({ low, high }, reader) || amount(low, reader),
    oddsText(chance, reader),
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
export function partsText(figures: Parts, reader: Reader): string {
  const parts = PARTS.flatMap(([name, field]) => {
    const usd = figures[field];
    return usd === null || isZero(decimal(usd)) ? [] : [`${name} ${dollars(decimal(usd), reader)}`];
  });
  return parts.length > 1 ? parts.join(', ') : '';
}
