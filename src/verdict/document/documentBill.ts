/** Prints the bills as finance books them. Printed lines sum to the printed whole. */

import { decimal } from '../../domain/exact.ts';
import { sumNano, usd } from '../../domain/money.ts';
import { monthText } from '../../domain/months.ts';
import type { StackEconomics } from '../../economics/result.ts';
import type { StatementLine } from '../../economics/stackParts.ts';
import type { AuditTotals } from '../audit.ts';
import type { AuditBill, AuditBillLine } from '../auditBill.ts';
import { type MicroUsd, toMicroUsd, microUsdText, roundTogether } from './printed.ts';

interface PrintedSpends {
  /** In the order of the deployments. The last one is unattributed spend. */
  readonly spends: readonly MicroUsd[];
  readonly totals: AuditTotals;
}

/** `undefined` if a what-if overrides the GPU cost, because it is on no bill then. */
export function printBill(
  economics: StackEconomics,
  printed: PrintedSpends,
): AuditBill | undefined {
  const { statement, deployments, bill } = economics;
  const wholes = [
    ...deployments.map(({ id, spend }) => ({ id, nanoUsd: spend.total })),
    { id: undefined, nanoUsd: bill.unattributed },
  ];
  const { lines } = statement;
  const groups = wholes.map(({ id }) => lines.filter(({ deployment }) => deployment === id));
  const isPaid = wholes.every(
    ({ nanoUsd }, at) => sumNano((groups[at] ?? []).map((line) => line.nanoUsd)) === nanoUsd,
  );
  if (!isPaid) return undefined;
  const beside = bill.billed - bill.spend;
  return {
    lines: [...spendLines(groups, printed.spends, beside), ...hostedLines(printed.totals)],
    beside: statement.beside.map(({ sourceId: source, category, nanoUsd }) => {
      return { source, category, usd: microUsdText(toMicroUsd(usd(nanoUsd))) };
    }),
    months: statement.months.map(({ sourceId, monthMs, billed, estimated }) => ({
      source: sourceId,
      month: monthText(monthMs),
      billedUsd: microUsdText(toMicroUsd(usd(billed))),
      estimatedUsd: microUsdText(toMicroUsd(usd(estimated))),
    })),
    invoices: statement.invoices.map(({ sourceId, invoiceId, billed }) => {
      return {
        source: sourceId,
        number: invoiceId,
        billedUsd: microUsdText(toMicroUsd(usd(billed))),
      };
    }),
  };
}

/**
 * Rounds each deployment's lines to its printed spend, and the rest of the bills to that of the
 * stack.
 */
function spendLines(
  groups: readonly (readonly StatementLine[])[],
  spends: readonly MicroUsd[],
  besideNano: bigint,
): AuditBillLine[] {
  const lines = groups.flat();
  const amounts = groups.flatMap((group, at) =>
    roundTogether(
      group.map(({ nanoUsd }) => usd(nanoUsd)),
      spends[at] ?? 0n,
    ),
  );
  const besides = roundTogether(
    lines.map(({ notInTime }) => usd(notInTime)),
    toMicroUsd(usd(besideNano)),
  );
  return lines.map(({ sourceId, category, deployment = null }, at) => {
    const amount = amounts[at] ?? 0n;
    const billedUsd = microUsdText(amount + (besides[at] ?? 0n));
    return { source: sourceId, category, deployment, usd: microUsdText(amount), billedUsd };
  });
}

/** Sums the printed hosted models, so both totals agree. */
function hostedLines({ hostedSpend }: AuditTotals): AuditBillLine[] {
  const sums = new Map<string, MicroUsd>();
  for (const { source, deployment, usd: amount, isSecondHand } of hostedSpend?.models ?? []) {
    if (isSecondHand) continue;
    const key = JSON.stringify([source, deployment]);
    sums.set(key, (sums.get(key) ?? 0n) + toMicroUsd(decimal(amount)));
  }
  return [...sums]
    .filter(([, amount]) => amount !== 0n)
    .map(([key, amount]) => {
      const [source, deployment] = JSON.parse(key) as [string, string | null];
      const text = microUsdText(amount);
      return { source, category: 'hosted', deployment, usd: text, billedUsd: text };
    });
}
