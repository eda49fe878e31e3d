/** Previews an import of prices on a copy of the ledger: what it would add and change. */

import { decimal, subtract, toDecimal } from '../domain/exact.ts';
import { invariant } from '../domain/failure.ts';
import { DAY_MS, instantText, period } from '../domain/period.ts';
import { type AnyServiceTier, type HostedPrice, isQuarantined } from '../domain/price.ts';
import type { Audit } from '../verdict/audit.ts';
import type { AuditDeployment } from '../verdict/auditDeployment.ts';
import type { RatioText, UsdText } from '../domain/figures.ts';
import type { Verdict } from '../verdict/auditWord.ts';
import { auditJob } from './audit.ts';
import type { JobContext, JobResult } from './job.ts';
import { importJob } from './importFile.ts';
import type { ImportResult } from './importResult.ts';
import { type PriceTerms, toPriceTerms } from './knownPrices.ts';

export interface PricePreviewRequest {
  readonly path: string;
  readonly source: string;
  /** The last audited quarter if absent. */
  readonly quarter?: string | undefined;
}

/** `rentcheck/price-preview/1`: dollars per million tokens with six places; null if unknown. */
export interface PricePreview {
  readonly schema: 'rentcheck/price-preview/1';
  /** The result of the import, without its number. */
  readonly import: Omit<ImportResult, 'fetch'>;
  /** What it would add or change, by model, provider and date. */
  readonly points: readonly PricePoint[];
  /** Figures of a full audit before and after; null if no quarter was given or audited. */
  readonly audit: PreviewedAudit | null;
}

export interface PricePoint {
  readonly state: 'new' | 'restated';
  readonly model: string;
  readonly host: string;
  readonly quantization: string;
  readonly tier: AnyServiceTier;
  readonly validFrom: string;
  /** Null if it is new. */
  readonly was: PointTerms | null;
  readonly now: PointTerms;
  /** Stored and shown, but not in force until the config trusts it. */
  readonly quarantined: boolean;
}

export interface PointTerms extends PriceTerms {
  /** False once the provider has stopped selling the model. */
  readonly offered: boolean;
}

/** Figures of an audit before and after the import. */
export interface PreviewedAudit {
  readonly quarter: string;
  readonly stack: {
    readonly before: StackFigures;
    readonly after: StackFigures;
    readonly savingUsdDifference: UsdText | null;
  };
  readonly deployments: readonly MovedDeployment[];
}

export interface StackFigures {
  readonly verdict: Verdict;
  readonly savingUsd: UsdText | null;
}

export interface MovedDeployment {
  readonly id: string;
  readonly before: DeploymentFigures;
  readonly after: DeploymentFigures;
  /** After minus before; null if either is unknown. */
  readonly difference: MovingFigures;
}

/** What the deployment's own tokens would have cost; null if no provider is eligible. */
export interface MovingFigures {
  /** With fees, at the price that the policy selects from the eligible offers. */
  readonly hostedUsd: UsdText | null;
  /** The same per million tokens: the effective price. */
  readonly hostedUsdPerMtok: RatioText | null;
  readonly cheapestUsd: UsdText | null;
  readonly medianUsd: UsdText | null;
  readonly savingUsd: UsdText | null;
}

export interface DeploymentFigures extends MovingFigures {
  readonly host: string | null;
  readonly verdict: Verdict;
}

/**
 * Audits, imports and audits again, each like the command of that name. `context` has a temporary
 * ledger: all writes go there.
 * @throws {Failure} like importing the file or auditing.
 */
export async function previewPrices(
  context: JobContext,
  { path, source, quarter: requested }: PricePreviewRequest,
): Promise<JobResult<PricePreview>> {
  const quarter = requested ?? (await context.ledger.audits.lastQuarter());
  const before = await auditOf(context, quarter);
  const known = await pointsOf(context, source);
  const answer = await importJob.run(context, { kind: 'prices', path, source, format: 'auto' });
  invariant(answer.kind === 'done', 'an import is done, or throws');
  const after = await auditOf(context, quarter);
  const { fetch: _ofTheCopy, ...imported } = answer.result;
  const trust = context.config.prices?.trust ?? [];
  const points = [...(await pointsOf(context, source))].flatMap(([key, price]): PricePoint[] => {
    const was = known.get(key);
    if (was !== undefined && textOf(was) === textOf(price)) return [];
    return [pointOf(price, { was, quarantined: isQuarantined(price, trust) })];
  });
  const result: PricePreview = {
    schema: 'rentcheck/price-preview/1',
    import: imported,
    points,
    audit: before === undefined || after === undefined ? null : toPreviewedAudit(before, after),
  };
  return { kind: 'done', result, shortfalls: answer.shortfalls };
}

