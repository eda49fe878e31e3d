/**
 * Checks that resources, usage and prices of each deployment exist, and finds unattributed spend.
 */

import { daysBefore, TWO_QUARTERS_DAYS } from '../calendar/horizons.ts';
import { findRecordRule } from '../domain/charge.ts';
import type { Config } from '../config/config.ts';
import type { DeploymentConfig, EquivalentConfig, ResourceMatchConfig } from '../config/config.ts';
import type { Finding } from '../domain/finding.ts';
import type { StoredFact } from '../domain/mappingFact.ts';
import { sumNano, usd, usdText } from '../domain/money.ts';
import { dayText } from '../domain/period.ts';
import { matchesResource, type MatchableResource } from '../economics/bill/attribution.ts';
import { findUnattributed } from '../economics/bill/bill.ts';
import { chargeBooking } from '../economics/bill/booking.ts';
import type { UnattributedResource } from '../economics/stackParts.ts';
import type { FactStore } from '../ledger/facts.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { toCommitmentInput } from '../jobs/gather.ts';
import { findSellers, readPricesInForce, retiredFindings } from '../jobs/hostedPrices.ts';

interface KnownFacts {
  readonly things: readonly MatchableResource[];
  readonly served: ReadonlySet<string>;
  readonly prices: readonly Price[];
  readonly nowMs: number;
}

type Price = Awaited<ReturnType<FactStore['hostedPrices']>>['prices'][number];

export interface Examined {
  readonly config: Pick<Config, 'billOfRecord' | 'deployments' | 'commitments' | 'prices'>;
  readonly ledger: Pick<Ledger, 'facts'>;
  readonly nowMs: number;
}

/** Returns one finding per match, usage source and hosted model of every deployment. */
export async function examineMappings(examined: Examined): Promise<Finding[]> {
  const known = await readKnownFacts(examined);
  const mapped = examined.config.deployments.flatMap((deployment) => [
    ...deployment.resources.map((match) => resourceFinding(deployment, match, known)),
    usageFinding(deployment, known),
    ...hostedFindings(deployment, known),
  ]);
  const { unclaimed, unseen } = await readRecentSpend(examined);
  return [...mapped, ...unclaimedFindings(unclaimed), ...unseenFindings(unseen)];
}

/** The length of most bills; spend that stopped earlier is not reported. */
const UNCLAIMED_DAYS = 31;

/** Resources of one source that its inventories never listed, so their names are unknown. */
interface Unseen {
  readonly resources: Set<string>;
  nanoUsd: bigint;
}

interface RecentSpend {
  readonly unclaimed: readonly UnattributedResource[];
  readonly unseen: ReadonlyMap<string, Unseen>;
}

async function readRecentSpend({ config, ledger, nowMs }: Examined): Promise<RecentSpend> {
  const asOfMs = await ledger.facts.asOfNow(nowMs);
  const terms = {
    window: daysBefore(nowMs, UNCLAIMED_DAYS),
    resources: await ledger.facts.resources(asOfMs),
    commitments: config.commitments.map(toCommitmentInput),
    deployments: config.deployments.map(({ id, gpu, resources }) => ({
      id,
      gpu,
      resources: resources.map(({ source, ...match }) => ({ sourceId: source, ...match })),
    })),
  };
  const booking = chargeBooking(terms);
  const seen = new Set(
    terms.resources.map(({ sourceId, resourceId }) => nameOf(sourceId, resourceId)),
  );
  const listing = new Set(terms.resources.map(({ sourceId }) => sourceId));
  const unseen = new Map<string, Unseen>();
  await ledger.facts.eachCharge(terms.window, asOfMs, (charge) => {
    if (findRecordRule(config.billOfRecord ?? [], charge) !== undefined) return;
    booking.add(charge);
    const { sourceId, resourceId, resourceName, category, billed } = charge;
    if (category !== 'compute' || resourceName !== undefined || !listing.has(sourceId)) return;
    if (seen.has(nameOf(sourceId, resourceId))) return;
    const entry = unseen.get(sourceId) ?? { resources: new Set(), nanoUsd: 0n };
    entry.resources.add(resourceId);
    entry.nanoUsd += billed;
    unseen.set(sourceId, entry);
  });
  return { unclaimed: findUnattributed(terms, booking.close()), unseen };
}

const nameOf = (sourceId: string, resourceId: string) => JSON.stringify([sourceId, resourceId]);

/** Reports spend on resources that existed only between two inventories. */
function unseenFindings(unseen: ReadonlyMap<string, Unseen>): Finding[] {
  return [...unseen].map(([source, { resources, nanoUsd }]) => ({
    area: 'mapping',
    state: 'warn',
    code: 'resources-not-seen',
    source,
    usd: usdText(usd(nanoUsd)),
    resources: resources.size,
    days: UNCLAIMED_DAYS,
  }));
}

/**
 * Lists the most expensive unattributed resources with a match to paste, then the total of the
 * rest.
 */
function unclaimedFindings(unclaimed: readonly UnattributedResource[]): Finding[] {
  const where = { area: 'mapping', state: 'warn' } as const;
  const rest = unclaimed.slice(MAX_NAMED);
  const left = sumNano(rest.map(({ nanoUsd }) => nanoUsd));
  const more: Finding = {
    ...where,
    code: 'more-spend-not-attributed',
    usd: usdText(usd(left)),
    resources: rest.length,
  };
  return [
    ...unclaimed.slice(0, MAX_NAMED).map(
      ({ sourceId, resourceId, resourceName, nanoUsd, paste }): Finding => ({
        ...where,
        code: 'spend-not-attributed',
        source: sourceId,
        resource: resourceName ?? resourceId,
        usd: usdText(usd(nanoUsd)),
        days: UNCLAIMED_DAYS,
        match: paste,
      }),
    ),
    ...(rest.length === 0 ? [] : [more]),
  ];
}

