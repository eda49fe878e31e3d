/** Reads the ledger's facts and the config into the input of the economics. */

import type { CommitmentConfig, Config } from '../config/config.ts';
import type { DeploymentConfig } from '../config/config.ts';
import type { BillGap, BillSource } from '../domain/completeness.ts';
import { parseModelName } from '../domain/modelName.ts';
import type { OpsEntry } from '../domain/provenance.ts';
import { DAY_MS, type Period, period } from '../domain/period.ts';
import type { ComparedTotal } from '../domain/invoice.ts';
import { rowsStartingIn } from '../domain/usage.ts';
import type { UsageFacts } from '../domain/usageFacts.ts';
import { utcOffsets } from '../domain/localTime.ts';
import type {
  CommitmentInput,
  DeploymentInput,
  HostedInput,
  StackInput,
} from '../economics/input.ts';
import { spreadByDay } from '../economics/bill/accounts.ts';
import { recordKeeper } from '../economics/bill/billOfRecord.ts';
import { type BookTerms, chargeBooking } from '../economics/bill/booking.ts';
import { daySpends } from '../economics/bill/credits.ts';
import { dayGrid, dayMsAt } from '../economics/bill/days.ts';
import { totalsKeeper } from '../economics/bill/compareTotals.ts';
import { boughtKeeper } from '../economics/hosted/bought.ts';
import { dropImplausibleUsage } from '../economics/usage/plausibleUsage.ts';
import type { ExtraUsage } from '../economics/usage/extraFigures.ts';
import { type DemandRows, mergeUsage, separateDemand } from '../economics/usage/demand.ts';
import type { Warning } from '../economics/warning.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { findBillGaps } from './completeness.ts';
import type { AuditTools } from './job.ts';
import { toLaborInput, toMigrationInput } from './engineeringHours.ts';
import { compareGateway, isWithin, toGatewayCosts } from './gatewayChecks.ts';
import { readPricesInForce } from './hostedPrices.ts';
import { unknownDeploymentWarnings } from './unknownDeployments.ts';
import type { AuditedPeriod } from '../calendar/quarter.ts';

const TRAILING_DAYS = 90;

export interface GatheredFacts {
  readonly input: StackInput;
  /** Warnings about the facts, by deployment. */
  readonly warnings: ReadonlyMap<string, readonly Warning[]>;
  /** Further usage facts by deployment; shown in the report, but in no cost. */
  readonly beside: ReadonlyMap<string, ExtraUsage>;
  /** Warnings about the whole stack. */
  readonly notes: readonly Warning[];
  /** Digest of all charges, in an order that does not depend on when they were recorded. */
  readonly chargesDigest: string;
  /** Totals that providers state, beside the sums of their charges. */
  readonly totals: readonly ComparedTotal[];
  /** Missing bills. */
  readonly gaps: readonly BillGap[];
  /** Entries of the ops log; `input` has the engineering hours that follow from them. */
  readonly hours: readonly OpsEntry[];
}

/** The settings that affect an audit, without addresses and secrets. */
export type AuditConfig = Pick<
  Config,
  | 'owner'
  | 'deployments'
  | 'labor'
  | 'commitments'
  | 'credits'
  | 'billOfRecord'
  | 'sharing'
  | 'policy'
  | 'market'
  | 'prices'
  | 'migration'
  | 'fiscal'
> & { readonly report?: Pick<NonNullable<Config['report']>, 'timeZone' | 'sendOn'> };

export interface GatherRequest extends Pick<AuditTools, 'runningDigest'> {
  readonly config: AuditConfig;
  readonly ledger: Pick<Ledger, 'facts'>;
  readonly audited: AuditedPeriod;
  readonly asOfMs: number;
  /** How late the bills of each source may be. */
  readonly sources: readonly BillSource[];
}

/**
 * Reads everything known at `asOfMs` that affects the window. The order of the facts does not
 * depend on when they were recorded.
 */
