/** Determines from bills, hours and the stored audit whether advice was taken. */

import {
  compare,
  decimal,
  divide,
  type Exact,
  exact,
  exactInteger,
  isZero,
  multiply,
  parseExact,
  toDecimal,
  ZERO,
} from '../../domain/exact.ts';
import { usd, usdText } from '../../domain/money.ts';
import { HOUR_MS, parseInstant, type Period } from '../../domain/period.ts';
import { type Choice, CHOICES } from '../../economics/offer.ts';
import type { DeploymentEconomics } from '../../economics/result.ts';
import type { AuditDeployment, AuditOption } from '../auditDeployment.ts';
import type { AdviceNote } from './adviceNote.ts';
import type { Audit } from '../audit.ts';

/** One deployment in two windows, and the option it was advised to take. */
export interface DeploymentPair {
  readonly past: AuditDeployment;
  /** Absent if it is no longer in the config. */
  readonly now: DeploymentEconomics | undefined;
  readonly advice: Choice;
  readonly pastMs: number;
  readonly nowMs: number;
  /** Rise of the unattributed spend. Absent if unknown. */
  readonly unattributedRiseUsd: Exact | undefined;
}

export interface AdviceTaken {
  /** `undefined` if unknown. */
  readonly taken: boolean | undefined;
  readonly note: AdviceNote;
}

export function findAdviceTaken(pair: DeploymentPair): AdviceTaken {
  const { now, advice } = pair;
  if (now?.unbilled !== undefined && compare(now.unbilled.share, MUCH_UNBILLED) > 0) {
    return unknown({ code: 'much-unbilled', unbilledShare: ceilingText(now.unbilled.share) });
  }
  if (advice === 'delete') return now === undefined ? goneFrom(pair) : spentLess(pair, now);
  if (now === undefined) return unknown({ code: 'not-in-config' });
  return advice === 'move' ? paysLess(pair, now) : runsLess(pair, now);
}

/**
 * A missing invoice is not a saving: above 10% of its tokens without a bill, the result is unknown.
 */
const MUCH_UNBILLED = decimal('0.1');

/** Rounds up, so a value above a limit never reads as the limit. */
function ceilingText(share: Exact): string {
  return toDecimal(share, 6, 'ceiling');
}

function unknown(note: AdviceNote): AdviceTaken {
  return { taken: undefined, note };
}

/** GPU spend at or below 5% of the earlier value counts as ended. */
const NEARLY_NOTHING = decimal('0.05');
/** Tolerance over the advised value: 10%. */
const NEARLY = decimal('1.1');
/** A rate above 95% of the earlier rate did not fall. */
const SAME = decimal('0.95');

/**
 * A deployment gone from the config may still be billed as unattributed spend. It counts as gone
 * only if that did not rise.
 */
function goneFrom({ past, unattributedRiseUsd }: DeploymentPair): AdviceTaken {
  const spent = parseFigure(past.spendUsd) ?? ZERO;
  if (unattributedRiseUsd === undefined) return unknown({ code: 'gone-billing-unknown' });
  if (compare(unattributedRiseUsd, multiply(spent, NEARLY_NOTHING)) > 0) {
    return unknown({ code: 'gone-maybe-billed', unattributedUsd: usdText(unattributedRiseUsd) });
  }
  return { taken: true, note: { code: 'gone' } };
}

function spentLess({ past }: DeploymentPair, { spend }: DeploymentEconomics): AdviceTaken {
  const [before, after] = [parseFigure(past.spendUsd) ?? ZERO, usd(spend.total)];
  if (before.num <= 0n) return unknown({ code: 'nothing-spent-before' });
  return {
    taken: compare(after, multiply(before, NEARLY_NOTHING)) <= 0,
    note: { code: 'spend', usd: usdText(after), beforeUsd: usdText(before) },
  };
}

