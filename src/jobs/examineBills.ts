/** Checks whether bills match the totals of providers and invoices, and whether any are missing. */

import { daysBefore, TWO_QUARTERS_DAYS } from '../calendar/horizons.ts';
import type { Config, PolicyConfig } from '../config/config.ts';
import {
  toBilledAndHeld,
  toGapFact,
  toMissingRateFacts,
  toUnconvertedFacts,
  toUnreconciledFacts,
  type UnmatchedFact,
} from '../domain/billIssues.ts';
import { findUnsettledBills } from '../calendar/billGaps.ts';
import { foreignText } from '../domain/currency.ts';
import type { Finding } from '../domain/finding.ts';
import { dayText, monthText, type Period } from '../domain/period.ts';
import { parseQuarter, quarterPeriod, quarterText } from '../calendar/quarter.ts';
import {
  type InvoicedMonth,
  type MatchState,
  reconcile,
  type ReconciledMonth,
} from '../domain/reconciliation.ts';
import { totalsKeeper } from '../economics/bill/compareTotals.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { billedText, exactUsd, unmatchedText } from '../report/copy/bills.ts';
import type { LocaleFormat } from '../report/locale.ts';
import { billSources, findOpenGaps, type GapContext, latestKnownMs } from './completeness.ts';
import { findRecordRule } from '../domain/charge.ts';
import { usd, usdText } from '../domain/money.ts';
import { spreadByDay } from '../economics/bill/accounts.ts';
import { type BilledThing, doubleBilling } from '../economics/bill/doubleBilling.ts';
import { dayGrid } from '../economics/bill/days.ts';

export interface BillsContext extends GapContext {
  readonly ledger: Pick<Ledger, 'facts'>;
  readonly nowMs: number;
}

/**
 * Returns one finding per month that does not match and per gap; a single one if all months match.
 */
export async function examineBills(bills: BillsContext): Promise<Finding[]> {
  return [...(await matchFindings(bills)), ...(await completenessFindings(bills))];
}

async function matchFindings(bills: BillsContext): Promise<Finding[]> {
  const { all, months, window, asOfMs } = await comparedMonths(bills);
  const uncounted = await bills.ledger.facts.unconvertedCharges(window, asOfMs);
  const unknown = [...toUnconvertedFacts(uncounted), ...toMissingRateFacts(months)];
  const off = [...unknown, ...toUnreconciledFacts(all)].map((fact): Finding => {
    return { area: 'bill', subject: fact.source, state: 'warn', ...fact };
  });
  if (all.length === 0 || off.length > 0) return off;
  return [{ area: 'bill', state: 'ok', code: 'bills-match', months: all.length }];
}

/** One month of a bill for a table: the amount stated or invoiced, beside the ledger's. */
export interface MonthlyBillState {
  readonly source: string;
  /** `2026-07`. */
  readonly month: string;
  readonly against: ReconciledMonth['against'];
  readonly state: MatchState | 'not compared';
  readonly asked: string;
  /** Empty if nothing was compared. */
  readonly held: string;
  /** What is wrong and how to fix it; both are empty if the month matches. */
  readonly says: string;
  readonly fix: string;
}

/** Returns the compared months, whether they match or not. */
export async function findBillStates(
  bills: ComparisonTerms,
  writing: LocaleFormat,
): Promise<MonthlyBillState[]> {
  const { all, months } = await comparedMonths(bills);
  return toBillStates(all, months, writing);
}

/**
 * Returns all months, ordered by source. A month whose total matches but whose parts differ does
 * not match.
 */
