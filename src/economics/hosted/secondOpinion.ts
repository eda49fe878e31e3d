/**
 * Compares a gateway's computed cost of hosted models with the bills: reported, and used in no
 * figure.
 */

import { compare, decimal, divide, type Exact, exact, negate } from '../../domain/exact.ts';

/** A gateway's computed cost of one model on one day. */
export interface GatewayCost {
  readonly sourceId: string;
  /** The gateway's name for it. */
  readonly model: string;
  readonly dayMs: number;
  readonly nanoUsd: bigint;
}

/** A provider's billed cost of one model. */
export interface BilledModel {
  readonly sourceId: string;
  readonly model: string;
  /** Nano-USD by start of the day. */
  readonly byDay: ReadonlyMap<number, bigint>;
}

export interface GatewayComparison {
  readonly sourceId: string;
  readonly model: string;
  /** Sources whose bills name the model; empty if none does. */
  readonly billedBy: readonly string[];
  /** Compared days, on which both state dollars. Without a bill, the gateway's days. */
  readonly days: number;
  /** Over these days, in nano-USD. */
  readonly gatewayNanoUsd: bigint;
  readonly billedNanoUsd?: bigint;
  /** (gateway − billed) ÷ billed: $90 against a bill of $100 is −0.1. */
  readonly difference?: Exact;
  /** True if the difference is above 2%. */
  readonly isOff: boolean;
}

/** Tolerance, because a gateway computes each request from a price list. */
const AGREED = decimal('0.02');

/**
 * One comparison for each gateway and model, sorted by name. Names are compared without provider
 * prefix and date suffix, so `openai/gpt-5` equals `gpt-5-2025-08-07`. All models with the same
 * bare name are one.
 */
export function compareGatewayCosts(
  reckoned: readonly GatewayCost[],
  billed: readonly BilledModel[],
): GatewayComparison[] {
  const bills = Map.groupBy(billed, ({ model }) => bareName(model));
  const opinions = Map.groupBy(reckoned, ({ sourceId, model }) =>
    JSON.stringify([sourceId, bareName(model)]),
  );
  return [...opinions]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, rows]) => {
      const [sourceId = '', model = ''] = JSON.parse(name) as string[];
      const own = bills.get(model) ?? [];
      return { sourceId, model: onlyName(rows) ?? model, ...compared(rows, own) };
    });
}

function compared(rows: readonly GatewayCost[], bills: readonly BilledModel[]) {
  const days = byDayOf(rows.map(({ dayMs, nanoUsd }) => [dayMs, nanoUsd] as const));
  const billedBy = [...new Set(bills.map(({ sourceId }) => sourceId))].sort();
  const billed = byDayOf(bills.flatMap(({ byDay }) => [...byDay]));
  const both = [...days.keys()].filter((dayMs) => billed.has(dayMs));
  if (both.length === 0) {
    const gatewayNanoUsd = sumOver(days, [...days.keys()]);
    return { billedBy: [], days: days.size, gatewayNanoUsd, isOff: false };
  }
  const [gatewayNanoUsd, billedNanoUsd] = [sumOver(days, both), sumOver(billed, both)];
  const sides = { billedBy, days: both.length, gatewayNanoUsd, billedNanoUsd };
  if (billedNanoUsd <= 0n) return { ...sides, isOff: gatewayNanoUsd !== billedNanoUsd };
  const difference = divide(exact(gatewayNanoUsd - billedNanoUsd), exact(billedNanoUsd));
  const size = difference.num < 0n ? negate(difference) : difference;
  return { ...sides, difference, isOff: compare(size, AGREED) > 0 };
}

function byDayOf(parts: readonly (readonly [number, bigint])[]): Map<number, bigint> {
  const byDay = new Map<number, bigint>();
  for (const [dayMs, nanoUsd] of parts) byDay.set(dayMs, (byDay.get(dayMs) ?? 0n) + nanoUsd);
  return byDay;
}

function sumOver(byDay: ReadonlyMap<number, bigint>, days: readonly number[]): bigint {
  return days.reduce((sum, dayMs) => sum + (byDay.get(dayMs) ?? 0n), 0n);
}

function onlyName(rows: readonly GatewayCost[]): string | undefined {
  const names = new Set(rows.map(({ model }) => model));
  return names.size === 1 ? rows[0]?.model : undefined;
}

const DATE = /[-@](?:20\d{2}-?\d{2}-?\d{2}|latest)$/;

function bareName(model: string): string {
  const name = model.toLowerCase().split('/').at(-1) ?? '';
  return name.replace(DATE, '');
}