/** Compares replica-hours: of 1,000 paid and 600 advised, up to 660 are as advised. */
function runsLess(pair: DeploymentPair, { time }: DeploymentEconomics): AdviceTaken {
  const stretch = divide(exactInteger(pair.nowMs), exactInteger(pair.pastMs));
  const [before, asked] = [parseFigure(pair.past.paidReplicaHours), advisedHours(pair)];
  if (before === undefined || asked === undefined) {
    return unknown({ code: 'advised-hours-unknown' });
  }
  if (time.paidNs === 0n) return unknown({ code: 'no-hours-billed' });
  const most = multiply(multiply(asked, NEARLY), stretch);
  if (compare(most, multiply(before, stretch)) >= 0) {
    const hours = { advisedHours: hoursText(asked), beforeHours: hoursText(before) };
    return unknown({ code: 'advised-hours-alike', ...hours });
  }
  const after = paidHours(time.paidNs);
  const hours = {
    paidHours: hoursText(after),
    advisedHours: hoursText(multiply(asked, stretch)),
  };
  return { taken: compare(after, most) <= 0, note: { code: 'hours', ...hours } };
}

function hoursText(count: Exact): string {
  return toDecimal(count, 6, 'floor');
}

/** The advised replica-hours. Hours over covered time are scaled up to all paid time. */
function advisedHours({ past, advice, pastMs }: DeploymentPair): Exact | undefined {
  const detail = findStoredOption(past, advice)?.detail ?? {};
  if (advice === 'hybrid') {
    if (detail.replicas === undefined) return undefined;
    const window = divide(exactInteger(pastMs), exactInteger(HOUR_MS));
    return multiply(exactInteger(detail.replicas), window);
  }
  const covered = parseFigure(advice === 'serverless' ? detail.workerHours : detail.replicaHours);
  const coverage = parseFigure(past.coverage);
  if (covered === undefined || coverage === undefined || isZero(coverage)) return undefined;
  return divide(covered, coverage);
}

/**
 * Compares the cost of a replica-hour. If half the rate was offered, up to 55% of the old rate is
 * as advised, at the same or at another provider.
 */
function paysLess(
  { past, advice }: DeploymentPair,
  { spend, time, sources }: DeploymentEconomics,
): AdviceTaken {
  const detail = findStoredOption(past, advice)?.detail;
  const [offered, own] = [
    parseFigure(detail?.usdPerGpuHour),
    parseFigure(detail?.ownUsdPerGpuHour),
  ];
  const before = rate(parseFigure(past.computeUsd), parseFigure(past.paidReplicaHours));
  const after = rate(usd(spend.compute), paidHours(time.paidNs));
  const share = rate(offered, own);
  if (before === undefined || after === undefined || share === undefined) {
    return unknown({ code: 'hour-cost-unknown' });
  }
  const most = multiply(before, multiply(share, NEARLY));
  const isLower = compare(after, multiply(before, SAME)) < 0;
  const isAsAdvised = compare(after, most) <= 0;
  const costs = { usdPerHour: usdText(after), beforeUsdPerHour: usdText(before), sources };
  const taken = isAsAdvised === isLower ? isLower : undefined;
  return { taken, note: { code: 'hour-cost', ...costs } };
}

function rate(amount: Exact | undefined, by: Exact | undefined): Exact | undefined {
  if (amount === undefined || by === undefined || by.num <= 0n) return undefined;
  return divide(amount, by);
}

/** A printed figure. `undefined` if it is null or absent. */
export function parseFigure(text: string | null | undefined): Exact | undefined {
  return text === null || text === undefined ? undefined : parseExact(text);
}

export function parseWindow({ window }: Audit): Period | undefined {
  const [startMs, endMs] = [parseInstant(window.start), parseInstant(window.end)];
  return startMs === undefined || endMs === undefined ? undefined : { startMs, endMs };
}

/** The option that a verdict advises. `undefined` if it advises no change. */
export function storedAdvice({ verdict }: AuditDeployment): Choice | undefined {
  return CHOICES.find((choice) => choice !== 'keep' && choice === verdict);
}

export function findStoredOption(
  { options }: AuditDeployment,
  choice: Choice,
): AuditOption | undefined {
  return options.find(({ option }) => option === choice);
}

const NS_IN_HOUR = 3_600_000_000_000n;

function paidHours(paidNs: bigint): Exact {
  return exact(paidNs, NS_IN_HOUR);
}
