/** Knows what an option saves against keeping, draw by draw. */

import { invariant } from '../../domain/invariant.ts';
import { type Circle, circleOf } from './circle.ts';
import type { DrawnDeployment, DrawnHost, DrawnOption } from './drawn.ts';
import type { Scenarios } from './scenarios.ts';
import { spreadOf, usdAt } from './spread.ts';
import { triangularAt } from './triangular.ts';
import { type Walk, walkOf } from './walk.ts';

/** Dollars by draw. */
export interface Savings {
  readonly withLabor: Float64Array;
  readonly withoutLabor: Float64Array;
}

/** By option; nothing where time was paid and none of it is covered, or for too few days. */
export function savingsOf(
  deployment: DrawnDeployment,
  scenarios: Scenarios,
  fewestDays: number,
): ReadonlyMap<string, Savings> {
  const circle = circleOf(deployment);
  if (circle.days < fewestDays) return new Map();
  if (circle.missingTime > 0 && circle.coveredTime === 0) return new Map();
  const walk = walkOf(deployment, circle, scenarios);
  const scene = {
    deployment,
    circle,
    walk,
    cache: triangularAt(scenarios.cache, deployment.cache),
    selfHosted: triangularAt(scenarios.selfHosted, deployment.labor.selfHosted),
    hosted: triangularAt(scenarios.hosted, deployment.labor.hosted),
  };
  return new Map(deployment.options.map((option) => [option.name, optionSavings(option, scene)]));
}

interface Scene {
  readonly deployment: DrawnDeployment;
  readonly circle: Circle;
  readonly walk: Walk;
  readonly cache: Float64Array;
  readonly selfHosted: Float64Array;
  readonly hosted: Float64Array;
}

function optionSavings(option: DrawnOption, scene: Scene): Savings {
  const { strandedUsd, migrationUsd, selfHostedShare, hostedShare } = option;
  const withoutLabor = minus(daySavings(option, scene), hostedUsd(option, scene));
  const withLabor = withoutLabor.map((usd, draw) => {
    const spared = (1 - selfHostedShare) * (scene.selfHosted[draw] ?? 0);
    return usd + spared - hostedShare * (scene.hosted[draw] ?? 0) - strandedUsd - migrationUsd;
  });
  return { withLabor, withoutLabor: withoutLabor.map((usd) => usd - strandedUsd) };
}

function daySavings({ own }: DrawnOption, { deployment, circle, walk, cache }: Scene) {
  const saved = spreadOf(minus(deployment.keep, own), circle);
  return cache.map((_, draw) => usdAt(saved, walk, draw));
}

/**
 * Only the drawn host of each draw is asked. Where hits are unknown nothing says how likely any
 * number of them is: every other draw has none of them, the rest all, so that the interval reaches
 * from one end to the other.
 */
function hostedUsd({ hosts, name }: DrawnOption, scene: Scene): Float64Array {
  const { deployment, circle, walk, cache } = scene;
  const usd = new Float64Array(cache.length);
  if (hosts.length === 0) return usd;
  const known = hosts.length === deployment.hostWeights.length;
  invariant(known, `${name} of ${deployment.id} has other hosts than weights`);
  const spreads = hosts.map((host) => hostSpreads(host, circle));
  return usd.map((_, draw) => {
    const host = spreads[walk.hosts[draw] ?? 0];
    invariant(host !== undefined, 'a host that was drawn is one of the hosts');
    const hits = draw % 2 === 1 && host.allHits !== undefined ? host.allHits : host.more;
    return usdAt(host.atZero, walk, draw) + (cache[draw] ?? 0) * usdAt(hits, walk, draw);
  });
}

function hostSpreads({ atZero, atOne, atAllHits }: DrawnHost, circle: Circle) {
  return {
    atZero: spreadOf(atZero, circle),
    more: spreadOf(minus(atOne, atZero), circle),
    allHits: atAllHits && spreadOf(minus(atAllHits, atZero), circle),
  };
}

function minus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, at) => value - (b[at] ?? 0));
}