async function auditOf(context: JobContext, quarter: string | undefined) {
  if (quarter === undefined) return undefined;
  const answer = await auditJob.run(context, { quarter });
  return answer.result?.audit;
}

/** A file may contain prices that take effect up to a year from now. */
const FUTURE_MS = 400 * DAY_MS;

/** Returns every price of a source, by its key. */
async function pointsOf({ ledger, clock }: JobContext, source: string) {
  const nowMs = clock.nowMs();
  const asOfMs = await ledger.facts.asOfNow(nowMs);
  const models = (await ledger.facts.pricedModels(asOfMs)).filter(
    ({ sourceId }) => sourceId === source,
  );
  const { prices } = await ledger.facts.hostedPrices(models, period(0, nowMs + FUTURE_MS), asOfMs);
  const keyOf = ({ model, host, validFromMs, quantization, serviceTier }: HostedPrice) =>
    [model, host, instantText(validFromMs), quantization, serviceTier ?? ''].join('\u0000');
  const keyed = prices.map((price) => [keyOf(price), price] as const);
  return new Map(keyed.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function textOf(price: HostedPrice): string {
  return JSON.stringify(price, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
}

function pointOf(
  price: HostedPrice,
  { was, quarantined }: { was: HostedPrice | undefined; quarantined: boolean },
): PricePoint {
  const { model, host, quantization, serviceTier: tier = 'standard', validFromMs } = price;
  return {
    state: was === undefined ? 'new' : 'restated',
    model,
    host,
    quantization,
    tier,
    validFrom: instantText(validFromMs),
    was: was === undefined ? null : termsOf(was),
    now: termsOf(price),
    quarantined,
  };
}

function termsOf(price: HostedPrice): PointTerms {
  return { ...toPriceTerms(price), offered: price.offered };
}

function toPreviewedAudit(before: Audit, after: Audit): PreviewedAudit {
  const afterById = new Map(after.deployments.map((each) => [each.id, figuresOf(each)]));
  const [was, is] = [before, after].map(({ stack }) => ({
    verdict: stack.verdict,
    savingUsd: stack.savingUsd.base,
  })) as [StackFigures, StackFigures];
  return {
    quarter: before.quarter ?? '',
    stack: {
      before: was,
      after: is,
      savingUsdDifference: difference(was.savingUsd, is.savingUsd),
    },
    deployments: before.deployments.flatMap((each) => {
      const [old, now] = [figuresOf(each), afterById.get(each.id)];
      return now === undefined ? [] : [toMovedDeployment(each.id, old, now)];
    }),
  };
}

function figuresOf({ hosted, verdict, savingUsd }: AuditDeployment): DeploymentFigures {
  return {
    host: hosted?.host ?? null,
    hostedUsd: hosted?.costUsd ?? null,
    hostedUsdPerMtok: hosted?.usdPerMtok ?? null,
    cheapestUsd: hosted?.cheapestUsd ?? null,
    medianUsd: hosted?.medianUsd ?? null,
    savingUsd: savingUsd.base,
    verdict,
  };
}

function toMovedDeployment(
  id: string,
  before: DeploymentFigures,
  after: DeploymentFigures,
): MovedDeployment {
  const by = (name: keyof MovingFigures) => difference(before[name], after[name]);
  return {
    id,
    before,
    after,
    difference: {
      hostedUsd: by('hostedUsd'),
      hostedUsdPerMtok: by('hostedUsdPerMtok'),
      cheapestUsd: by('cheapestUsd'),
      medianUsd: by('medianUsd'),
      savingUsd: by('savingUsd'),
    },
  };
}

/** Subtracts with the larger number of decimals: `'6.374175'` to `'7.01'` is `'0.635825'`. */
function difference(before: string | null, after: string | null): string | null {
  if (before === null || after === null) return null;
  const places = [before, after].map((text) => text.split('.')[1]?.length ?? 0);
  return toDecimal(subtract(decimal(after), decimal(before)), Math.max(...places));
}
