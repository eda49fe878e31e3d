/** Sums charges that config leaves out because another source is the bill of record. */

import {
  type Charge,
  type ChargeCategory,
  findRecordRule,
  type LeftOutCharges,
  type RecordRule,
} from '../../domain/charge.ts';
import { nanoUsdText } from '../../domain/figures.ts';
import { type HostedUsage, MODEL_TAG } from '../../domain/usage.ts';
import { nanoUsd } from '../../domain/money.ts';
import type { Period } from '../../domain/period.ts';
import type { ChargeAccount } from '../chargeBook.ts';
import type { Warning } from '../warning.ts';
import { spreadByDay } from './accounts.ts';
import { dayGrid } from './days.ts';

/** Sums the left-out charges of a period while charges are read one by one. */
export function recordKeeper(rules: readonly RecordRule[], window: Period) {
  const grid = dayGrid(window);
  const sums = new Map<RecordRule, { nano: bigint; categories: Set<ChargeCategory> }>();
  return {
    /** Whether the charge is left out. */
    takes(charge: Charge): boolean {
      const rule = findRecordRule(rules, charge);
      if (rule === undefined) return false;
      const parts = spreadByDay(charge.billed, charge.period, grid);
      if (parts.length === 0) return true;
      const sum = sums.get(rule) ?? { nano: 0n, categories: new Set<ChargeCategory>() };
      sums.set(rule, sum);
      sum.categories.add(charge.category);
      for (const [, nano] of parts) sum.nano += nano;
      return true;
    },
    /** Whether usage is left out, together with the charges that bill it. */
    takesUsage({ sourceId, model }: Pick<HostedUsage, 'sourceId' | 'model'>): boolean {
      const tags = { [MODEL_TAG]: model };
      return (
        findRecordRule(rules, { sourceId, resourceId: model, category: 'hosted', tags }) !==
        undefined
      );
    },
    /** In the order of the rules, without rules that left out nothing. */
    close(): LeftOutCharges[] {
      return rules.flatMap((rule) => {
        const sum = sums.get(rule);
        if (sum === undefined) return [];
        const { nano, categories } = sum;
        return [
          {
            sourceId: rule.insteadOf,
            recordId: rule.source,
            categories: [...categories].sort(),
            nanoUsd: nanoUsd(nano),
          },
        ];
      });
    },
  };
}

/**
 * Warnings with the left-out amount, beside the bill of record's amount for the same categories.
 */
export function leftOutWarnings(
  all: readonly LeftOutCharges[],
  accounts: readonly Pick<ChargeAccount, 'sourceId' | 'category' | 'nanoUsd'>[],
): Warning[] {
  return all.map(({ sourceId, recordId, categories, nanoUsd: nano }) => {
    const own = accounts.filter((one) => {
      return one.sourceId === recordId && categories.includes(one.category);
    });
    const record = own.reduce((sum, one) => sum + one.nanoUsd, 0n);
    return {
      code: 'charges-left-out',
      source: sourceId,
      categories,
      usd: nanoUsdText(nano),
      recordSource: recordId,
      recordUsd: nanoUsdText(record),
    };
  });
}
