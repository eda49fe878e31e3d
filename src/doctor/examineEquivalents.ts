/** Finds hosted models for deployments that name none, and equivalents with different weights. */

import type { DeploymentConfig } from '../config/config.ts';
import {
  type EquivalentProposal,
  type ModelListing,
  proposeEquivalents,
} from '../domain/equivalents.ts';
import { Failure } from '../domain/failure.ts';
import type { Finding } from '../domain/finding.ts';
import { yamlFlow } from '../domain/yamlFlow.ts';
import type { Source } from '../sources/source.ts';

/**
 * Returns the models that sources list. A source that does not respond is reported by another
 * check.
 */
export async function readModelListings(sources: Iterable<Source>): Promise<ModelListing[]> {
  const found: ModelListing[] = [];
  for (const source of sources) {
    try {
      found.push(...((await source.listings?.()) ?? []));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }
  return found;
}

export function examineEquivalents(
  deployments: readonly DeploymentConfig[],
  listings: readonly ModelListing[],
): Finding[] {
  return deployments.flatMap((deployment) =>
    deployment.hosted === undefined
      ? proposed(deployment, listings)
      : compared(deployment, listings),
  );
}

function modelOf({ model, precision }: DeploymentConfig) {
  return { model, ...(precision === undefined ? {} : { precision }) };
}

/** Proposes the same weights at every source that sells them, otherwise the nearest match. */
function proposed(deployment: DeploymentConfig, listings: readonly ModelListing[]): Finding[] {
  const all = proposeEquivalents(modelOf(deployment), listings);
  const [best] = all;
  if (best === undefined) return [];
  const { sourceId, model, match, evidence, differences } = best;
  const { id } = deployment;
  const where = { area: 'mapping', subject: id, deployment: id, state: 'warn' } as const;
  if (match === 'same') {
    const same = oneOfEach(all.filter((one) => one.match === 'same'));
    const listed = same.map((one) => {
      return { source: one.sourceId, model: one.model, evidence: one.evidence };
    });
    return [{ ...where, code: 'equivalent-listed', listed, hosted: hostedText(same) }];
  }
  const near = { source: sourceId, model, evidence, differences, hosted: hostedText([best]) };
  return [{ ...where, code: 'equivalent-near', ...near }];
}

/** Returns the first proposal per source; from a catalog only if no seller lists the model. */
function oneOfEach(same: readonly EquivalentProposal[]): EquivalentProposal[] {
  const isFirstHand = ({ secondHand }: EquivalentProposal) => secondHand !== true;
  const preferred = same.some(isFirstHand) ? same.filter(isFirstHand) : same;
  return [...Map.groupBy(preferred, ({ sourceId }) => sourceId).values()].flatMap(([first]) =>
    first === undefined ? [] : [first],
  );
}

/** Returns the config of the proposals as YAML to paste. */
function hostedText(proposals: readonly EquivalentProposal[]): string {
  const equivalents = proposals.map(({ sourceId: via, model, quantizations }) => ({
    via,
    model,
    quantizations,
  }));
  return `hosted: ${yamlFlow({ equivalents })}`;
}

/** Always reports a configured equivalent that is only a near match. */
function compared(deployment: DeploymentConfig, listings: readonly ModelListing[]): Finding[] {
  const { id, hosted } = deployment;
  return (hosted?.equivalents ?? []).flatMap(({ via, model }): Finding[] => {
    const listing = listings.find((one) => one.sourceId === via && one.model === model);
    if (listing === undefined) return [];
    const [found] = proposeEquivalents(modelOf(deployment), [listing]);
    if (found?.match === 'same') return [];
    return [
      {
        area: 'mapping',
        subject: id,
        deployment: id,
        state: 'warn',
        code: 'equivalent-is-another',
        ownModel: deployment.model,
        source: via,
        model,
        differences: found?.differences ?? [],
      },
    ];
  });
}
