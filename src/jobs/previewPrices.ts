/** What an import of prices would bring and move, tried on a copy of the ledger. */

import { decimal, subtract, toDecimal } from '../domain/exact.ts';
import { invariant } from '../domain/invariant.ts';
import { usd } from '../domain/money.ts';
import { DAY_MS, instantText, period } from '../domain/period.ts';
import { isQuarantined } from '../domain/plausiblePrice.ts';
import type { HostedPrice, Tier } from '../domain/price.ts';
import type { Audit } from '../verdict/audit.ts';
import type { AuditDeployment } from '../verdict/auditDeployment.ts';
import type { RatioText, UsdText, Verdict } from '../verdict/auditWord.ts';
import { auditJob } from './audit.ts';
import type { JobContext } from './context.ts';
import { importJob } from './importFile.ts';
import type { ImportResult } from './importResult.ts';
import type { Answer } from './job.ts';

export interface PreviewRequest {
  readonly path: string;
  readonly source: string;
  /** The last one that was audited unless told. */
  readonly quarter?: string | undefined;
}

/** `rentcheck/price-preview/1`: dollars for a million tokens with six places, null is not told. */
export interface PricePreview {
  readonly schema: 'rentcheck/price-preview/1';
  /** As the import would answer, without a number of its own. */
  readonly import: Omit<ImportResult, 'fetch'>;
  /** What it would add or change, by model, host and date. */
  readonly points: readonly PricePoint[];
  /** What a full audit says before and after; null where no quarter was named or audited. */
  readonly audit: PreviewedAudit | null;
}

export interface PricePoint {
  readonly state: 'new' | 'restated';
  readonly model: string;
  readonly host: string;
  readonly quantization: string;
  readonly tier: Tier;
  readonly validFrom: string;
  /** Null where it is new. */
  readonly was: PointTerms | null;
  readonly now: PointTerms;
  /** Kept and shown, and not in force until config trusts it. */
  readonly quarantined: boolean;
}

export interface PointTerms {
  readonly inputUsd: string | null;
  readonly cachedUsd: string | null;
  readonly cacheWriteUsd: string | null;
  readonly outputUsd: string | null;
  readonly requestUsd: string | null;
  /** How many other prices hold under conditions. */
  readonly conditions: number;
  /** False from the moment on which the host stopped selling the model. */
  readonly offered: boolean;
}

/** What an audit says before the import and after it. */
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
  /** After less before; null where one of both is not known. */
  readonly difference: MovingFigures;
}

/** What the deployment's own tokens would have cost; null where no host is eligible. */
export interface MovingFigures {
  /** Of the basket, as its policy picks a price from it, with fees. */
  readonly hostedUsd: UsdText | null;
  /** The same for a million tokens: the effective price. */
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
 * Audits, imports and audits again, each as the command of that name does it. `context` holds a
 * ledger that is thrown away: everything here is written there.
 * @throws {Failure} what importing the file or auditing throws.
 */
export async function previewPrices(
  context: JobContext,
  { path, source, quarter: asked }: PreviewRequest,
): Promise<Answer<PricePreview>> {
  const quarter = asked ?? (await context.ledger.lastAuditedQuarter());
  const before = await auditOf(context, quarter);
  const known = await pointsOf(context, source);
  const answer = await importJob.run(context, { kind: 'prices', path, source, format: 'auto' });
  invariant(answer.kind === 'done', 'an import is done, or throws');
  const after = await auditOf(context, quarter);
  const { fetch: _ofTheCopy, ...told } = answer.result;
  const trust = context.config.prices?.trust ?? [];
  const points = [...(await pointsOf(context, source))].flatMap(([key, price]): PricePoint[] => {
    const was = known.get(key);
    if (was !== undefined && textOf(was) === textOf(price)) return [];
    return [pointOf(price, { was, quarantined: isQuarantined(price, trust) })];
  });
  const result: PricePreview = {
    schema: 'rentcheck/price-preview/1',
    import: told,
    points,
    audit: before === undefined || after === undefined ? null : movedAudit(before, after),
  };
  return { kind: 'done', result, shortfalls: answer.shortfalls };
}

async function auditOf(context: JobContext, quarter: string | undefined) {
  if (quarter === undefined) return undefined;
  const answer = await auditJob.run(context, { quarter });
  return answer.result?.audit;
}

/** A file may tell a price from up to a year after now on. */
const AHEAD_MS = 400 * DAY_MS;

/** Every price that a source has told, by what names it. */
async function pointsOf({ ledger, clock }: JobContext, source: string) {
  const nowMs = clock.nowMs();
  const asOfMs = await ledger.asOfNow(nowMs);
  const models = (await ledger.pricedModels(asOfMs)).filter(({ sourceId }) => sourceId === source);
  const { prices } = await ledger.hostedPrices(models, period(0, nowMs + AHEAD_MS), asOfMs);
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
  const text = (nano: bigint | undefined) => (nano === undefined ? null : toDecimal(usd(nano), 6));
  return {
    inputUsd: text(price.inputPerMtok),
    cachedUsd: text(price.cachedInputPerMtok),
    cacheWriteUsd: text(price.cacheWritePerMtok),
    outputUsd: text(price.outputPerMtok),
    requestUsd: text(price.perRequest),
    conditions: price.overrides?.length ?? 0,
    offered: price.offered,
  };
}

function movedAudit(before: Audit, after: Audit): PreviewedAudit {
  const then = new Map(after.deployments.map((each) => [each.id, figuresOf(each)]));
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
      const [old, now] = [figuresOf(each), then.get(each.id)];
      return now === undefined ? [] : [moved(each.id, old, now)];
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

function moved(id: string, before: DeploymentFigures, after: DeploymentFigures): MovedDeployment {
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

/** With as many places as both have: `'6.374175'` to `'7.01'` is `'0.635825'`. */
function difference(before: string | null, after: string | null): string | null {
  if (before === null || after === null) return null;
  const places = [before, after].map((text) => text.split('.')[1]?.length ?? 0);
  return toDecimal(subtract(decimal(after), decimal(before)), Math.max(...places));
}
