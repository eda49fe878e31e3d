/** Reads one billing response: charges, rejects, a total to reconcile, and warnings. */

import { exactDollarText, usdDigits } from '../../domain/figures.ts';
import { decimal } from '../../domain/exact.ts';
import { type NanoUsd, nanoFromUsd, sumNano, usd } from '../../domain/money.ts';
import type { Period } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import type { JsonList } from '../../platform/jsonList.ts';
import { firstFaultText, parseResponse } from '../../platform/responseSchemas.ts';
import {
  type AccountBill,
  billSpanText,
  checkRecordCount,
  isNearAmount,
  malformedResponse,
  readWindows,
} from './accountBill.ts';
import { newNotes, splitRecord } from './recordCharges.ts';
import { billingAnswer, type BillingRecord, type RunpodFamily } from './wire.ts';
import type { RunpodDetails } from './inventory.ts';
import { readRows } from '../records.ts';

export interface BillContext {
  readonly sourceId: string;
  readonly family: RunpodFamily;
  readonly asked: Period;
  /** The redacted URL, for messages. */
  readonly where: string;
  readonly detailsById: ReadonlyMap<string, RunpodDetails>;
  /** Set if the inventory is incomplete, so that it is unknown which pods are cluster nodes. */
  readonly isUnlisted?: boolean;
  /** The account's bill of the same period, if it was read. */
  readonly account?: AccountBill;
}

/** The content of a response and the window it covers. */
export type RunpodBill = Omit<Fetched, 'fetch'> & { readonly window: Period };

/**
 * Reads one response. An invalid record, or one outside the requested window, is a reject. Earlier
 * charges are withdrawn only inside the window. This requires that every record is valid, and that
 * the records sum to the stated total and to the account's bill.
 * @throws {Failure} `malformed` if the frame is not as documented or the window does not overlap
 *   the requested one. Also if the totals show wrong or missing records.
 */
export function readRunpodBill(answer: JsonList, context: BillContext): RunpodBill {
  const { family, asked, where, account } = context;
  const { metadata } = parseResponse(billingAnswer, answer.frame, where);
  const { answered, window } = readWindows(metadata, asked, where);
  const accountTotal = account?.billed(family, window);
  const nodes = clusterNodes(answer.items(), context, accountTotal);
  const tally = tallyOf(answer.items(), window, { ...context, nodes });
  const found = sumNano(tally.charges.map(({ fact }) => fact.billed));
  const totalText = metadata.totals?.totalAmount;
  const ownTotal = totalText === undefined ? undefined : nanoFromUsd(decimal(totalText));
  const stated = nodes.rule === 'left-out' ? accountTotal : ownTotal;
  // Tolerance: a nano-dollar per record, and a thousand for RunPod's sums of doubles.
  const isTotal = stated !== undefined && isNearAmount(stated, found, answer.count);
  const isOnAccount =
    accountTotal === undefined || isNearAmount(accountTotal, found, tally.charges.length);
  if (!isTotal && tally.rejected === 0) checkRecordCount(metadata, answer, where);
  if (!isTotal && !isOnAccount && tally.rejected === 0) {
    // Both totals agree and the records differ, so the records cannot be trusted.
    if (isNearAmount(accountTotal, stated ?? 0n, answer.count)) {
      const [foundText, otherText] = [found, accountTotal].map((nano) =>
        exactDollarText(usd(nano)),
      );
      const fault = `its records add up to ${foundText}, but its total and the account's bill`;
      throw malformedResponse(where, `${fault} state ${otherText} for ${family.name}`);
    }
  }
  const isWhole = window === answered && tally.rejected === 0 && isTotal && isOnAccount;
  return {
    window,
    charges: tally.charges,
    rejects: tally.rejects,
    warnings: [
      ...windowWarnings(answered, context),
      ...tally.warnings,
      ...nodes.warnings,
      ...tally.notes(),
      ...(isTotal ? [] : [totalWarning(stated, found)]),
      ...(isOnAccount ? [] : [accountWarning(accountTotal, found, family)]),
    ],
    ...(stated === undefined || window !== answered
      ? {}
      : { statedTotal: { billedNanoUsd: stated, window } }),
    ...(isWhole ? { completeFor: { keyPrefix: `${family.name}/`, window } } : {}),
  };
}

function windowWarnings(answered: Period, { asked, family }: BillContext): PullWarning[] {
  if (answered.startMs === asked.startMs && answered.endMs === asked.endMs) return [];
  const [returned, requested] = [billSpanText(answered), billSpanText(asked)];
  return [{ code: 'other-period-returned', bill: family.name, returned, requested }];
}

function totalWarning(stated: bigint | undefined, found: bigint): PullWarning {
  if (stated === undefined) return { code: 'no-total-stated' };
  const [statedUsd, foundUsd] = [usdDigits(usd(stated)), usdDigits(usd(found))];
  return { code: 'total-differs', bill: 'runpod', statedUsd, foundUsd };
}

