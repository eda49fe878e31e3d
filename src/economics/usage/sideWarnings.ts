/** Warnings about billed time without usage, usage without a bill, and disagreement of the two. */

import { decimal, exact, multiply } from '../../domain/exact.ts';
import { sixPlaces } from '../../domain/figureText.ts';
import { monthText } from '../../domain/months.ts';
import { instantText } from '../../domain/period.ts';
import type { UnbilledUsage, ObservedTime } from '../result.ts';
import type { MissingMonth } from '../stackParts.ts';
import type { UnbilledFigures, UnbilledMonth, Warning, ObservedFigures } from '../warning.ts';
import { differsBy } from './watched.ts';

type UnbilledTime = Pick<UnbilledUsage, 'tokens' | 'share' | 'periods' | 'sources'>;

/** Figures of unbilled usage; `undefined` if all usage was billed. */
export function unbilledFigures(
  billedTokens: number,
  unbilled: UnbilledTime | undefined,
): UnbilledFigures | undefined {
  const [first] = unbilled?.periods ?? [];
  if (unbilled === undefined || first === undefined || unbilled.tokens === 0) return undefined;
  const { tokens, share, sources } = unbilled;
  return {
    tokens,
    billedTokens,
    share: sixPlaces(share, 'ceiling'),
    start: instantText(first.startMs),
    end: instantText(first.endMs),
    sources,
  };
}

/** Listed first, because it is the largest gap a figure can have. */
export function unbilledWarnings(
  billedTokens: number,
  unbilled: UnbilledTime | undefined,
): Warning[] {
  const figures = unbilledFigures(billedTokens, unbilled);
  return figures === undefined ? [] : [{ code: 'usage-not-billed', ...figures }];
}

export function missingMonthWarnings(months: readonly MissingMonth[]): Warning[] {
  return months.length === 0
    ? []
    : [{ code: 'months-not-billed', months: months.map(unbilledMonth) }];
}

export function unbilledMonth({ sourceId, monthMs }: MissingMonth): UnbilledMonth {
  return { source: sourceId, month: monthText(monthMs) };
}

/** Start-ups, and minutes that only one side counts, stay below a tenth of the hours. */
const NOTABLE = decimal('1.1');

export function observedWarnings({ watched }: { readonly watched?: ObservedTime }): Warning[] {
  if (watched === undefined || !differsBy(watched, NOTABLE)) return [];
  return [{ code: 'replica-hours-disagree', ...toObservedFigures(watched) }];
}

/** 4 h observed and 1 h paid at 8 GPUs per replica is a bill for 2 GPUs. */
export function toObservedFigures({ seenNs, paidNs, gpus }: ObservedTime): ObservedFigures {
  const hours = {
    seenHours: sixPlaces(exact(seenNs, NS_IN_HOUR)),
    paidHours: sixPlaces(exact(paidNs, NS_IN_HOUR)),
  };
  if (seenNs === 0n) return hours;
  const billedGpus = sixPlaces(multiply(gpus, exact(paidNs, seenNs)));
  return { ...hours, gpus: sixPlaces(gpus), billedGpus };
}

const NS_IN_HOUR = 3_600_000_000_000n;
