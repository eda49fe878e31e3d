/** One billing answer read: charges, rejects, a total to reconcile, and warnings. */

import type { Charge } from '../../domain/charge.ts';
import { dollars, exactDollars } from '../../domain/digits.ts';
import { decimal } from '../../domain/exact.ts';
import type { Failure } from '../../domain/failure.ts';
import { type NanoUsd, nanoFromUsd, sumNano, usd } from '../../domain/money.ts';
import type { Period } from '../../domain/period.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import type { ListBody } from '../../platform/jsonList.ts';
import { faultOf, readWire } from '../../platform/wire.ts';
import type { AccountBill } from './accountBill.ts';
import { isNear, malformed, refuseOtherCount, spanText, windowsIn } from './answer.ts';
import { chargesOf } from './charges.ts';
import type { Family } from './family.ts';
import type { Holding } from './inventory.ts';
import { newNotes } from './notes.ts';
import { readRows } from '../records.ts';
import { type BillingRecord, billingAnswer } from './wire.ts';

export interface BillContext {
  readonly sourceId: string;
  readonly family: Family;
  readonly asked: Period;
  /** For messages: the redacted URL. */
  readonly where: string;
  readonly holdings: ReadonlyMap<string, Holding>;
  /** Set where the inventory did not come whole: which pods are nodes of a cluster is not known. */
  readonly isUnlisted?: boolean;
  /** What the account's bill says of the same time, where it was told. */
  readonly account?: AccountBill;
}

/** What an answer says, and the time it says it for. */
export type Bill = Omit<Fetched, 'fetch'> & { readonly window: Period };

/**
 * Reads one answer. A bad record is a reject, and so is one outside of the time that was asked
 * about. The answer withdraws what it no longer tells only inside that time, where every record was
 * good and they sum to the total that it states, and to what the account's bill says of them.
 * @throws {Failure} `malformed` where its frame is not what the API documents, or it answers for
 *   another time altogether, or its totals show that its records are not right or not all.
 */
export function readBill(answer: ListBody, context: BillContext): Bill {
  const { metadata } = readWire(billingAnswer, answer.frame, context.where);
  const { answered, window } = windowsIn(metadata, context.asked, context.where);
  const owed = context.account?.billed(context.family, window);
  const nodes = clusterNodes(answer.items(), context, owed);
  const tally = tallyOf(answer.items(), window, { ...context, nodes });
  const stated = metadata.totals?.totalAmount;
  const statedNano = stated === undefined ? undefined : nanoFromUsd(decimal(stated));
  const toldNano = nodes.rule === 'left-out' ? owed : statedNano;
  const total = totalCheck(toldNano, tally.charges, answer.count);
  if (!total.agrees && tally.rejected === 0) refuseOtherCount(metadata, answer, context.where);
  const checks = [total];
  if (owed !== undefined) {
    const held = accountCheck(owed, tally.charges, context.family);
    const isAlone = !total.agrees && !held.agrees && isNear(owed, toldNano ?? 0n, answer.count);
    if (isAlone && tally.rejected === 0) throw againstBoth(tally.charges, owed, context);
    checks.push(held);
  }
  const agrees = checks.every((check) => check.agrees);
  const isWhole = window === answered && tally.rejected === 0 && agrees;
  return {
    window,
    charges: tally.charges,
    rejects: tally.rejects,
    warnings: [
      ...windowWarnings(answered, context),
      ...tally.warnings,
      ...nodes.warnings,
      ...tally.notes(),
      ...checks.flatMap(({ warnings }) => warnings),
    ],
    ...(toldNano === undefined || window !== answered
      ? {}
      : { statedTotal: { billedNanoUsd: toldNano, window } }),
    ...(isWhole ? { completeFor: { keyPrefix: `${context.family.name}/`, window } } : {}),
  };
}

function windowWarnings(answered: Period, { asked, family }: BillContext): string[] {
  if (answered.startMs === asked.startMs && answered.endMs === asked.endMs) return [];
  return [
    `RunPod returned the ${family.name} bill for ${spanText(answered)} instead of ` +
      `${spanText(asked)}; only the returned part is known`,
  ];
}

interface Check {
  readonly agrees: boolean;
  readonly warnings: readonly string[];
}

/** The records against the total that the answer states. */
function totalCheck(
  stated: bigint | undefined,
  charges: readonly Located<Charge>[],
  held: number,
): Check {
  if (stated === undefined) {
    return { agrees: false, warnings: ['RunPod stated no readable total to check against'] };
  }
  const sum = sumNano(charges.map(({ fact }) => fact.billed));
  // A nano-dollar for rounding each record, and a thousand for adding doubles on their side.
  if (isNear(stated, sum, held)) return { agrees: true, warnings: [] };
  const [told, found] = [stated, sum].map((nano) => exactDollars(usd(nano)));
  const warning = `RunPod states a total of ${told}, but its records add up to ${found}`;
  return { agrees: false, warnings: [warning] };
}

/** Two totals say the same, and the records another thing: they cannot be believed. */
function againstBoth(
  charges: readonly Located<Charge>[],
  owed: bigint,
  { family, where }: BillContext,
): Failure {
  const sum = sumNano(charges.map(({ fact }) => fact.billed));
  const [told, found] = [owed, sum].map((nano) => exactDollars(usd(nano)));
  const fault = `its records add up to ${found}, but its total and the account's bill state`;
  return malformed(where, `${fault} ${told} for ${family.name}`);
}

