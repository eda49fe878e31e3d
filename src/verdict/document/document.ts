/**
 * Builds the audit document `rentcheck/audit/1`, and the detail for charts, from economics and
 * verdict.
 */

import { decimal, divide, exact, multiply, toNumber, sumWhole } from '../../domain/exact.ts';
import { dayText, instantText, type Period } from '../../domain/period.ts';
import type { BillGap } from '../../domain/completeness.ts';
import type { ReconciledMonth } from '../../domain/reconciliation.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import type { ExtraFigures } from '../../economics/usage/extraFigures.ts';
import type { Warning } from '../../economics/warning.ts';
import type { Audit, AuditDetail, AuditDigests } from '../audit.ts';
import type { AuditDeployment } from '../auditDeployment.ts';
import { isCompared } from '../comparedSides.ts';
import type { StackVerdict } from '../decision.ts';
import { findDeploymentBreakEvens } from '../sensitivity/breakEvens.ts';
import { computeTornado } from '../sensitivity/tornado.ts';
import { printBill, printEvidence } from './documentEvidence.ts';
import { printConsequences } from './documentConsequences.ts';
import {
  printAuditDeployment,
  type PrintedDeployment,
  roundDeployment,
} from './documentDeployment.ts';
import { printEffects } from './documentSensitivity.ts';
import { printUsageDetail } from './documentUsage.ts';
import { printStack, printTotals } from './documentStack.ts';
import { microUsdText, roundNano, roundTogether, toMicroUsd } from './printed.ts';
import type { StepAssignments } from '../steps/stepTerms.ts';
import type { AuditSentences } from './sentences.ts';
import { usd } from '../../domain/money.ts';

/** Identity of an audit. The caller provides it. */
export interface AuditIdentity {
  readonly quarter: string | null;
  readonly partial: boolean;
  readonly asOfMs: number;
  readonly runId: string;
  readonly inputsDigest: string;
  readonly digests?: AuditDigests;
  readonly codeVersion: string;
}

export interface DocumentInput {
  readonly economics: StackEconomics;
  readonly verdict: StackVerdict;
  readonly identity: AuditIdentity;
  readonly sentences: AuditSentences;
  readonly acting: StepAssignments;
  /** Bills and invoices compared with the ledger. */
  readonly reconciliation?: readonly ReconciledMonth[];
  /** Missing bills. */
  readonly gaps?: readonly BillGap[];
  /** The previous quarter's audit, for the backtest. */
  readonly previous?: Audit | undefined;
  /** Warnings about the data, by deployment. */
  readonly warnings?: ReadonlyMap<string, readonly Warning[]>;
  /** Additional usage figures, by deployment. */
  readonly beside?: ReadonlyMap<string, ExtraFigures>;
}

/** Money has six decimals and is rounded once. Printed parts sum to the printed whole. */
export function printAudit(input: DocumentInput): { audit: Audit; detail: AuditDetail } {
  const { economics, verdict, previous, sentences, acting } = input;
  const { deployments: audited, bill: paid, window } = economics;
  const spends = roundNano([...audited.map(({ spend }) => spend.total), paid.unattributed]);
  const printed = audited.map((each, index) => roundDeployment(each, spends[index] ?? 0n));
  const answer = printStack(verdict.stack, printed, sentences);
  const deployments = printed.flatMap((each, index) => printedDeployment(each, index, input));
  const { savingUsd, decision } = answer;
  const unattributed = spends.at(-1) ?? 0n;
  const spend = sumWhole(spends);
  const answered = { deployments, savingUsd, decision, spend, unattributed };
  const common = { economics, verdict, previous, sentences, acting };
  const totals = printTotals(economics, printed, { spend, unattributed });
  const bill = printBill(economics, { spends, totals });
  const audit: Audit = {
    ...headOf(input),
    stack: {
      ...answer,
      ...printConsequences({ ...common, ...answered }),
      ...inFull(answer.options, economics),
    },
    totals,
    deployments,
    evidence: printEvidence(economics, input, spend),
    ...(bill === undefined ? {} : { bill }),
    sensitivity: isCompared(economics)
      ? printEffects(computeTornado(economics, verdict.stack.contested), sentences)
      : [],
  };
  return { audit, detail: printChartDetail(printed, window) };
}

