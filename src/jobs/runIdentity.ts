/** The run ID of an audit: made from its inputs, and new if another audit came between. */

import type { AuditIdentity } from '../verdict/document/document.ts';
import type { AuditTools, JobContext } from './job.ts';
import type { AuditedPeriod } from '../calendar/quarter.ts';
import { DAYS_TO_ACT } from '../calendar/horizons.ts';
import type { UnconvertedCharges } from '../domain/currency.ts';
import type { InvoicedMonth, ReconciledMonth } from '../domain/reconciliation.ts';
import type { IngestTrouble } from '../ledger/facts.ts';
import type { AuditDigests } from '../verdict/audit.ts';
import type { Policy } from '../verdict/policy.ts';
import { actionSettings } from './actionOwners.ts';
import type { AuditConfig, GatheredFacts } from './gather.ts';

export interface RunInputs {
  readonly audited: AuditedPeriod;
  readonly asOfMs: number;
  /** Digest of all facts and settings that the audit is made from. */
  readonly inputsDigest: string;
}

interface RunContext extends Pick<JobContext, 'ledger'> {
  readonly audits: Pick<AuditTools, 'codeVersion' | 'digest'>;
}

const RUN_ID_LENGTH = 16;

/**
 * The same inputs and code give the same run ID. If they return after another audit of the period
 * (a setting was reverted, a bill restated twice), they get an ID of their own. Reports and
 * editions use the newest run, and would otherwise keep the reverted one.
 */
export async function computeRunIdentity(
  context: RunContext,
  inputs: RunInputs,
): Promise<AuditIdentity> {
  const { audited, asOfMs, inputsDigest } = inputs;
  const { window, quarter, partial } = audited;
  const { codeVersion, digest } = context.audits;
  const named = digest({ inputsDigest, quarter, window, partial, codeVersion });
  const runId = await resolveRunId(context, inputs, named.slice(0, RUN_ID_LENGTH));
  return { quarter: quarter ?? null, partial, asOfMs, runId, inputsDigest, codeVersion };
}

/** An audit as of an earlier time replaces no newer run: it finds its own run again. */
async function resolveRunId(
  context: RunContext,
  inputs: RunInputs,
  runId: string,
): Promise<string> {
  const { audited, asOfMs, inputsDigest } = inputs;
  const { quarter, window } = audited;
  const newest = await context.ledger.audits.load(quarter === undefined ? { window } : { quarter });
  if (newest === undefined || newest.runId === runId || newest.asOfMs > asOfMs) return runId;
  const isSame =
    newest.inputsDigest === inputsDigest &&
    newest.codeVersion === context.audits.codeVersion &&
    newest.quarter === quarter &&
    newest.partial === audited.partial &&
    newest.window.endMs === window.endMs;
  if (isSame) return newest.runId;
  if ((await context.ledger.audits.load({ runId })) === undefined) return runId;
  return context.audits.digest({ runId, after: newest.runId }).slice(0, RUN_ID_LENGTH);
}

export interface DigestInputs {
  readonly gathered: GatheredFacts;
  readonly policy: Policy;
  readonly invoices: readonly InvoicedMonth[];
  /** Comparison of the bills with stated totals and invoices; it depends on the tolerances. */
  readonly reconciliation: readonly ReconciledMonth[];
  readonly troubles: readonly IngestTrouble[];
  readonly unconverted: readonly UnconvertedCharges[];
}

export interface InputDigests {
  /** Digest of everything that affects the figures of one audit by itself. */
  readonly bearing: string;
  /** Digest of the further usage facts, which change no dollar figure; absent if there are none. */
  readonly beside?: string;
  /** Digest of who acts and by when, which changes no dollar figure either. */
  readonly acting?: string;
  /** Digest of the facts, and digest of the settings. */
  readonly digests: AuditDigests;
}

