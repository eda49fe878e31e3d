/** Prints an audit's evidence: basis of the spend, reconciliation, estimates and gaps. */

import type { BillGap } from '../../domain/completeness.ts';
import { estimateErrors, gapTimes } from '../../domain/billIssues.ts';
import { add, decimal, multiply, ONE } from '../../domain/exact.ts';
import { plainAmount } from '../../domain/currency.ts';
import { instantText, monthText } from '../../domain/period.ts';
import { type NanoUsd, sumNano, usd } from '../../domain/money.ts';
import type { ReconciledMonth } from '../../domain/reconciliation.ts';
import { isEstimated } from '../../economics/chargeBook.ts';
import type { StackEconomics } from '../../economics/result.ts';
import type { BasisSpend, StatementLine } from '../../economics/stackParts.ts';
import type {
  AuditBill,
  AuditBillLine,
  AuditEstimate,
  AuditEvidence,
  AuditGap,
  AuditReconciled,
} from '../auditEvidence.ts';
import {
  type MicroUsd,
  microUsdText,
  ratioText,
  roundNano,
  roundTogether,
  toMicroUsd,
} from './printed.ts';
import type { AuditTotals } from '../audit.ts';

interface Books {
  readonly reconciliation?: readonly ReconciledMonth[];
  readonly gaps?: readonly BillGap[];
}

/** `spend` is the printed total to which the parts are rounded. */
export function printEvidence(
  economics: StackEconomics,
  { reconciliation = [], gaps = [] }: Books,
  spend: MicroUsd,
): AuditEvidence {
  const { spendByBasis } = economics;
  return {
    basis: basisOf(economics, spend),
    reconciliation: reconciliation.map(printReconciled),
    estimates: estimatesOf(spendByBasis, reconciliation),
    gaps: gaps.map(printGap),
    ...doubleCounting(economics),
  };
}

/** Charges that count twice, and charges left out so they do not. */
function doubleCounting({
  doubleBilled,
  leftOut,
}: StackEconomics): Pick<AuditEvidence, 'doubleBilled' | 'leftOut'> {
  const usdOf = (nano: NanoUsd) => microUsdText(toMicroUsd(usd(nano)));
  const doubles = doubleBilled.map(({ sourceIds, things, nanoUsd: nano, ...rest }) => {
    const { category, evidence, days } = rest;
    return { sources: sourceIds, category, evidence, resources: things, days, usd: usdOf(nano) };
  });
  const left = leftOut.map(({ sourceId, recordId, categories, nanoUsd: nano }) => {
    return { source: sourceId, billOfRecord: recordId, categories, usd: usdOf(nano) };
  });
  return {
    ...(doubles.length === 0 ? {} : { doubleBilled: doubles }),
    ...(left.length === 0 ? {} : { leftOut: left }),
  };
}

/** Empty if a what-if overrides the spend, because that has no basis. */
function basisOf(
  { spendByBasis: all, deployments, bill }: StackEconomics,
  spend: MicroUsd,
): AuditEvidence['basis'] {
  const total = sumNano([...deployments.map((each) => each.spend.total), bill.unattributed]);
  if (sumNano(all.map(({ nanoUsd }) => nanoUsd)) !== total) return [];
  const sums = new Map<BasisSpend['basis'], bigint>();
  for (const { basis, nanoUsd } of all) sums.set(basis, (sums.get(basis) ?? 0n) + nanoUsd);
  const parts = [...sums.values()].map((nanoUsd) => usd(nanoUsd));
  const printed = roundTogether(parts, spend);
  return [...sums.keys()].map((basis, at) => ({
    basis,
    spendUsd: microUsdText(printed[at] ?? 0n),
  }));
}

function printGap(gap: BillGap): AuditGap {
  const { sourceId, unit, category = null, resourceId = null, likelyNanoUsd, isOngoing } = gap;
  return {
    source: sourceId,
    unit,
    category,
    resource: resourceId,
    times: gapTimes(gap),
    likelyUsd: likelyNanoUsd === 0n ? null : microUsdText(toMicroUsd(usd(likelyNanoUsd))),
    ongoing: isOngoing,
  };
}

function printReconciled(month: ReconciledMonth): AuditReconciled {
  const { sourceId, monthMs, window, against, invoices, match, lines } = month;
  const billed = roundNano(lines.map(({ billedNanoUsd }) => billedNanoUsd));
  const held = roundNano(lines.map(({ heldNanoUsd }) => heldNanoUsd));
  return {
    source: sourceId,
    month: monthText(monthMs),
    start: instantText(window.startMs),
    end: instantText(window.endMs),
    against,
    invoices,
    class: match,
    billedUsd: microUsdText(toMicroUsd(usd(month.billedNanoUsd))),
    ...printBilledIn(month),
    heldUsd: microUsdText(toMicroUsd(usd(month.heldNanoUsd))),
    estimatedUsd: microUsdText(toMicroUsd(usd(month.estimatedNanoUsd))),
    lines: lines.map((line, at) => ({
      resource: line.resourceId ?? null,
      category: line.category ?? null,
      class: line.match,
      billedUsd: microUsdText(billed[at] ?? 0n),
      ...printBilledIn(line),
      heldUsd: microUsdText(held[at] ?? 0n),
    })),
  };
}

function printBilledIn({ billedIn }: Pick<ReconciledMonth, 'billedIn'>) {
  if (billedIn === undefined) return {};
  return {
    billedIn: billedIn.map(({ currency, amount }) => ({ currency, amount: plainAmount(amount) })),
  };
}

/**
 * Applies the error of a source's estimates, known from invoices, to its months without one. Worked
 * number: at -3% and +8%, $100.00 of September are $97.00 to $108.00.
 */
function estimatesOf(
  all: readonly BasisSpend[],
  reconciliation: readonly ReconciledMonth[],
): AuditEstimate[] {
  const invoiced = new Set(
    reconciliation
      .filter(({ against }) => against === 'invoice')
      .map(({ sourceId, monthMs }) => `${sourceId} ${monthMs}`),
  );
  return estimateErrors(reconciliation).map(({ sourceId, months, low, high }) => {
    const open = all.filter(
      (each) =>
        each.sourceId === sourceId &&
        isEstimated(each) &&
        !invoiced.has(`${sourceId} ${each.monthMs}`),
    );
    const later = usd(sumNano(open.map(({ nanoUsd }) => nanoUsd)));
    const at = (error: { num: bigint; den: bigint }) =>
      microUsdText(toMicroUsd(multiply(later, add(ONE, error))));
    return {
      source: sourceId,
      months,
      low: ratioText(low) ?? '',
      high: ratioText(high) ?? '',
      laterUsd: microUsdText(toMicroUsd(later)),
      laterLowUsd: at(low),
      laterHighUsd: at(high),
    };
  });
}

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