/** The records against what the account's bill says of the same product and time. */
function accountCheck(owed: bigint, charges: readonly Located<Charge>[], { name }: Family): Check {
  const sum = sumNano(charges.map(({ fact }) => fact.billed));
  if (isNear(owed, sum, charges.length)) return { agrees: true, warnings: [] };
  const [told, found] = [owed, sum].map((nano) => exactDollars(usd(nano)));
  const warning =
    `RunPod's bill of the whole account has ${told} for ${name}, but its ${name} bill has ` +
    `${found}; only the ${name} bill counts. Compare both with the invoice`;
  return { agrees: false, warnings: [warning] };
}

/** What becomes of records of pods that are nodes of a cluster, whose bill may have them too. */
interface Nodes {
  readonly rule: 'counted' | 'left-out' | 'refused';
  readonly warnings: readonly string[];
}

/**
 * By the account's bill of pods: it agrees either with all records or with those of other pods.
 * Where it tells neither, the records are rejected, for to count a pod twice would be wrong in
 * silence.
 */
function clusterNodes(
  records: Iterable<unknown>,
  { family, holdings, isUnlisted, where }: BillContext,
  owed: bigint | undefined,
): Nodes {
  const mayHold = isUnlisted === true || [...holdings.values()].some(isNode);
  if (family.name !== 'pods' || !mayHold) return COUNTED;
  const read: { readonly billed: NanoUsd; readonly onNode: boolean }[] = [];
  for (const raw of records) {
    const { data } = family.record.safeParse(raw);
    if (data === undefined) continue;
    const billed = nanoFromUsd(decimal(data.totalAmount));
    read.push({ billed, onNode: isNode(holdings.get(data.id)) });
  }
  const nodes = read.filter(({ onNode }) => onNode);
  if (isUnlisted === true && owed !== undefined) {
    const all = sumNano(read.map(({ billed }) => billed));
    if (isNear(owed, all, read.length)) return COUNTED;
    const fault = 'it differs from the pods in the bill of the whole account';
    throw malformed(where, `${fault}, and without the list of pods the reason is unknown`);
  }
  if (nodes.length === 0) return COUNTED;
  if (owed === undefined) return { rule: 'refused', warnings: [] };
  const [all, ofNodes] = [read, nodes].map((some) => sumNano(some.map(({ billed }) => billed)));
  if (all === undefined || ofNodes === undefined || isNear(owed, all, read.length)) return COUNTED;
  if (!isNear(owed, all - ofNodes, read.length)) return { rule: 'refused', warnings: [] };
  const warning =
    `the pods bill repeats ${dollars(usd(ofNodes))} of pods that are nodes of a cluster; ` +
    'it counts once, in the clusters bill';
  return { rule: 'left-out', warnings: [warning] };
}

const COUNTED: Nodes = { rule: 'counted', warnings: [] };
const MAYBE_TWICE =
  'podId: this pod is a node of a cluster, whose bill may include it; it was not counted';

function isNode(holding: Holding | undefined): boolean {
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
    const onNode = isNode(context.holdings.get(record.id));
    if (onNode && rule === 'left-out') return [];
    const place = `${record.startTime} ${record.id}`;
    if (seen.has(place)) return TWICE;
    if (onNode && rule === 'refused') return MAYBE_TWICE;
    seen.add(place);
    const told = chargesFor(record, context);
    notes.take(record.id, raw, told);
    return told.charges;
  });
  return { charges: facts, ...trouble, notes: () => notes.all(context.holdings) };
}

const TWICE = 'duplicate resource and bucket; only the first one was used';

function readRecord(raw: unknown, window: Period, family: Family): BillingRecord | string {
  const read = family.record.safeParse(raw);
  if (!read.success) return faultOf(read.error);
  const { startTime, endTime } = read.data;
  if (startTime >= endTime) return 'startTime: expected a time before endTime';
  if (startTime < window.startMs || endTime > window.endMs) {
    const given = spanText({ startMs: startTime, endMs: endTime });
    return `startTime: found ${given}, expected a bucket inside ${spanText(window)}`;
  }
  return signFault(read.data, family) ?? read.data;
}

/**
 * A credit is negative as a whole. A part below zero in a total above, or the other way round, is a
 * discount where the parts sum to the total, and a slip where they do not.
 */
function signFault(record: BillingRecord, { parts }: Family): string | undefined {
  const total = nanoFromUsd(decimal(record.totalAmount));
  const amounts = parts.map(({ field }) => nanoFromUsd(decimal(record[field] ?? '0')));
  const gap = total - sumNano(amounts);
  if (gap <= amounts.length && -gap <= amounts.length) return undefined;
  const odd = parts.find((_, index) => (amounts[index] ?? 0n) * total < 0n);
  if (odd === undefined) return undefined;
  return `${odd.field}: expected an amount with the sign of totalAmount, or parts that sum to it`;
}

function chargesFor(record: BillingRecord, context: BillContext) {
  const span = { startMs: record.startTime, endMs: record.endTime };
  const holding = context.holdings.get(record.id) ?? {};
  return chargesOf(record, { ...context, span, holding });
}
