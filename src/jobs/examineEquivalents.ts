/** Which hosted models serve our weights, for deployments that name none or another thing. */

import type { DeploymentConfig } from '../config/deploymentConfig.ts';
import {
  type EquivalentProposal,
  type ModelListing,
  proposeEquivalents,
} from '../domain/equivalents.ts';
import { Failure } from '../domain/failure.ts';
import type { Finding } from '../domain/finding.ts';
import { yamlFlow } from '../domain/yamlFlow.ts';
import type { Source } from '../sources/source.ts';

/** What sources list; one that does not answer has been told of already. */
export async function listingsOf(sources: Iterable<Source>): Promise<ModelListing[]> {
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

function ours({ model, precision }: DeploymentConfig) {
  return { model, ...(precision === undefined ? {} : { precision }) };
}

/** The same weights at every source that sells them; where none does, what is nearest. */
function proposed(deployment: DeploymentConfig, listings: readonly ModelListing[]): Finding[] {
  const all = proposeEquivalents(ours(deployment), listings);
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

/** Of each source its first one; of a catalog only where nobody who sells it lists it. */
function oneOfEach(same: readonly EquivalentProposal[]): EquivalentProposal[] {
  const isOwnWord = ({ secondHand }: EquivalentProposal) => secondHand !== true;
  const told = same.some(isOwnWord) ? same.filter(isOwnWord) : same;
  return [...Map.groupBy(told, ({ sourceId }) => sourceId).values()].flatMap(([first]) =>
    first === undefined ? [] : [first],
  );
}

/** What config has for it, as YAML to paste: the same weights of each source. */
function hostedText(proposals: readonly EquivalentProposal[]): string {
  const equivalents = proposals.map(({ sourceId: via, model, quantizations }) => ({
    via,
    model,
    quantizations,
  }));
  return `hosted: ${yamlFlow({ equivalents })}`;
}

/** A near match that was taken by hand is never silent. */
function compared(deployment: DeploymentConfig, listings: readonly ModelListing[]): Finding[] {
  const { id, hosted } = deployment;
  return (hosted?.equivalents ?? []).flatMap(({ via, model }): Finding[] => {
    const listing = listings.find((one) => one.sourceId === via && one.model === model);
    if (listing === undefined) return [];
    const [found] = proposeEquivalents(ours(deployment), [listing]);
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