export function toBillStates(
  all: readonly ReconciledMonth[],
  invoices: readonly InvoicedMonth[],
  writing: LocaleFormat,
): MonthlyBillState[] {
  const textOf = (fact: UnmatchedFact) => unmatchedText(fact, writing);
  const compared = all.map((month): MonthlyBillState => {
    const { sourceId: source, monthMs, against, lines } = month;
    const [text = MATCHED] = toUnreconciledFacts([month]).map(textOf);
    const off = lines.find(({ match }) => match !== 'matched');
    const state = month.match === 'matched' ? (off?.match ?? 'matched') : month.match;
    const sides = toBilledAndHeld(month);
    const [asked, held] = [billedText(sides, writing), exactUsd(sides.heldUsd, writing)];
    return { source, month: monthText(monthMs), against, state, asked, held, ...text };
  });
  const waiting = invoices.flatMap((invoice) =>
    toMissingRateFacts([invoice]).map((fact): MonthlyBillState => {
      const { source, month } = fact;
      const asked = (invoice.waiting ?? []).map(({ original }) => foreignText(original)).join(', ');
      const state = 'not compared';
      return { source, month, against: 'invoice', state, asked, held: '', ...textOf(fact) };
    }),
  );
  const nameOf = ({ source, month }: MonthlyBillState) => `${source} ${month}`;
  return [...waiting, ...compared].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

const MATCHED = { says: '', fix: '' };

interface ComparisonTerms {
  readonly config: { readonly policy: Pick<PolicyConfig, 'reconciliation'> };
  readonly ledger: Pick<Ledger, 'facts'>;
  readonly nowMs: number;
}

async function comparedMonths({ config, ledger, nowMs }: ComparisonTerms) {
  const window = daysBefore(nowMs, TWO_QUARTERS_DAYS);
  const asOfMs = await latestKnownMs(ledger, nowMs);
  const months = await finishedInvoices(ledger, window, asOfMs);
  const totals = await comparedTotals(ledger, window, asOfMs);
  const all = reconcile({ months, totals }, config.policy.reconciliation);
  return { all, months, window, asOfMs };
}

/**
 * Finds gaps, and sources whose bills of the last quarter are not final yet: its report may be due.
 */
async function completenessFindings(bills: BillsContext): Promise<Finding[]> {
  const { nowMs, config } = bills;
  const gaps = await findOpenGaps(bills, nowMs);
  const missing = gaps.map((gap): Finding => {
    return { area: 'bill', subject: gap.sourceId, state: 'warn', ...toGapFact(gap) };
  });
  const { startMonth } = config.fiscal;
  const quarter = parseQuarter('last', nowMs, startMonth);
  const window = quarterPeriod(quarter, startMonth);
  const open = findUnsettledBills({ window, nowMs, sources: billSources(bills) });
  if (open.length === 0) return missing;
  const sources = open.map(({ sourceId, fromMs }) => ({ source: sourceId, from: dayText(fromMs) }));
  const details = { code: 'bills-not-final', quarter: quarterText(quarter), sources } as const;
  return [...missing, { area: 'bill', state: 'ok', ...details }];
}

async function comparedTotals(ledger: ComparisonTerms['ledger'], window: Period, asOfMs: number) {
  const stated = await ledger.facts.statedTotals(window, asOfMs);
  if (stated.length === 0) return [];
  const keeper = totalsKeeper(stated);
  await ledger.facts.eachCharge(window, asOfMs, (charge) => keeper.add(charge));
  return keeper.close();
}

/** Returns the invoices of finished periods; charges of other periods may be incomplete. */
export async function finishedInvoices(
  ledger: Pick<Ledger, 'facts'>,
  window: Period,
  asOfMs: number,
) {
  const months = await ledger.facts.invoicedMonths(window, asOfMs);
  return months.filter(({ spans }) => spans.every(({ endMs }) => endMs <= asOfMs));
}

interface DoublesContext {
  readonly config: Pick<Config, 'billOfRecord'>;
  readonly ledger: Pick<Ledger, 'facts'>;
  readonly nowMs: number;
}

/** Returns one finding per pair of sources and category; none if nothing is billed twice. */
export async function examineDoubleBilling({
  config,
  ledger,
  nowMs,
}: DoublesContext): Promise<Finding[]> {
  const window = daysBefore(nowMs, TWO_QUARTERS_DAYS);
  const grid = dayGrid(window);
  const purchases = new Map<string, BilledThing & { readonly byDay: Map<number, bigint> }>();
  await ledger.facts.eachCharge(window, await ledger.facts.asOfNow(nowMs), (charge) => {
    if (findRecordRule(config.billOfRecord ?? [], charge) !== undefined) return;
    const { sourceId, resourceId, category, tags, basis } = charge;
    const key = JSON.stringify([sourceId, resourceId, category, tags]);
    const known = purchases.get(key);
    const purchase = known ?? { sourceId, resourceId, category, tags, basis, byDay: new Map() };
    if (known === undefined) purchases.set(key, purchase);
    for (const [day, nano] of spreadByDay(charge.billed, charge.period, grid)) {
      purchase.byDay.set(day, (purchase.byDay.get(day) ?? 0n) + nano);
    }
  });
  return doubleBilling(purchases.values()).map((found): Finding => {
    const { sourceIds: sources, category, things: twice, days, nanoUsd } = found;
    const where = { area: 'bill', subject: sources.join(' and '), state: 'warn' } as const;
    const details = { code: 'double-billing', sources, category, things: twice, days } as const;
    return { ...where, ...details, usd: usdText(usd(nanoUsd)) };
  });
}
