/** Attributes charges to deployments over time, by the resources in config. */

import type { Charge, Resource } from '../../domain/charge.ts';
import { isExactGlob, matchesGlob } from '../../domain/glob.ts';
import { parseGpu } from '../../domain/gpu.ts';
import type { Period } from '../../domain/period.ts';
import type { DeploymentInput, ResourceMatch } from '../input.ts';
import { isEventStatus } from '../../domain/uptime.ts';

/** A period, and the deployments to which its charges are attributed. */
export interface AttributionClaim extends Period {
  /** Indexes of deployments in input order; empty is "unattributed". */
  readonly sharers: readonly number[];
  /** Whether the sharers match by different patterns, so the overlap may be unintended. */
  readonly isContested: boolean;
}

/** Returns the claims on a charge in order, from the start of time to its end. */
export type ChargeAttribution = (charge: Charge) => readonly AttributionClaim[];

export function createAttribution(
  deployments: readonly Pick<DeploymentInput, 'resources'>[],
  inventory: KnownResources,
): ChargeAttribution {
  const cache = new Map<string, readonly AttributionClaim[]>();
  return (charge) => {
    const key = attributionKey(charge);
    const known = cache.get(key);
    if (known !== undefined) return known;
    const resource = toThing(charge, inventory);
    const fits = deployments.flatMap(({ resources }, deployment) =>
      resources
        .filter((match) => matchesResource(match, resource))
        .map((match): Fit => ({ deployment, match, rank: rankOf(match) })),
    );
    const found = findClaims(fits);
    cache.set(key, found);
    return found;
  };
}

function attributionKey(charge: Charge): string {
  const { sourceId, resourceId, resourceName, tags, category, pricingClass, gpuType } = charge;
  const tagText = tags === undefined ? '' : JSON.stringify(tags);
  const kind = [category, pricingClass, gpuType ?? '\u0001'];
  return [sourceId, resourceId, resourceName ?? '\u0001', ...kind, tagText].join('\u0000');
}

/**
 * Fields of a billed resource that a match can test. An absent field is unknown and matches
 * nothing.
 */
export interface MatchableResource extends Pick<Charge, 'sourceId' | 'resourceId'> {
  /** The bill's name, else every name that an inventory ever listed. */
  readonly names: readonly string[];
  readonly tags?: Charge['tags'];
  readonly kinds?: ReadonlySet<Resource['kind']> | undefined;
  readonly gpuType?: string | undefined;
  readonly pricingClass?: Charge['pricingClass'];
  readonly category?: Charge['category'];
}

function toThing(charge: Charge, inventory: KnownResources): MatchableResource {
  const { sourceId, resourceId, resourceName, tags, category, pricingClass } = charge;
  const known = inventory.get(resourceKey(sourceId, resourceId));
  return {
    sourceId,
    resourceId,
    names: resourceName === undefined ? [...(known?.names ?? [])] : [resourceName],
    tags,
    category,
    pricingClass,
    kinds: known?.kinds,
    gpuType: charge.gpuType ?? known?.gpuType,
  };
}

/** Whether a match in config selects this resource, at any time. */
export function matchesResource(match: ResourceMatch, resource: MatchableResource): boolean {
  const { tags = {}, gpuType, endpoint, cluster, pricingClass, category } = match;
  if (!matchesIdentity(match, resource)) return false;
  if (endpoint !== undefined && !(isServerless(resource) && isNamed(endpoint, resource)))
    return false;
  if (cluster !== undefined && !isOfCluster(cluster, resource)) return false;
  if (pricingClass !== undefined && pricingClass !== resource.pricingClass) return false;
  if (category !== undefined && category !== resource.category) return false;
  if (gpuType !== undefined && !isGpu(gpuType, resource.gpuType)) return false;
  return Object.entries(tags).every(([key, pattern]) => {
    const value = resource.tags?.[key];
    return value !== undefined && matchesGlob(pattern, value);
  });
}

/**
 * Whether a match fits the permanent fields of a resource, so some of its charges may match at some
 * time.
 */
export function matchesIdentity(
  { sourceId, id, name }: ResourceMatch,
  resource: Pick<MatchableResource, 'sourceId' | 'resourceId' | 'names'>,
): boolean {
  if (sourceId !== resource.sourceId) return false;
  if (id !== undefined && !matchesGlob(id, resource.resourceId)) return false;
  return name === undefined || resource.names.some((each) => matchesGlob(name, each));
}

function isServerless({ kinds, pricingClass }: MatchableResource): boolean {
  return pricingClass === 'serverless' || kinds?.has('serverless') === true;
}

function isNamed(pattern: string, { resourceId, names }: MatchableResource): boolean {
  return [resourceId, ...names].some((each) => matchesGlob(pattern, each));
}

/** A cluster, or a resource whose tags name the cluster. */
function isOfCluster(pattern: string, resource: MatchableResource): boolean {
  if (resource.kinds?.has('cluster') === true && isNamed(pattern, resource)) return true;
  return Object.entries(resource.tags ?? {}).some(
    ([key, value]) => CLUSTER_TAG.test(key) && matchesGlob(pattern, value),
  );
}

/** `cluster`, `clusterId`, `cluster_name`, `k8s-cluster`. */
const CLUSTER_TAG = /^(?:.*[-_/.:])?cluster(?:[-_ ]?(?:id|name))?$/i;