function accountWarning(total: bigint, found: bigint, { name }: RunpodFamily): PullWarning {
  const [accountUsd, productUsd] = [usdDigits(usd(total)), usdDigits(usd(found))];
  return { code: 'account-bill-differs', product: name, accountUsd, productUsd };
}

/** How to treat pods that are cluster nodes, which the cluster bill may include too. */
interface Nodes {
  readonly rule: 'counted' | 'left-out' | 'refused';
  readonly warnings: readonly PullWarning[];
}

/**
 * Decides by the account's pod bill, which matches either all records or only those of other pods.
 * If it matches neither, the node records are rejected, because counting a pod twice would go
 * unnoticed.
 */
function clusterNodes(
  records: Iterable<unknown>,
  { family, detailsById, isUnlisted, where }: BillContext,
  accountTotal: bigint | undefined,
): Nodes {
  const mayHold = isUnlisted === true || [...detailsById.values()].some(isNode);
  if (family.name !== 'pods' || !mayHold) return COUNTED;
  const read: { readonly billed: NanoUsd; readonly onNode: boolean }[] = [];
  for (const raw of records) {
    const { data } = family.record.safeParse(raw);
    if (data === undefined) continue;
    const billed = nanoFromUsd(decimal(data.totalAmount));
    read.push({ billed, onNode: isNode(detailsById.get(data.id)) });
  }
  const nodes = read.filter(({ onNode }) => onNode);
  if (isUnlisted === true && accountTotal !== undefined) {
    const all = sumNano(read.map(({ billed }) => billed));
    if (isNearAmount(accountTotal, all, read.length)) return COUNTED;
    const fault = 'it differs from the pods in the bill of the whole account';
    throw malformedResponse(where, `${fault}, and without the list of pods the reason is unknown`);
  }
  if (nodes.length === 0) return COUNTED;
  if (accountTotal === undefined) return { rule: 'refused', warnings: [] };
  const [all, ofNodes] = [read, nodes].map((some) => sumNano(some.map(({ billed }) => billed)));
  if (all === undefined || ofNodes === undefined || isNearAmount(accountTotal, all, read.length))
    return COUNTED;
  if (!isNearAmount(accountTotal, all - ofNodes, read.length))
    return { rule: 'refused', warnings: [] };
  const warning = { code: 'cluster-pods-repeated', usd: usdDigits(usd(ofNodes)) } as const;
  return { rule: 'left-out', warnings: [warning] };
}

const COUNTED: Nodes = { rule: 'counted', warnings: [] };
const MAYBE_IN_CLUSTER =
  'podId: this pod is a node of a cluster, whose bill may include it; it was not counted';

function isNode(holding: RunpodDetails | undefined): boolean {
  return holding?.clusterId !== undefined;
}

function tallyOf(
  records: Iterable<unknown>,
  window: Period,
  context: BillContext & { readonly nodes: Nodes },
) {
  const { rule } = context.nodes;
  const notes = newNotes(context.family);
  const seen = new Set<string>();
  const { facts, ...trouble } = readRows(records, (raw) => {
    const record = readRecord(raw, window, context.family);
    if (typeof record === 'string') return record;
    const onNode = isNode(context.detailsById.get(record.id));
    if (onNode && rule === 'left-out') return [];
    const key = `${record.startTime} ${record.id}`;
    if (seen.has(key)) return DUPLICATE;
    if (onNode && rule === 'refused') return MAYBE_IN_CLUSTER;
    seen.add(key);
    const span = { startMs: record.startTime, endMs: record.endTime };
    const details = context.detailsById.get(record.id) ?? {};
    const result = splitRecord(record, { ...context, span, details });
    notes.take(record.id, raw, result);
    return result.charges;
  });
  return { charges: facts, ...trouble, notes: () => notes.all(context.detailsById) };
}

const DUPLICATE = 'duplicate resource and bucket; only the first one was used';

function readRecord(raw: unknown, window: Period, family: RunpodFamily): BillingRecord | string {
  const read = family.record.safeParse(raw);
  if (!read.success) return firstFaultText(read.error);
  const { startTime, endTime } = read.data;
  if (startTime >= endTime) return 'startTime: expected a time before endTime';
  if (startTime < window.startMs || endTime > window.endMs) {
    const given = billSpanText({ startMs: startTime, endMs: endTime });
    return `startTime: found ${given}, expected a bucket inside ${billSpanText(window)}`;
  }
  return signFault(read.data, family) ?? read.data;
}

/**
 * A credit is negative as a whole. A part with the opposite sign of its total is a discount if the
 * parts sum to the total, and a fault otherwise.
 */
function signFault(record: BillingRecord, { parts }: RunpodFamily): string | undefined {
  const total = nanoFromUsd(decimal(record.totalAmount));
  const amounts = parts.map(({ field }) => nanoFromUsd(decimal(record[field] ?? '0')));
  const gap = total - sumNano(amounts);
  if (gap <= amounts.length && -gap <= amounts.length) return undefined;
  const part = parts.find((_, index) => (amounts[index] ?? 0n) * total < 0n);
  if (part === undefined) return undefined;
  return `${part.field}: expected an amount with the sign of totalAmount, or parts that sum to it`;
}
