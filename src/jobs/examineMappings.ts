/** Whether what deployments point at is there, and which spend none of them points at. */

import { ruleFor } from '../domain/billOfRecord.ts';
import { counted } from '../domain/counted.ts';
import type { Config } from '../config/config.ts';
import type {
  DeploymentConfig,
  EquivalentConfig,
  ResourceMatchConfig,
} from '../config/deploymentConfig.ts';
import type { Finding } from '../domain/finding.ts';
import { dollars } from '../domain/digits.ts';
import { sumNano, usd } from '../domain/money.ts';
import { DAY_MS, dayText, type Period, period } from '../domain/period.ts';
import { matchesResource, type Thing } from '../economics/bill/attribution.ts';
import { unclaimedIn } from '../economics/bill/bill.ts';
import { chargeBooking } from '../economics/bill/booking.ts';
import type { Unclaimed } from '../economics/stackParts.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { commitmentInput } from './gather.ts';
import { retiredFindings, sellersOf } from './hostSellers.ts';
import { pricesInForce } from './pricesInForce.ts';

/** Two quarters: whatever day it is, the last finished one is in it. */
const LOOK_BACK_DAYS = 190;

interface Known {
  readonly things: readonly Thing[];
  readonly served: ReadonlySet<string>;
  readonly prices: readonly Price[];
  readonly nowMs: number;
}

type Price = Awaited<ReturnType<Ledger['hostedPrices']>>['prices'][number];

export interface Examined {
  readonly config: Pick<Config, 'billOfRecord' | 'deployments' | 'commitments' | 'prices'>;
  readonly ledger: Pick<
    Ledger,
    | 'asOfNow'
    | 'eachCharge'
    | 'billedResources'
    | 'resources'
    | 'servedDeployments'
    | 'hostedPrices'
  >;
  readonly nowMs: number;
}

/** One finding for each match, each counter of tokens and each hosted model of every deployment. */
export async function examineMappings(examined: Examined): Promise<Finding[]> {
  const known = await knownTo(examined);
  const mapped = examined.config.deployments.flatMap((deployment) => [
    ...deployment.resources.map((match) => resourceFinding(deployment, match, known)),
    usageFinding(deployment, known),
    ...hostedFindings(deployment, known),
  ]);
  const { unclaimed, unseen } = await lately(examined);
  return [...mapped, ...unclaimedFindings(unclaimed), ...unseenFindings(unseen)];
}

/** As long as most bills: what stopped before it is no news. */
const UNCLAIMED_DAYS = 31;

/** Resources of one source that its inventories never showed: nobody knows their names. */
interface Unseen {
  readonly resources: Set<string>;
  nanoUsd: bigint;
}

interface Lately {
  readonly unclaimed: readonly Unclaimed[];
  readonly unseen: ReadonlyMap<string, Unseen>;
}