/**
 * Matches the pattern as text, ignoring case; else the same GPU model in any spelling, with any
 * memory or form that the pattern does not state. `A100` is every A100; `A100-80GB` also matches
 * `NVIDIA A100 80GB PCIe`.
 */
function isGpu(pattern: string, gpuType: string | undefined): boolean {
  if (gpuType === undefined) return false;
  if (matchesGlob(pattern.toLowerCase(), gpuType.toLowerCase())) return true;
  const [wanted, found] = [parseGpu(pattern), parseGpu(gpuType)];
  if (wanted === undefined || found === undefined || wanted.model !== found.model) return false;
  const isSized = /\d ?g/i.test(pattern);
  if (isSized && wanted.memoryGb !== found.memoryGb) return false;
  return wanted.form === undefined || found.form === undefined || wanted.form === found.form;
}

interface Fit {
  readonly deployment: number;
  readonly match: ResourceMatch;
  readonly rank: number;
}

/** Ranks a match: an exact id, then an exact name, then a pattern, then the rest. */
function rankOf({ id, name, endpoint, cluster, isRest }: ResourceMatch): number {
  if (isRest === true) return 0;
  if (id !== undefined && isExactGlob(id)) return 3;
  const names = [name, endpoint, cluster].filter((pattern) => pattern !== undefined);
  return names.some(isExactGlob) ? 2 : 1;
}

const PATTERN = 1;

/** Splits time where a match starts or ends. Each part belongs to the highest-ranked matches. */
function findClaims(fits: readonly Fit[]): readonly AttributionClaim[] {
  const edges = fits.flatMap(({ match: { fromMs, untilMs } }) => [fromMs, untilMs]);
  const inner = [...new Set(edges.filter((edge) => edge !== undefined))].sort((a, b) => a - b);
  const starts = [Number.NEGATIVE_INFINITY, ...inner];
  const claims: AttributionClaim[] = [];
  for (const [at, startMs] of starts.entries()) {
    const endMs = starts[at + 1] ?? Number.POSITIVE_INFINITY;
    const { sharers, isContested } = bestClaim(
      fits.filter(({ match }) => isInForce(match, startMs)),
    );
    const last = claims.at(-1);
    const isSame = last?.sharers.join() === sharers.join() && last.isContested === isContested;
    if (last !== undefined && isSame) claims[claims.length - 1] = { ...last, endMs };
    else claims.push({ startMs, endMs, sharers, isContested });
  }
  return claims;
}

function isInForce({ fromMs = Number.NEGATIVE_INFINITY, untilMs }: ResourceMatch, atMs: number) {
  return fromMs <= atMs && (untilMs === undefined || atMs < untilMs);
}

function bestClaim(fits: readonly Fit[]): Pick<AttributionClaim, 'sharers' | 'isContested'> {
  const best = Math.max(...fits.map(({ rank }) => rank));
  const byDeployment = Map.groupBy(
    fits.filter(({ rank }) => rank === best),
    ({ deployment }) => deployment,
  );
  const sharers = [...byDeployment.keys()];
  const isContested =
    best <= PATTERN && sharers.length > 1 && !isAgreed([...byDeployment.values()]);
  return { sharers, isContested };
}

/** Whether all sharers have one identical pattern, so the sharing is intended. */
function isAgreed(fits: readonly (readonly Fit[])[]): boolean {
  const [first = [], ...others] = fits.map(
    (each) => new Set(each.map(({ match }) => textOf(match))),
  );
  return [...first].some((text) => others.every((texts) => texts.has(text)));
}

function textOf({ fromMs: _from, untilMs: _until, ...match }: ResourceMatch): string {
  const entries = Object.entries(match).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(entries);
}

export interface KnownResource {
  /** All names in any snapshot. */
  readonly names: Set<string>;
  readonly kinds: Set<Resource['kind']>;
  name?: string;
  usdPerHour?: bigint;
  gpuType?: string;
  gpuCount?: number;
}

export type KnownResources = ReadonlyMap<string, KnownResource>;

export function resourceKey(sourceId: string, resourceId: string): string {
  return `${sourceId}\u0000${resourceId}`;
}

/**
 * By resource: the newest name, the newest rate above zero (a stopped pod has none) and the newest
 * GPU count.
 */
export function combineInventories(resources: readonly Resource[]): KnownResources {
  const inventory = new Map<string, KnownResource>();
  for (const seen of resources.toSorted((a, b) => a.seenAtMs - b.seenAtMs)) {
    const key = resourceKey(seen.sourceId, seen.resourceId);
    const known: KnownResource = inventory.get(key) ?? { names: new Set(), kinds: new Set() };
    known.names.add(seen.name);
    known.kinds.add(seen.kind);
    // An event log has less detail than a list: the id instead of the name, the instance type
    // instead of the GPU.
    const isListed = !isEventStatus(seen.status);
    if (isListed || known.name === undefined) known.name = seen.name;
    if (seen.gpuType !== undefined && (isListed || known.gpuType === undefined)) {
      known.gpuType = seen.gpuType;
    }
    if (seen.usdPerHour !== undefined && seen.usdPerHour > 0n) known.usdPerHour = seen.usdPerHour;
    if (seen.gpuCount !== undefined) known.gpuCount = seen.gpuCount;
    inventory.set(key, known);
  }
  return inventory;
}