interface DigestContext {
  readonly config: AuditConfig;
  readonly audits: Pick<AuditTools, 'digest'>;
}

/** Charges were digested while they were read; usage intervals are digested once, as bytes. */
export function computeInputDigests(
  { config, audits: { digest } }: DigestContext,
  { gathered, policy, invoices, reconciliation, troubles, unconverted }: DigestInputs,
): InputDigests {
  const { input, hours, chargesDigest: charges, totals, gaps, warnings, notes } = gathered;
  const { charges: _charges, deployments, localClock, gatewayCosts, ...rest } = input;
  const usage = digest(
    deployments.map(({ id, usage: rows, trailingUsage, batchUsage }) => [
      id,
      rows,
      trailingUsage,
      ...(batchUsage === undefined ? [] : [batchUsage]),
    ]),
  );
  const deploymentTerms = deployments.map(
    ({ usage: _usage, trailingUsage: _trailing, batchUsage: _batch, ...terms }) => terms,
  );
  const beside = gathered.beside.size === 0 ? {} : { beside: digest(gathered.beside) };
  const actingInputs = actionSettings(config);
  const acting = Object.keys(actingInputs).length === 0 ? {} : { acting: digest(actingInputs) };
  const { resources, prices, availability, priceGaps, rates, bought } = rest;
  const unseen = priceGaps === undefined ? {} : { priceGaps };
  const market = { prices, availability, ...unseen, rates };
  // Keys of stored digests keep their names: another name would be another digest.
  const reckoned = gatewayCosts === undefined ? {} : { reckoned: gatewayCosts };
  const wall =
    localClock === undefined
      ? {}
      : { wall: { timeZone: localClock.timeZone, shifts: localClock.offsets } };
  const elsewhere = { ...(bought === undefined ? {} : { bought }), ...reckoned };
  const facts = { charges, resources, ...market, ...elsewhere, usage, hours };
  const ownInputs = {
    ...rest,
    ...wall,
    ...reckoned,
    charges,
    usage,
    deployments: deploymentTerms,
    warnings,
    notes,
  };
  // An absent part adds no key: an extra key would change the digest and give another audit.
  const billed = invoices.length === 0 ? { totals } : { totals, invoices };
  const off = reconciliation.filter(({ lines }) => lines.some(({ match }) => match !== 'matched'));
  const billInputs = {
    ...billed,
    ...(off.length === 0 ? {} : { off }),
    ...(gaps.length === 0 ? {} : { gaps }),
    ...(unconverted.length === 0 ? {} : { unconverted }),
  };
  return {
    bearing: digest({ ...ownInputs, policy, ...billInputs, troubles }),
    ...beside,
    ...acting,
    digests: {
      facts: digest({ ...facts, ...billed, troubles, ...beside }),
      settings: digest(settingsOf(config)),
    },
  };
}

/** Returns the settings that affect an audit. */
function settingsOf({ report, policy: wholePolicy, ...config }: AuditConfig) {
  const { deployments, labor, commitments, sharing, market, migration, fiscal, owner } = config;
  const { timeZone, sendOn } = report ?? {};
  // A setting with its default value adds no key to the digest.
  const { actWithinDays, ...thresholds } = wholePolicy;
  const policy = actWithinDays === DAYS_TO_ACT ? thresholds : wholePolicy;
  const acting = {
    ...(owner === undefined ? {} : { owner }),
    ...(sendOn === undefined ? {} : { sendOn }),
  };
  const credits = config.credits === undefined ? {} : { credits: config.credits };
  const prices = config.prices === undefined ? {} : { prices: config.prices };
  const { billOfRecord } = config;
  const recorded = billOfRecord === undefined ? {} : { billOfRecord };
  const priced = {
    ...prices,
    deployments,
    labor,
    commitments,
    ...credits,
    ...recorded,
    sharing,
    policy,
    market,
  };
  return { ...priced, ...acting, migration, fiscal, timeZone };
}