async function lately({ config, ledger, nowMs }: Examined): Promise<Lately> {
  const asOfMs = await ledger.asOfNow(nowMs);
  const terms = {
    window: period(nowMs - UNCLAIMED_DAYS * DAY_MS, nowMs),
    resources: await ledger.resources(asOfMs),
    commitments: config.commitments.map(commitmentInput),
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
  await ledger.eachCharge(terms.window, asOfMs, (charge) => {
    if (ruleFor(config.billOfRecord ?? [], charge) !== undefined) return;
    booking.add(charge);
    const { sourceId, resourceId, resourceName, category, billed } = charge;
    if (category !== 'compute' || resourceName !== undefined || !listing.has(sourceId)) return;
    if (seen.has(nameOf(sourceId, resourceId))) return;
    const of = unseen.get(sourceId) ?? { resources: new Set(), nanoUsd: 0n };
    of.resources.add(resourceId);
    of.nanoUsd += billed;
    unseen.set(sourceId, of);
  });
  return { unclaimed: unclaimedIn(terms, booking.close()), unseen };
}

const nameOf = (sourceId: string, resourceId: string) => JSON.stringify([sourceId, resourceId]);

/** What lived between two inventories: how much money that is, and what shows more of it. */
function unseenFindings(unseen: ReadonlyMap<string, Unseen>): Finding[] {
  return [...unseen].map(([sourceId, { resources, nanoUsd }]) => ({
    area: 'mapping',
    state: 'warn',
    says:
      `${dollars(usd(nanoUsd))} of ${sourceId} in the last ${UNCLAIMED_DAYS} days is for ` +
      `${counted(resources.size, 'resource')} that no inventory has shown, so that no name ` +
      'is known',
    mend:
      'match them by id under resources of the deployment that they served; a worker that ' +
      'samples the inventory every five minutes shows more of them: ' +
      `sampled: { ${sourceId}: [inventory] }`,
  }));
}

/** The dearest with what to paste, then how much there is beside them. */
function unclaimedFindings(unclaimed: readonly Unclaimed[]): Finding[] {
  const where = { area: 'mapping', state: 'warn' } as const;
  const rest = unclaimed.slice(NAMED_AT_MOST);
  const left = sumNano(rest.map(({ nanoUsd }) => nanoUsd));
  const more: Finding = {
    ...where,
    says:
      `${dollars(usd(left))} of ${counted(rest.length, 'other resource')} belongs to no ` +
      'deployment either',
    mend: 'run: rentcheck audit --json, and look at stack.unattributed',
  };
  return [
    ...unclaimed.slice(0, NAMED_AT_MOST).map(
      ({ sourceId, resourceId, resourceName, nanoUsd, paste }): Finding => ({
        ...where,
        says:
          `${dollars(usd(nanoUsd))} of ${sourceId} in the last ${UNCLAIMED_DAYS} days, for ` +
          `${resourceName ?? resourceId}, belongs to no deployment`,
        mend: `paste this under resources of the deployment that it serves: - ${paste}`,
      }),
    ),
    ...(rest.length === 0 ? [] : [more]),
  ];
}

async function knownTo({ config, ledger, nowMs }: Examined): Promise<Known> {
  const window: Period = period(nowMs - LOOK_BACK_DAYS * DAY_MS, nowMs);
  const models = config.deployments
    .flatMap(({ hosted }) => hosted?.equivalents ?? [])
    .map(({ via, model }) => ({ sourceId: via, model }));
  const asOfMs = await ledger.asOfNow(nowMs);
  const known = await ledger.billedResources(window, asOfMs);
  const billed = known.map(
    ({ resourceName, ...told }): Thing => ({
      ...told,
      names: resourceName === undefined ? [] : [resourceName],
    }),
  );
  const seen = (await ledger.resources(asOfMs)).map(
    ({ sourceId, resourceId, name, kind, gpuType }): Thing => ({
      sourceId,
      resourceId,
      names: [name],
      kinds: new Set([kind]),
      gpuType,
    }),
  );
  return {
    things: [...billed, ...seen],
    served: new Set(await ledger.servedDeployments(window, asOfMs)),
    prices: (await pricesInForce({ config, ledger }, models, { window, asOfMs })).prices,
    nowMs,
  };
}

function resourceFinding(
  { id }: DeploymentConfig,
  match: ResourceMatchConfig,
  { things }: Known,
): Finding {
  const where = { area: 'mapping', subject: id } as const;
  const { source: sourceId, ...rest } = match;
  const of = things.filter((thing) => thing.sourceId === sourceId);
  const matched = of.filter((thing) => matchesResource({ sourceId, ...rest }, thing));
  const count = new Set(matched.map(({ resourceId }) => resourceId)).size;
  const said = `${sourceId} ${matchShown(rest)}`;
  if (count > 0) return { ...where, state: 'ok', says: matchText(count, said) };
  if (of.length === 0) return notPulled(where, sourceId, 'resource');
  const names = [...new Set(of.map(({ names: [name], resourceId }) => name ?? resourceId))];
  return {
    ...where,
    state: 'warn',
    says: `none of ${counted(names.length, 'known resource')} matches ${said}`,
    mend: `correct resources.match; known there: ${shortList(names)}`,
  };
}

/** Days as they are written in the config. */
function matchShown({ fromMs, untilMs, isRest, ...match }: Omit<ResourceMatchConfig, 'source'>) {
  return JSON.stringify({
    ...match,
    ...(fromMs === undefined ? {} : { from: dayText(fromMs) }),
    ...(untilMs === undefined ? {} : { until: dayText(untilMs - 1) }),
    ...(isRest === undefined ? {} : { rest: isRest }),
  });
}

function matchText(count: number, said: string): string {
  return `${counted(count, 'resource')} ${count === 1 ? 'matches' : 'match'} ${said}`;
}

function notPulled(
  where: Pick<Finding, 'area' | 'subject'>,
  source: string,
  what: string,
): Finding {
  return {
    ...where,
    state: 'warn',
    says: `no ${what} of ${source} is stored for the last ${LOOK_BACK_DAYS} days`,
    mend: `run: rentcheck pull ${source}, or import it`,
  };
}

function usageFinding({ id, usage }: DeploymentConfig, { served }: Known): Finding {
  const where = { area: 'mapping', subject: id } as const;
  if (served.has(id)) return { ...where, state: 'ok', says: 'its usage is stored' };
  if (usage !== undefined) return notPulled(where, usage.source, 'usage');
  return {
    ...where,
    state: 'warn',
    says: 'nobody counts its tokens, and none were imported',
    mend: 'add usage to the deployment, or run: rentcheck import usage FILE',
  };
}

function hostedFindings(deployment: DeploymentConfig, known: Known): Finding[] {
  const { id, hosted } = deployment;
  const where = { area: 'mapping', subject: id } as const;
  if (hosted !== undefined) {
    const priced = hosted.equivalents.map((equivalent) => priceFinding(where, equivalent, known));
    return [...priced, ...retiredFindings(where, sellersOf(deployment, known.prices, known.nowMs))];
  }
  const mend = 'add hosted.equivalents to the deployment';
  return [{ ...where, state: 'warn', says: 'it is compared with no hosted model', mend }];
}

function priceFinding(
  where: Pick<Finding, 'area' | 'subject'>,
  { via, model, quantizations }: EquivalentConfig,
  { prices }: Known,
): Finding {
  const told = prices.filter((price) => price.sourceId === via && price.model === model);
  if (told.length === 0) return notPulled(where, via, `price of ${model}`);
  const fits = ({ quantization }: Price) => quantizations?.includes(quantization) ?? true;
  const hosts = new Set(told.filter(fits).map(({ host }) => host));
  if (hosts.size > 0) {
    const says = pricedText(hosts.size, model);
    if (told.some((price) => fits(price) && price.secondHand !== true)) {
      return { ...where, state: 'ok', says };
    }
    const mend = 'add a source that asks who sells it, or look at its price page';
    return { ...where, state: 'warn', says: `${says}, and only catalogs tell them`, mend };
  }
  const seen = [...new Set(told.map(({ quantization }) => quantization))];
  return {
    ...where,
    state: 'warn',
    says: `no host of ${model} serves it in ${quantizations?.join(', ')}`,
    mend: `correct quantizations; known there: ${shortList(seen)}`,
  };
}

const NAMED_AT_MOST = 5;

function shortList(names: readonly string[]): string {
  const more = names.length - NAMED_AT_MOST;
  return `${names.slice(0, NAMED_AT_MOST).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function pricedText(hosts: number, model: string): string {
  return `${counted(hosts, 'host')} of ${model} ${hosts === 1 ? 'has' : 'have'} prices`;
}