export async function gather(gathering: GatherRequest): Promise<GatheredFacts> {
  const { config, ledger, audited, asOfMs } = gathering;
  const { window } = audited;
  const warnings = new Map<string, readonly Warning[]>();
  const beside = new Map<string, ExtraUsage>();
  const deployments: DeploymentInput[] = [];
  for (const deployment of config.deployments) {
    const served = await usageOf(gathering, deployment);
    deployments.push({ ...termsOf(deployment), ...served.usage });
    if (served.warnings.length > 0) warnings.set(deployment.id, served.warnings);
    if (served.beside !== undefined) beside.set(deployment.id, served.beside);
  }
  const resources = await ledger.facts.resources(asOfMs);
  const commitments = config.commitments.map(toCommitmentInput);
  const credits = await creditsOf(gathering);
  const terms = { window, deployments, resources, commitments, ...credits };
  const bill = await billOf(gathering, terms);
  const market = await marketOf(gathering);
  const hours = await ledger.facts.opsEntries(window, asOfMs);
  const known = new Set(config.deployments.map(({ id }) => id));
  const input: StackInput = {
    window,
    charges: bill.charges,
    ...(bill.leftOut.length === 0 ? {} : { leftOut: bill.leftOut }),
    billing: await ledger.facts.sourceBilling(window, asOfMs),
    resources,
    ...market,
    rates: await ledger.facts.gpuRates(asOfMs),
    ...bill.elsewhere,
    deployments,
    labor: toLaborInput(config.labor, hours, { audited, known }),
    commitments,
    ...credits,
    sharing: config.sharing,
    cacheRealization: config.policy.cacheRealization,
    market: config.market,
    migration: toMigrationInput(config.migration, audited),
    ...wallOf(config, window),
  };
  const served = await ledger.facts.servedDeployments(window, asOfMs);
  const notes = unknownDeploymentWarnings(known, { served, hours });
  const { chargesDigest, totals } = bill;
  const gaps = await findBillGaps(ledger, window, gathering);
  return { input, warnings, beside, notes, hours, chargesDigest, totals, gaps };
}

/** Returns hosted prices, and the gaps in which no prices were pulled. */
async function marketOf(gathering: GatherRequest) {
  const { config, audited, asOfMs } = gathering;
  const range = { window: audited.window, asOfMs };
  const { gaps, ...market } = await readPricesInForce(gathering, models(config), range);
  return gaps.length === 0 ? market : { ...market, priceGaps: gaps };
}

/** Returns the report's time zone and its shifts, if it is not UTC. */
function wallOf({ report }: AuditConfig, window: Period): Pick<StackInput, 'localClock'> {
  const timeZone = report?.timeZone ?? 'UTC';
  return timeZone === 'UTC'
    ? {}
    : { localClock: { timeZone, offsets: utcOffsets(window, timeZone) } };
}

/** Books, sums and digests the charges as they are streamed, and keeps none in memory. */
async function billOf({ config, ledger, asOfMs, runningDigest }: GatherRequest, terms: BookTerms) {
  const booking = chargeBooking(terms);
  const record = recordKeeper(config.billOfRecord ?? [], terms.window);
  const bought = boughtKeeper();
  const totals = totalsKeeper(await ledger.facts.statedTotals(terms.window, asOfMs));
  const digest = runningDigest();
  await ledger.facts.eachCharge(terms.window, asOfMs, (charge, text) => {
    totals.add(charge);
    digest.add(text);
    if (record.takes(charge)) return;
    booking.add(charge);
    bought.addCharge(charge);
  });
  const served = await ledger.facts.hostedUsage(terms.window, asOfMs);
  for (const row of served) if (!record.takesUsage(row)) bought.addUsage(row);
  const rows = bought.close();
  const gatewayCosts = toGatewayCosts(served, terms.window);
  const summary = { chargesDigest: digest.end(), totals: totals.close() };
  const elsewhere = {
    ...(rows.length === 0 ? {} : { bought: rows }),
    ...(gatewayCosts.length === 0 ? {} : { gatewayCosts }),
  };
  return { charges: booking.close(), leftOut: record.close(), ...summary, elsewhere };
}

/** Spend since the first grant decides how much credit is left at the start of the window. */
async function creditsOf({ config, ledger: { facts }, audited, asOfMs }: GatherRequest) {
  if (config.credits === undefined) return {};
  const grants = config.credits.map(({ source, ...terms }) => ({ sourceId: source, ...terms }));
  const firstMs = Math.min(...grants.map(({ fromMs }) => fromMs));
  const spends = daySpends(grants);
  if (firstMs < audited.window.startMs) {
    const before = period(firstMs, audited.window.startMs);
    const grid = dayGrid(before);
    await facts.eachCharge(before, asOfMs, ({ sourceId, category, billed, period: span }) => {
      const parts = spreadByDay(billed, span, grid);
      const byDay = parts.map(([day, nano]) => [dayMsAt(grid, day), nano] as const);
      spends.add(sourceId, category, byDay);
    });
  }
  return { credits: { grants, spentBefore: spends.close() } };
}

