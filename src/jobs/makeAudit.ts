/**
 * Makes an audit: gathers facts, compares options, decides and writes the document; stores nothing.
 */

import { toAuditRows } from '../verdict/document/rows.ts';
import type { AuditTools, AuditRequest, JobContext, MadeAudit } from './job.ts';
import { type AuditConfig, gather, type GatheredFacts } from './gather.ts';
import type { AuditedPeriod } from '../calendar/quarter.ts';
import type { PolicyConfig } from '../config/config.ts';
import { toGapFact, toMissingRateFacts } from '../domain/billIssues.ts';
import { multiply } from '../domain/exact.ts';
import { reconcile } from '../domain/reconciliation.ts';
import type { StackEconomics } from '../economics/result.ts';
import { weighStack } from '../economics/stack.ts';
import { computeExtraFigures } from '../economics/usage/extraFigures.ts';
import type { Warning } from '../economics/warning.ts';
import type { IngestTrouble } from '../ledger/facts.ts';
import { AUDIT_SENTENCES } from '../report/copy/sentences.ts';
import type { Audit, AuditDetail } from '../verdict/audit.ts';
import { decide } from '../verdict/decide.ts';
import type { StackVerdict } from '../verdict/decision.ts';
import { type AuditIdentity, printAudit } from '../verdict/document/document.ts';
import { readPreviousVerdicts } from '../verdict/judge/previousVerdict.ts';
import { backtestIfCompared } from '../verdict/backtest/backtest.ts';
import type { Policy } from '../verdict/policy.ts';
import { findActionOwners } from './actionOwners.ts';
import { finishedInvoices } from './examineBills.ts';
import { computeInputDigests, computeRunIdentity } from './runIdentity.ts';
import { loadPreviousAudit } from './previousAudits.ts';

/** Makes an audit; the same facts and settings give the same bytes, wherever it runs. */
export async function makeAudit(context: AuditContext, request: AuditRequest): Promise<MadeAudit> {
  context.progress('reading bills, usage and prices');
  const gathered = await gather({ ...context, ...request, ...context.audits });
  return recordOf(await computeAudit(context, { gathered, ...request }), request.audited);
}

function recordOf(
  { identity, economics, verdict, audit, detail }: ComputedAudit,
  { window }: AuditedPeriod,
): MadeAudit {
  const { quarter, digests: _digests, ...named } = identity;
  return {
    ...named,
    ...(quarter === null ? {} : { quarter }),
    window,
    auditJson: JSON.stringify(audit, null, 2),
    detailJson: JSON.stringify(detail),
    ...toAuditRows(economics, verdict),
  };
}

/** The part of a job context that makes an audit: it has no secret and no clock. */
export interface AuditContext extends Pick<JobContext, 'ledger' | 'progress'> {
  readonly config: AuditConfig;
  readonly audits: Omit<AuditTools, 'make'>;
}

export interface AuditInputs {
  readonly gathered: GatheredFacts;
  readonly audited: AuditedPeriod;
  readonly asOfMs: number;
  /**
   * Seed of the simulation. By default a digest of the inputs, so that a rerun gives the same
   * digits.
   */
  readonly seed?: string;
}

export interface ComputedAudit {
  readonly identity: AuditIdentity;
  /** Seed that the simulation used. */
  readonly seed: string;
  readonly economics: StackEconomics;
  readonly verdict: StackVerdict;
  readonly audit: Audit;
  readonly detail: AuditDetail;
}

/** Computes an audit; the same inputs give the same audit and run ID. Stores nothing. */
export async function computeAudit(
  context: AuditContext,
  weighing: AuditInputs,
): Promise<ComputedAudit> {
  const { gathered, audited, asOfMs } = weighing;
  const { config, ledger } = context;
  const { window, quarter } = audited;
  const invoices = await finishedInvoices(ledger, window, asOfMs);
  const troubles = await ledger.facts.troubles(window, asOfMs);
  const unconverted = await ledger.facts.unconvertedCharges(window, asOfMs);
  const before =
    quarter === undefined ? undefined : await loadPreviousAudit(context, window, asOfMs);
  const policy = policyFor(config.policy, audited);
  const tolerance = config.policy.reconciliation;
  const reconciliation = reconcile({ months: invoices, totals: gathered.totals }, tolerance);
  const inputs = { gathered, policy, invoices, reconciliation, troubles, unconverted };
  const { bearing, digests, ...otherDigests } = computeInputDigests(context, inputs);
  const inputsDigest = context.audits.digest({ bearing, before, ...otherDigests });
  const run = await computeRunIdentity(context, { audited, asOfMs, inputsDigest });
  const identity = { ...run, digests };
  const seed = weighing.seed ?? bearing;
  context.progress('comparing the options');
  const { gaps } = gathered;
  const notes = [
    ...gathered.notes,
    ...toMissingRateFacts(invoices),
    ...gaps.map(toGapFact),
    ...troubles.map(troubleWarning),
  ];
  const economics = weighStack(gathered.input);
  const chance = context.audits.chance(seed);
  const advice = backtestIfCompared(before, economics)?.advice;
  const standings = readPreviousVerdicts(before, advice);
  const billFacts = { reconciliation, gaps, unconverted, notes };
  const verdict = decide(economics, { policy, chance, ...billFacts, standings });
  const { warnings } = gathered;
  return {
    identity,
    seed,
    economics,
    verdict,
    ...printAudit({
      economics,
      verdict,
      identity,
      sentences: AUDIT_SENTENCES,
      acting: findActionOwners(config, asOfMs),
      reconciliation,
      gaps,
      previous: before,
      warnings,
      beside: besideOf(gathered, economics),
    }),
  };
}

function besideOf({ input, beside }: GatheredFacts, { deployments }: StackEconomics) {
  return new Map(
    input.deployments.flatMap((each) => {
      const economics = deployments.find(({ id }) => id === each.id);
      if (economics === undefined) return [];
      const facts = beside.get(each.id);
      return [[each.id, computeExtraFigures({ input: each, economics, beside: facts })] as const];
    }),
  );
}

/** For a custom period: a single day does not show how days differ. */
const MIN_DAYS = 2;

/**
 * Scales the minimum saving per quarter to the window: in a week of a 92-day quarter to 7/92 of it.
 * In a custom period a few dollars may be enough, so its probability needs more than one day.
 */
function policyFor(policy: PolicyConfig, { quarters, quarter }: AuditedPeriod): Policy {
  const minSavingUsd = multiply(policy.minSavingUsd, quarters);
  const custom = quarter === undefined ? { fewestDays: MIN_DAYS } : {};
  const { reconciliation: _reconciliation, actWithinDays: _days, ...thresholds } = policy;
  return { ...thresholds, minSavingUsd, ...custom };
}

function troubleWarning({ sourceId, kind, what, count, example }: IngestTrouble): Warning {
  return { code: 'source-incomplete', source: sourceId, kind, what, count, example };
}
