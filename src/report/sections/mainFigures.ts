/** Builds the three main figures: prices, utilization and saving. */

import { compare, decimal, divide, type Exact, isZero, ONE, subtract } from '../../domain/exact.ts';
import type { AuditReading } from './auditReading.ts';
import type { GpuSpendUse } from './deploymentReading.ts';
import {
  dollars,
  intervalText,
  orUnknown,
  percent,
  pricePerMtok,
  times,
  UNKNOWN,
} from '../format.ts';
import type { Reader } from '../locale.ts';

export interface MainFigure {
  readonly label: string;
  readonly value: string;
  /** Short note on the value's parts. */
  readonly note: string;
}

export type MainFigures = readonly [price: MainFigure, use: MainFigure, saving: MainFigure];

export function mainFigures(audit: AuditReading, reader: Reader): MainFigures {
  return [priceFigure(audit, reader), useFigure(audit, reader), savingFigure(audit, reader)];
}

function priceFigure({ totals }: AuditReading, reader: Reader): MainFigure {
  const { effectiveUsdPerMtok: selfHosted, hostedUsdPerMtok: hosted } = totals;
  const value = `${priceText(selfHosted, reader)} vs ${priceText(hosted, reader)}`;
  const comparedText =
    selfHosted && hosted ? `: ${priceComparisonText(selfHosted, hosted, reader)}` : '';
  const note = `self-hosted vs hosted${comparedText}`;
  const both = selfHosted === undefined && hosted === undefined ? UNKNOWN : value;
  return { label: 'Price of a million tokens', value: both, note };
}

/** `$0.385`, or `unknown`. */
export function priceText(price: Exact | undefined, reader: Reader): string {
  return orUnknown(pricePerMtok, price, reader);
}

/**
 * Self-hosted price compared with hosted. `by` is a factor or a share. Free hosted tokens have no
 * factor.
 */
export interface PriceComparison {
  readonly kind: 'more' | 'less' | 'same' | 'free';
  readonly by: string;
}

/**
 * Differences within 5% count as the same. Worked numbers: 0.385 to 0.136 is more by `2.8×`, 0.021
 * to 0.055 is less by `62%`.
 */
export function comparePrices(selfHosted: Exact, hosted: Exact, reader: Reader): PriceComparison {
  if (isZero(hosted)) return { kind: 'free', by: '' };
  const ratio = divide(selfHosted, hosted);
  if (compare(ratio, decimal('0.95')) < 0)
    return { kind: 'less', by: percent(subtract(ONE, ratio), reader) };
  return compare(ratio, decimal('1.05')) > 0
    ? { kind: 'more', by: times(ratio, reader) }
    : { kind: 'same', by: '' };
}

const COMPARISONS: Readonly<Record<PriceComparison['kind'], (by: string) => string>> = {
  more: (by) => `${by} as much`,
  less: (by) => `${by} less`,
  same: () => 'about the same',
  free: () => 'more, as hosted is free',
};

/** `2.8× as much`, `62% less`, `about the same`. */
export function priceComparisonText(selfHosted: Exact, hosted: Exact, reader: Reader): string {
  const { kind, by } = comparePrices(selfHosted, hosted, reader);
  return COMPARISONS[kind](by);
}

function useFigure({ gpuSpendUse: use }: AuditReading, reader: Reader): MainFigure {
  const label = 'Utilization';
  if (use === undefined)
    return { label, value: UNKNOWN, note: 'no capacity or no GPU spend is known' };
  return {
    label,
    value: percent(use.utilization, reader),
    note: useNote(use, reader),
  };
}

function useNote({ gpuSpend, idle }: GpuSpendUse, reader: Reader): string {
  const spent = `of ${dollars(gpuSpend, reader)} GPU spend`;
  return idle === undefined ? spent : `${spent}; ${dollars(idle, reader)} idle`;
}

function savingFigure(audit: AuditReading, reader: Reader): MainFigure {
  const saving = audit.stack.savingUsd.base;
  const without = audit.stack.withoutLabor.savingUsd;
  const isAdvice = audit.situation === 'change' || audit.situation === 'keep';
  const label = `${isAdvice ? 'Saving' : 'Possible saving'} ${audit.perPeriod}`;
  const value = orUnknown(dollars, saving, reader);
  if (saving === undefined && without === undefined) {
    return { label, value, note: 'evidence is missing' };
  }
  const rest = without === undefined ? '' : `; ${dollars(without, reader)} without`;
  const basis = audit.stack.laborBasis === 'measured' ? 'measured' : 'assumed';
  const interval = intervalText(audit.stack.savingUsd, reader);
  const note = `with engineering time, ${basis}${rest}`;
  return { label, value, note: interval === '' ? note : `${interval}; ${note}` };
}
