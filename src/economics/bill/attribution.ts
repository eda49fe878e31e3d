/** Which deployments a charge was paid for, and when, by the resources that the config names. */

import type { Charge, Resource } from '../../domain/charge.ts';
import { isExactGlob, matchesGlob } from '../../domain/glob.ts';
import { gpuKey } from '../../domain/gpu.ts';
import type { Period } from '../../domain/period.ts';
import type { DeploymentInput, ResourceMatch } from '../input.ts';
import { type Inventory, resourceKey } from './inventory.ts';

/** A stretch of time, and whose the charges of it are. */
export interface Claim extends Period {
  /** Indexes of deployments, in the order of the input; none is "unattributed". */
  readonly sharers: readonly number[];
  /** Whether the sharers meet by patterns that differ, and may not mean to share. */
  readonly isContested: boolean;
}

/** The claims on charges like this one, in order, from the first moment to the last. */
export type Attribution = (charge: Charge) => readonly Claim[];

export function attribution(
  deployments: readonly Pick<DeploymentInput, 'resources'>[],
  inventory: Inventory,
): Attribution {
  const answers = new Map<string, readonly Claim[]>();
  return (charge) => {
    const key = subjectOf(charge);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const thing = thingOf(charge, inventory);
    const fitting = deployments.flatMap(({ resources }, deployment) =>
      resources
        .filter((match) => matchesResource(match, thing))
        .map((match): Fit => ({ deployment, match, rank: rankOf(match) })),
    );
    const found = claimsOf(fitting);
    answers.set(key, found);
    return found;
  };
}

function subjectOf(charge: Charge): string {
  const { sourceId, resourceId, resourceName, tags, category, pricingClass, gpuType } = charge;
  const told = tags === undefined ? '' : JSON.stringify(tags);
  const kind = [category, pricingClass, gpuType ?? '\u0001'];
  return [sourceId, resourceId, resourceName ?? '\u0001', ...kind, told].join('\u0000');
}

/** What a match may ask of a billed thing; absent is unknown, and fits nothing. */
export interface Thing extends Pick<Charge, 'sourceId' | 'resourceId'> {
  /** The bill's own, else every name it ever had in an inventory. */
  readonly names: readonly string[];
  readonly tags?: Charge['tags'];
  readonly kinds?: ReadonlySet<Resource['kind']> | undefined;
  readonly gpuType?: string | undefined;
  readonly pricingClass?: Charge['pricingClass'];
  readonly category?: Charge['category'];
}

function thingOf(charge: Charge, inventory: Inventory): Thing {
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

/** Whether a match of the config means this thing, at whatever time. */
export function matchesResource(match: ResourceMatch, thing: Thing): boolean {
  const { tags = {}, gpuType, endpoint, cluster, pricingClass, category } = match;
  if (!matchesIdentity(match, thing)) return false;
  if (endpoint !== undefined && !(isServerless(thing) && isNamed(endpoint, thing))) return false;
  if (cluster !== undefined && !isOfCluster(cluster, thing)) return false;
  if (pricingClass !== undefined && pricingClass !== thing.pricingClass) return false;
  if (category !== undefined && category !== thing.category) return false;
  if (gpuType !== undefined && !isGpu(gpuType, thing.gpuType)) return false;
  return Object.entries(tags).every(([key, pattern]) => {
    const value = thing.tags?.[key];
    return value !== undefined && matchesGlob(pattern, value);
  });
}

/** By what a thing keeps: some of its charges may fit the match, at this time or at another. */
export function matchesIdentity(
  { sourceId, id, name }: ResourceMatch,
  thing: Pick<Thing, 'sourceId' | 'resourceId' | 'names'>,
): boolean {
  if (sourceId !== thing.sourceId) return false;
  if (id !== undefined && !matchesGlob(id, thing.resourceId)) return false;
  return name === undefined || thing.names.some((each) => matchesGlob(name, each));
}

function isServerless({ kinds, pricingClass }: Thing): boolean {
  return pricingClass === 'serverless' || kinds?.has('serverless') === true;
}

function isNamed(pattern: string, { resourceId, names }: Thing): boolean {
  return [resourceId, ...names].some((each) => matchesGlob(pattern, each));
}

/** A cluster itself, or what a tag says is part of one. */
function isOfCluster(pattern: string, thing: Thing): boolean {
  if (thing.kinds?.has('cluster') === true && isNamed(pattern, thing)) return true;
  return Object.entries(thing.tags ?? {}).some(
    ([key, value]) => CLUSTER_TAG.test(key) && matchesGlob(pattern, value),
  );
}

/** `cluster`, `clusterId`, `cluster_name`, `k8s-cluster`. */
const CLUSTER_TAG = /^(?:.*[-_/.:])?cluster(?:[-_ ]?(?:id|name))?$/i;

/**
 * A pattern as it is spelled, whatever its case; else the same GPU however it is spelled, of any
 * memory or form that is not told. `A100` is every A100, `A100-80GB` also an `NVIDIA A100 80GB
 * PCIe`.
 */
function isGpu(pattern: string, gpuType: string | undefined): boolean {
  if (gpuType === undefined) return false;
  if (matchesGlob(pattern.toLowerCase(), gpuType.toLowerCase())) return true;
  const [wanted, found] = [gpuKey(pattern), gpuKey(gpuType)];
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

/** An id in full comes before a name in full, that before any pattern, and the rest comes last. */
function rankOf({ id, name, endpoint, cluster, isRest }: ResourceMatch): number {
  if (isRest === true) return 0;
  if (id !== undefined && isExactGlob(id)) return 3;
  const names = [name, endpoint, cluster].filter((pattern) => pattern !== undefined);
  return names.some(isExactGlob) ? 2 : 1;
}

const PATTERN = 1;

/** Time is cut where a match begins or ends; each part is of whoever names the thing best in it. */
function claimsOf(fitting: readonly Fit[]): readonly Claim[] {
  const edges = fitting.flatMap(({ match: { fromMs, untilMs } }) => [fromMs, untilMs]);
  const inner = [...new Set(edges.filter((edge) => edge !== undefined))].sort((a, b) => a - b);
  const starts = [Number.NEGATIVE_INFINITY, ...inner];
  const claims: Claim[] = [];
  for (const [at, startMs] of starts.entries()) {
    const endMs = starts[at + 1] ?? Number.POSITIVE_INFINITY;
    const { sharers, isContested } = claimOf(fitting.filter(({ match }) => holds(match, startMs)));
    const last = claims.at(-1);
    const isSame = last?.sharers.join() === sharers.join() && last.isContested === isContested;
    if (last !== undefined && isSame) claims[claims.length - 1] = { ...last, endMs };
    else claims.push({ startMs, endMs, sharers, isContested });
  }
  return claims;
}

function holds({ fromMs = Number.NEGATIVE_INFINITY, untilMs }: ResourceMatch, atMs: number) {
  return fromMs <= atMs && (untilMs === undefined || atMs < untilMs);
}

function claimOf(fitting: readonly Fit[]): Pick<Claim, 'sharers' | 'isContested'> {
  const best = Math.max(...fitting.map(({ rank }) => rank));
  const byDeployment = Map.groupBy(
    fitting.filter(({ rank }) => rank === best),
    ({ deployment }) => deployment,
  );
  const sharers = [...byDeployment.keys()];
  const isContested =
    best <= PATTERN && sharers.length > 1 && !isAgreed([...byDeployment.values()]);
  return { sharers, isContested };
}

/** Whether one and the same pattern stands under each of them: they mean to share. */
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
