/** Whether the bills come to what providers and their invoices ask for, and are all there. */

import type { PolicyConfig } from '../config/config.ts';
import {
  gapFact,
  sidesOf,
  type UnmatchedFact,
  unconvertedFacts,
  unreconciledFacts,
  waitingFacts,
} from '../domain/bookFact.ts';
import { unsettledAt } from '../domain/completeness.ts';
import { foreignText } from '../domain/currency.ts';
import type { Finding } from '../domain/finding.ts';
import { monthText } from '../domain/months.ts';
import {
  DAY_MS,
  dayText,
  parseQuarter,
  type Period,
  period,
  quarterPeriod,
  quarterText,
} from '../domain/period.ts';
import {
  type InvoicedMonth,
  type Match,
  type Reconciled,
  reconciled,
} from '../domain/reconciliation.ts';
import { totalsKeeper } from '../economics/bill/statedTotals.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { billedText, exactUsd, unmatchedText } from '../report/copy/books.ts';
import { STORED } from '../report/locale.ts';
import { billSources, knownMs, openGaps, type Watched } from './completeness.ts';

/** Two quarters: whatever day it is, the last finished one is in it. */
const LOOK_BACK_DAYS = 190;

export interface Bills extends Watched {
  readonly ledger: Pick<
    Ledger,
    | 'billFacts'
    | 'eachCharge'
    | 'invoicedMonths'
    | 'lastRecordedMs'
    | 'statedTotals'
    | 'unconvertedCharges'
  >;
  readonly nowMs: number;
}

/** One finding for each month that does not match and each gap; one for all where none is off. */
export async function examineBills(bills: Bills): Promise<Finding[]> {
  return [...(await matching(bills)), ...(await complete(bills))];
}

async function matching(bills: Bills): Promise<Finding[]> {
  const { all, months, window, asOfMs } = await comparedMonths(bills);
  const uncounted = await bills.ledger.unconvertedCharges(window, asOfMs);
  const unknown = [...unconvertedFacts(uncounted), ...waitingFacts(months)];
  const off = [...unknown, ...unreconciledFacts(all)].map((fact): Finding => {
    return { area: 'bill', subject: fact.source, state: 'warn', ...fact };
  });
  if (all.length === 0 || off.length > 0) return off;
  return [{ area: 'bill', state: 'ok', code: 'bills-match', months: all.length }];
}

/** A month of a bill as a table shows it: what is asked for beside what the ledger holds. */
export interface BillState {
  readonly source: string;
  /** `2026-07`. */
  readonly month: string;
  readonly against: Reconciled['against'];
  readonly state: Match | 'not compared';
  readonly asked: string;
  /** Empty where nothing was compared. */
  readonly held: string;
  /** What is wrong and what to do; both are empty where the month matches. */
  readonly says: string;
  readonly fix: string;
}

/** The same months, whether they match or not. */
export async function reconciledBills(bills: Compared): Promise<BillState[]> {
  const { all, months } = await comparedMonths(bills);
  return billStates(all, months);
}

/** All months by source, in order; a month that matches in all but not in its parts is off. */
export function billStates(
  all: readonly Reconciled[],
  invoices: readonly InvoicedMonth[],
): BillState[] {
  const compared = all.map((month): BillState => {
    const { sourceId: source, monthMs, against, lines } = month;
    const [told = MATCHED] = unreconciledFacts([month]).map(stored);
    const off = lines.find(({ match }) => match !== 'matched');
    const state = month.match === 'matched' ? (off?.match ?? 'matched') : month.match;
    const sides = sidesOf(month);
    const [asked, held] = [billedText(sides, STORED), exactUsd(sides.heldUsd, STORED)];
    return { source, month: monthText(monthMs), against, state, asked, held, ...told };
  });
  const waiting = invoices.flatMap((invoice) =>
    waitingFacts([invoice]).map((fact): BillState => {
      const { source, month } = fact;
      const asked = (invoice.waiting ?? []).map(({ original }) => foreignText(original)).join(', ');
      const state = 'not compared';
      return { source, month, against: 'invoice', state, asked, held: '', ...stored(fact) };
    }),
  );
  const nameOf = ({ source, month }: BillState) => `${source} ${month}`;
  return [...waiting, ...compared].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

const MATCHED = { says: '', fix: '' };

const stored = (fact: UnmatchedFact) => unmatchedText(fact, STORED);

interface Compared {
  readonly config: { readonly policy: Pick<PolicyConfig, 'reconciliation'> };
  readonly ledger: Pick<
    Ledger,
    'eachCharge' | 'invoicedMonths' | 'lastRecordedMs' | 'statedTotals'
  >;
  readonly nowMs: number;
}

async function comparedMonths({ config, ledger, nowMs }: Compared) {
  const window = period(nowMs - LOOK_BACK_DAYS * DAY_MS, nowMs);
  const asOfMs = await knownMs(ledger, nowMs);
  const months = await invoicesOver(ledger, window, asOfMs);
  const totals = await comparedTotals(ledger, window, asOfMs);
  const all = reconciled({ months, totals }, config.policy.reconciliation);
  return { all, months, window, asOfMs };
}

/** Also up to where the last quarter's bills are final, for its report may be due by now. */
async function complete(bills: Bills): Promise<Finding[]> {
  const { nowMs, config } = bills;
  const gaps = await openGaps(bills, nowMs);
  const missing = gaps.map((gap): Finding => {
    return { area: 'bill', subject: gap.sourceId, state: 'warn', ...gapFact(gap) };
  });
  const { startMonth } = config.fiscal;
  const quarter = parseQuarter('last', nowMs, startMonth);
  const window = quarterPeriod(quarter, startMonth);
  const open = unsettledAt({ window, nowMs, sources: billSources(bills) });
  if (open.length === 0) return missing;
  const sources = open.map(({ sourceId, fromMs }) => ({ source: sourceId, from: dayText(fromMs) }));
  const of = { code: 'bills-not-final', quarter: quarterText(quarter), sources } as const;
  return [...missing, { area: 'bill', state: 'ok', ...of }];
}

async function comparedTotals(ledger: Compared['ledger'], window: Period, asOfMs: number) {
  const stated = await ledger.statedTotals(window, asOfMs);
  if (stated.length === 0) return [];
  const keeper = totalsKeeper(stated);
  await ledger.eachCharge(window, asOfMs, (charge) => keeper.add(charge));
  return keeper.close();
}

/** Invoices for time that is over: of other time not all charges can be there. */
export async function invoicesOver(
  ledger: Pick<Ledger, 'invoicedMonths'>,
  window: Period,
  asOfMs: number,
) {
  const months = await ledger.invoicedMonths(window, asOfMs);
  return months.filter(({ spans }) => spans.every(({ endMs }) => endMs <= asOfMs));
}
