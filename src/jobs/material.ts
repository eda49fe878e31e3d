/** Knows which change of a finished audit is worth telling those who read the first one. */

import {
  compare,
  decimal,
  type Exact,
  negate,
  subtract,
  toDecimal,
  ZERO,
} from '../domain/exact.ts';
import type { Audit } from '../verdict/audit.ts';

/**
 * What changed so that a reader must know: a verdict, or spend or saving by `minUsd` or more.
 * `[]` where nothing did. A bill of $10,000 that is restated to $10,400 is not worth a letter at
 * $1,000; one that turns the verdict is, at any amount.
 */
export function materialChanges(before: Audit, after: Audit, minUsd: Exact): string[] {
  return [
    ...verdictChange('the stack', before.stack.verdict, after.stack.verdict),
    ...after.deployments.flatMap(({ id, verdict }) => {
      const old = before.deployments.find((one) => one.id === id);
      return verdictChange(id, old?.verdict ?? 'not audited', verdict);
    }),
    ...amountChange('spend', [before.totals.spendUsd, after.totals.spendUsd], minUsd),
    ...amountChange('saving', [before.stack.savingUsd.base, after.stack.savingUsd.base], minUsd),
  ];
}

function verdictChange(whose: string, before: string, after: string): string[] {
  return before === after ? [] : [`${whose}: "${before}" became "${after}"`];
}

type Amount = string | null;

/** An amount that was unknown and is known, or the other way, is news too. */
function amountChange(what: string, [before, after]: [Amount, Amount], minUsd: Exact): string[] {
  if (before === null && after === null) return [];
  if (before === null || after === null) {
    return [`${what}: ${before ?? 'unknown'} became ${after ?? 'unknown'}`];
  }
  const by = subtract(decimal(after), decimal(before));
  const size = compare(by, ZERO) < 0 ? negate(by) : by;
  const matters = compare(size, ZERO) > 0 && compare(size, minUsd) >= 0;
  return matters ? [`${what}: ${dollars(before)} became ${dollars(after)}`] : [];
}

function dollars(text: string): string {
  return `$${toDecimal(decimal(text), 2)}`;
}
