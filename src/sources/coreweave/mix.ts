/** Splits CoreWeave's usage among capacity plans. */

import {
  add,
  compare,
  divide,
  type Exact,
  isZero,
  ONE,
  toDecimal,
  ZERO,
} from '../../domain/exact.ts';
import { instantText } from '../../domain/period.ts';
import type { AnswerFacts } from '../api.ts';
import { readRecords } from '../records.ts';
import { type CoreweaveUsageRow, coreweaveUsageRow } from './wire.ts';

/**
 * The share of each capacity plan in one hour of one SKU. Shares divide the usage by location; they
 * are never added to it.
 */
export class PlanMix {
  /** Whether every row by plan was read without a reject. */
  isWhole = false;
  #hasRejects = false;
  readonly #byHour = new Map<string, Map<string, Exact>>();
  readonly #skus = new Set<string>();
  /** Sums of the rows by location, to compare with the rows by plan. */
  readonly #located = new Map<string, { hourMs: number; quantity: Exact }>();

  read(records: Iterable<unknown>, isLast: boolean): AnswerFacts {
    const { rejects, warnings } = readRecords(records, coreweaveUsageRow, (row) => {
      const plans = this.#byHour.get(usageHourKey(row)) ?? new Map<string, Exact>();
      plans.set(row.plan ?? '', add(plans.get(row.plan ?? '') ?? ZERO, row.quantity));
      this.#byHour.set(usageHourKey(row), plans);
      this.#skus.add(row.sku);
    });
    if (rejects.length > 0) this.#hasRejects = true;
    if (isLast) this.isWhole = !this.#hasRejects;
    return { rejects, warnings };
  }

  addLocated(row: CoreweaveUsageRow): void {
    const quantity = add(this.#located.get(usageHourKey(row))?.quantity ?? ZERO, row.quantity);
    this.#located.set(usageHourKey(row), { hourMs: row.period.startMs, quantity });
  }

  /**
   * Shares that sum to 1. A SKU without plans has one share without a plan; `undefined` if the plan
   * is unknown.
   */
  sharesOf(row: CoreweaveUsageRow): readonly PlanShare[] | undefined {
    const plans = [...(this.#byHour.get(usageHourKey(row)) ?? [])].filter(
      ([, part]) => !isZero(part),
    );
    const total = plans.reduce((sum, [, part]) => add(sum, part), ZERO);
    if (!isZero(total)) {
      return plans.map(([plan, part]) => ({ ...withPlan(plan), share: divide(part, total) }));
    }
    const hasNoPlans = this.#skus.size > 0 && !this.#skus.has(row.sku);
    return hasNoPlans || isZero(row.quantity) ? [{ share: ONE }] : undefined;
  }

  /** Hours of a SKU before a time whose usage by location differs from that by plan. */
  differences(beforeMs: number): string[] {
    return [...this.#located].flatMap(([name, { hourMs, quantity: located }]) => {
      const plans = this.#byHour.get(name);
      if (plans === undefined || hourMs >= beforeMs) return [];
      const planned = [...plans.values()].reduce((sum, part) => add(sum, part), ZERO);
      if (compare(planned, located) === 0) return [];
      return [`${name}: ${toDecimal(located, 4)} by location, ${toDecimal(planned, 4)} by plan`];
    });
  }

  /** Hours of a SKU before a time that are missing in the usage by location. */
  missing(beforeMs: number): string[] {
    return [...this.#byHour.keys()].filter(
      (name) => !this.#located.has(name) && Date.parse(name.split(' ')[0] ?? '') < beforeMs,
    );
  }
}

export interface PlanShare {
  readonly plan?: string;
  readonly share: Exact;
}

/** An empty plan counts as missing. */
export function withPlan(plan: string | undefined) {
  return plan === undefined || plan === '' ? {} : { plan };
}

/** Key of an hour of a SKU, the same in both views. */
export function usageHourKey({ period, sku, unit }: CoreweaveUsageRow): string {
  return `${instantText(period.startMs)} ${sku} ${unit}`;
}