/** The full migration cost: $1,600 in a quarter, amortized over four quarters, is $6,400. */
function inFull(
  options: Audit['stack']['options'],
  { migrationShare }: Pick<StackEconomics, 'migrationShare'>,
): Pick<Audit['stack'], 'migrationInFullUsd'> {
  const plan = options.find(({ option }) => option === 'best plan');
  if (plan === undefined || migrationShare === undefined) return {};
  return {
    migrationInFullUsd: microUsdText(
      toMicroUsd(divide(decimal(plan.migrationUsd), migrationShare)),
    ),
  };
}

function headOf({ identity, economics: { window } }: DocumentInput) {
  const { asOfMs, partial, quarter, runId, inputsDigest, codeVersion, digests = null } = identity;
  return {
    schema: 'rentcheck/audit/1' as const,
    quarter,
    window: { start: instantText(window.startMs), end: instantText(window.endMs), partial },
    asOf: instantText(asOfMs),
    runId,
    inputsDigest,
    digests,
    codeVersion,
  };
}

function printedDeployment(
  printed: PrintedDeployment,
  index: number,
  { economics, verdict, warnings, beside, sentences }: DocumentInput,
): AuditDeployment[] {
  const decision = verdict.deployments[index];
  if (decision === undefined) return [];
  const { id, subject } = decision;
  const flips =
    subject === undefined ? [] : findDeploymentBreakEvens(economics, printed.deployment, subject);
  const usage = printUsageDetail(beside?.get(id) ?? {}, sentences);
  const sides = { decision, flips, warnings: warnings?.get(id) ?? [], sentences };
  return [{ ...printAuditDeployment(printed, sides), ...usage }];
}

function printChartDetail(printed: readonly PrintedDeployment[], window: Period): AuditDetail {
  return {
    days: printed.flatMap(daysOf),
    load: printed.map(({ deployment }) => loadOf(deployment, window)),
  };
}

/** Rounds days together, so they sum to the deployment's printed figures. */
function daysOf({ deployment, spend, covered }: PrintedDeployment): AuditDetail['days'] {
  const { days, hosted, id } = deployment;
  const spends = roundTogether(
    days.map((day) => usd(day.spend)),
    spend,
  );
  const covereds = roundTogether(
    days.map((day) => day.coveredUsd),
    covered,
  );
  const own = hosted.byDay.find(({ host }) => host.host === hosted.chosen?.host);
  const hosteds = own && roundTogether(own.usd, own.host.usd ? toMicroUsd(own.host.usd) : 0n);
  return days.map((day, index) => ({
    day: dayText(day.dayMs),
    deployment: id,
    spendUsd: microUsdText(spends[index] ?? 0n),
    coveredSpendUsd: microUsdText(covereds[index] ?? 0n),
    tokens: day.promptTokens + day.outputTokens,
    hostedUsd: hosteds === undefined ? null : microUsdText(hosteds[index] ?? 0n),
  }));
}

const NS_IN_MS = 1_000_000;
const SECONDS_IN_HOUR = exact(3600n);

function loadOf(deployment: DeploymentEconomics, window: Period): AuditDetail['load'][number] {
  const { id, load, capacity, time } = deployment;
  const replicas = exact(BigInt(time.mostReplicas));
  const perHour =
    capacity && multiply(multiply(capacity.tokensPerSecond, SECONDS_IN_HOUR), replicas);
  return {
    deployment: id,
    startMs: window.startMs,
    tokensByHour: Array.from(load.tokensByHour, (tokens) => (Number.isNaN(tokens) ? null : tokens)),
    capacityTokensPerHour: perHour === undefined ? null : toNumber(perHour),
    replicas: time.mostReplicas,
    paidMsByHour: Array.from(load.paidNsByHour, (ns) => Math.round(ns / NS_IN_MS)),
  };
}