async function readKnownFacts({ config, ledger, nowMs }: Examined): Promise<KnownFacts> {
  const window = daysBefore(nowMs, TWO_QUARTERS_DAYS);
  const models = config.deployments
    .flatMap(({ hosted }) => hosted?.equivalents ?? [])
    .map(({ via, model }) => ({ sourceId: via, model }));
  const asOfMs = await ledger.facts.asOfNow(nowMs);
  const known = await ledger.facts.billedResources(window, asOfMs);
  const billed = known.map(
    ({ resourceName, ...rest }): MatchableResource => ({
      ...rest,
      names: resourceName === undefined ? [] : [resourceName],
    }),
  );
  const seen = (await ledger.facts.resources(asOfMs)).map(
    ({ sourceId, resourceId, name, kind, gpuType }): MatchableResource => ({
      sourceId,
      resourceId,
      names: [name],
      kinds: new Set([kind]),
      gpuType,
    }),
  );
  return {
    things: [...billed, ...seen],
    served: new Set(await ledger.facts.servedDeployments(window, asOfMs)),
    prices: (await readPricesInForce({ config, ledger }, models, { window, asOfMs })).prices,
    nowMs,
  };
}

function resourceFinding(
  { id }: DeploymentConfig,
  match: ResourceMatchConfig,
  { things }: KnownFacts,
): Finding {
  const where = placeOf(id);
  const { source: sourceId, ...rest } = match;
  const candidates = things.filter((thing) => thing.sourceId === sourceId);
  const matched = candidates.filter((thing) => matchesResource({ sourceId, ...rest }, thing));
  const count = new Set(matched.map(({ resourceId }) => resourceId)).size;
  const wanted = { source: sourceId, match: toConfigMatch(rest) };
  if (count > 0) {
    return { ...where, state: 'ok', code: 'resources-match', ...wanted, resources: count };
  }
  if (candidates.length === 0) return notPulled(where, { source: sourceId, of: 'resource' });
  const names = [...new Set(candidates.map(({ names: [name], resourceId }) => name ?? resourceId))];
  const known = { known: names.length, names: names.slice(0, MAX_NAMED) };
  return { ...where, state: 'warn', code: 'no-resource-matches', ...wanted, ...known };
}

function placeOf(deployment: string) {
  return { area: 'mapping', subject: deployment, deployment } as const;
}

type Where = ReturnType<typeof placeOf>;

/** Converts a match back to the form of the config, with dates. */
function toConfigMatch({ fromMs, untilMs, isRest, ...match }: Omit<ResourceMatchConfig, 'source'>) {
  return {
    ...match,
    ...(fromMs === undefined ? {} : { from: dayText(fromMs) }),
    ...(untilMs === undefined ? {} : { until: dayText(untilMs - 1) }),
    ...(isRest === undefined ? {} : { rest: isRest }),
  };
}

type Wanted = Omit<Extract<StoredFact, { code: 'nothing-stored' }>, 'code' | 'days'>;

function notPulled(where: Where, wanted: Wanted): Finding {
  return { ...where, state: 'warn', code: 'nothing-stored', ...wanted, days: TWO_QUARTERS_DAYS };
}

function usageFinding({ id, usage }: DeploymentConfig, { served }: KnownFacts): Finding {
  const where = placeOf(id);
  if (served.has(id)) return { ...where, state: 'ok', code: 'usage-stored' };
  if (usage !== undefined) return notPulled(where, { source: usage.source, of: 'usage' });
  return { ...where, state: 'warn', code: 'usage-not-counted' };
}

function hostedFindings(deployment: DeploymentConfig, known: KnownFacts): Finding[] {
  const { id, hosted } = deployment;
  const where = placeOf(id);
  if (hosted !== undefined) {
    const priced = hosted.equivalents.map((equivalent) => priceFinding(where, equivalent, known));
    return [
      ...priced,
      ...retiredFindings(where, findSellers(deployment, known.prices, known.nowMs)),
    ];
  }
  return [{ ...where, state: 'warn', code: 'equivalent-not-named' }];
}

function priceFinding(
  where: Where,
  { via, model, quantizations }: EquivalentConfig,
  { prices }: KnownFacts,
): Finding {
  const offers = prices.filter((price) => price.sourceId === via && price.model === model);
  if (offers.length === 0) return notPulled(where, { source: via, of: 'price', model });
  const fits = ({ quantization }: Price) => quantizations?.includes(quantization) ?? true;
  const hosts = new Set(offers.filter(fits).map(({ host }) => host));
  if (hosts.size > 0) {
    const onlyCatalogs = !offers.some((price) => fits(price) && price.secondHand !== true);
    const state = onlyCatalogs ? 'warn' : 'ok';
    return { ...where, state, code: 'equivalent-priced', model, hosts: hosts.size, onlyCatalogs };
  }
  const served = [...new Set(offers.map(({ quantization }) => quantization))];
  const details = { model, quantizations: quantizations ?? [], served };
  return { ...where, state: 'warn', code: 'quantization-not-served', ...details };
}

const MAX_NAMED = 5;