async function usageOf({ ledger, audited, asOfMs }: GatherRequest, deployment: DeploymentConfig) {
  const { window } = audited;
  const trailingMs = window.endMs - TRAILING_DAYS * DAY_MS;
  const span: Period = period(Math.min(window.startMs, trailingMs), window.endMs);
  const bySource = await ledger.facts.usage(deployment.id, span, asOfMs);
  // The gateway counts the same requests, so it must not fill gaps in usage.
  const second = deployment.gateway && bySource.get(deployment.gateway.source);
  if (deployment.gateway !== undefined) bySource.delete(deployment.gateway.source);
  const facts = await ledger.facts.usageFacts(deployment.id, span, asOfMs);
  const preferred = deployment.usage?.source;
  const demand = separateDemand(bySource, facts.parts, preferred);
  const { series: merged, warnings } = mergeUsage(demand?.bySource ?? bySource, preferred);
  const { series, doubts } = dropImplausibleUsage(merged, deployment);
  const usage = rowsStartingIn(series, window.startMs, window.endMs);
  const trailingUsage = rowsStartingIn(series, trailingMs, window.endMs);
  const doubted = doubts.length === 0 ? {} : { doubts };
  const { batchUsage, rows } = demand?.forRows(usage) ?? {};
  const waits = batchUsage === undefined ? {} : { batchUsage };
  const meters = { window, first: () => mergeUsage(bySource, preferred).series, second, facts };
  return {
    usage: { usage, trailingUsage, ...waits, ...doubted },
    beside: besideOf(facts, window, { ...demanded(rows), ...compareGateway(deployment, meters) }),
    warnings: [...warnings, ...misfitWarnings(demand?.misfits ?? 0)].map((warning) => ({
      ...warning,
      deployment: deployment.id,
    })),
  };
}

function demanded(demand: DemandRows | undefined): Pick<ExtraUsage, 'demand'> {
  return demand === undefined ? {} : { demand };
}

/** Returns `undefined` if there are no further usage facts. */
function besideOf(facts: UsageFacts, window: Period, others: Omit<ExtraUsage, 'facts'>) {
  const isEmpty = Object.values(facts).every((all: readonly unknown[]) => all.length === 0);
  if (isEmpty && others.meters === undefined) return undefined;
  const startedInWindow = <Fact extends { readonly period: Period }>(all: readonly Fact[]) =>
    all.filter(({ period: { startMs } }) => isWithin(window, startMs));
  const { parts, latency, gpuActivity, requestCounts } = facts;
  const inWindow: UsageFacts = {
    parts: startedInWindow(parts),
    latency: startedInWindow(latency),
    gpuActivity: startedInWindow(gpuActivity),
    requestCounts: startedInWindow(requestCounts),
  };
  return { facts: inWindow, ...others };
}

function misfitWarnings(misfits: number): Warning[] {
  return misfits === 0 ? [] : [{ code: 'usage-parts-contradict', stretches: misfits }];
}

function termsOf(deployment: DeploymentConfig): Omit<DeploymentInput, 'usage' | 'trailingUsage'> {
  const { id, model, gpu, capacity, hosted, rightSize, spot, serverless, waiver } = deployment;
  return {
    id,
    model,
    gpu,
    resources: deployment.resources.map(({ source, ...match }) => ({ sourceId: source, ...match })),
    hosted: { ...toHostedInput(hosted), ...ownPrecision(deployment) },
    rightSize,
    evictionOverhead: spot.evictionOverhead,
    ...(capacity === undefined ? {} : { capacity }),
    ...(serverless === undefined ? {} : { serverless }),
    ...(waiver === undefined ? {} : { waiver }),
  };
}

/** Returns the precision of the config, otherwise that in the model's name: `…-FP8` is `fp8`. */
function ownPrecision({ hosted, model, precision }: DeploymentConfig) {
  const own = precision ?? parseModelName(model).quantization;
  return hosted === undefined || own === undefined ? {} : { ownPrecision: own.toLowerCase() };
}

export function toHostedInput(hosted: DeploymentConfig['hosted']): HostedInput {
  if (hosted === undefined) return NO_EQUIVALENTS;
  const { equivalents, alreadySpent, ...terms } = hosted;
  const bought = alreadySpent?.map(({ source, ...one }) => ({ sourceId: source, ...one }));
  return {
    ...terms,
    ...(bought === undefined ? {} : { alreadySpent: bought }),
    equivalents: equivalents.map(({ via, ...equivalent }) => ({ sourceId: via, ...equivalent })),
  };
}

export function toCommitmentInput({ source, covers, ...terms }: CommitmentConfig): CommitmentInput {
  if (covers === undefined) return { sourceId: source, ...terms };
  const { source: sourceId = source, ...match } = covers;
  return { sourceId: source, ...terms, covers: { sourceId, ...match } };
}

/** Without equivalents nothing is eligible, and the audit reports that. */
const NO_EQUIVALENTS: HostedInput = {
  equivalents: [],
  policy: 'cheapest',
  fee: { num: 0n, den: 1n },
  allowFree: false,
};

function models(config: AuditConfig) {
  return config.deployments
    .flatMap(({ hosted }) => hosted?.equivalents ?? [])
    .map(({ via, model }) => ({ sourceId: via, model }));
}
