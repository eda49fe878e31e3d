/** How CoreWeave's usage divides among capacity plans. */

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
import type { Read } from '../api.ts';
import { readRecords } from '../records.ts';
import { type UsageRow, usageRow } from './wire.ts';

/** Shares of an hour of one SKU: they divide its usage, and are never added to it. */
export class Mix {
  /** Whether every row of it was read. */
  isWhole = false;
  #hasRejects = false;
  readonly #byHour = new Map<string, Map<string, Exact>>();
  readonly #skus = new Set<string>();
  /** What the rows by location came to, to compare. */
  readonly #located = new Map<string, { hourMs: number; quantity: Exact }>();

  read(records: Iterable<unknown>, isLast: boolean): Read {
    const { rejects, warnings } = readRecords(records, usageRow, (row) => {
      const plans = this.#byHour.get(hourOf(row)) ?? new Map<string, Exact>();
      plans.set(row.plan ?? '', add(plans.get(row.plan ?? '') ?? ZERO, row.quantity));
      this.#byHour.set(hourOf(row), plans);
      this.#skus.add(row.sku);
    });
    if (rejects.length > 0) this.#hasRejects = true;
    if (isLast) this.isWhole = !this.#hasRejects;
    return { rejects, warnings };
  }

  locate(row: UsageRow): void {
    const quantity = add(this.#located.get(hourOf(row))?.quantity ?? ZERO, row.quantity);
    this.#located.set(hourOf(row), { hourMs: row.period.startMs, quantity });
  }

  /** Shares that sum to one; of a SKU that has no plans one share without. */
  sharesOf(row: UsageRow): readonly Share[] | undefined {
    const plans = [...(this.#byHour.get(hourOf(row)) ?? [])].filter(([, part]) => !isZero(part));
    const whole = plans.reduce((sum, [, part]) => add(sum, part), ZERO);
    if (!isZero(whole)) {
      return plans.map(([plan, part]) => ({ ...planOf(plan), share: divide(part, whole) }));
    }
    const hasNoPlans = this.#skus.size > 0 && !this.#skus.has(row.sku);
    return hasNoPlans || isZero(row.quantity) ? [{ share: ONE }] : undefined;
  }

  /** Hours of a SKU, up to a moment, whose usage by location is not that by plan. */
  differences(beforeMs: number): string[] {
    return [...this.#located].flatMap(([name, { hourMs, quantity: located }]) => {
      const plans = this.#byHour.get(name);
      if (plans === undefined || hourMs >= beforeMs) return [];
      const planned = [...plans.values()].reduce((sum, part) => add(sum, part), ZERO);
      if (compare(planned, located) === 0) return [];
      return [`${name}: ${toDecimal(located, 4)} by location, ${toDecimal(planned, 4)} by plan`];
    });
  }

  /** Hours of a SKU, up to a moment, that the usage by location lacks. */
  missing(beforeMs: number): string[] {
    return [...this.#byHour.keys()].filter(
      (name) => !this.#located.has(name) && Date.parse(name.split(' ')[0] ?? '') < beforeMs,
    );
  }
}

export interface Share {
  readonly plan?: string;
  readonly share: Exact;
}

/** An empty plan is none. */
export function planOf(plan: string | undefined) {
  return plan === undefined || plan === '' ? {} : { plan };
}

/** An hour of a SKU, as both views name it. */
export function hourOf({ period, sku, unit }: UsageRow): string {
  return `${instantText(period.startMs)} ${sku} ${unit}`;
}
