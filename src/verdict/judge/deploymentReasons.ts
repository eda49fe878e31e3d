/** Knows the reasons that go with a verdict on one deployment, as sentences with figures. */

import { dollars } from '../../domain/digits.ts';
import { add, type Exact, negate, subtract } from '../../domain/exact.ts';
import { dayText } from '../../domain/period.ts';
import type { Choice } from '../../economics/offer.ts';
import { type OptionCost, optionCost, pricedOption, type World } from '../../economics/options.ts';
import type { DeploymentEconomics } from '../../economics/result.ts';
import { doing } from '../words.ts';
import { othersOf } from './others.ts';

/** What a priced choice saves against keeping, at the given ends of what is assumed. */
export function savingOf(deployment: DeploymentEconomics, choice: Choice, world: World): Exact {
  return subtract(
    pricedOption(deployment, 'keep', world).usd,
    pricedOption(deployment, choice, world).usd,
  );
}

/** `Keeping costs $9.00, and deleting it … $2.63: a saving of $6.37.` */
export function costReasons(deployment: DeploymentEconomics, choice: Choice): string[] {
  const [keep, other] = [optionCost(deployment, 'keep'), optionCost(deployment, choice)];
  if (keep === undefined || other === undefined) return [];
  const saving = subtract(keep.usd, other.usd);
  const host = deployment.hosted.chosen?.host ?? '';
  return [
    `Keeping costs ${spelled(keep)}; ${doing(choice)} costs ${spelled(other, host)}: a ` +
      `saving of ${dollars(saving)}.`,
    ...oneHostReasons(deployment, choice),
  ];
}

/** Who leaves own machines for one company has nobody to turn to if it stops selling. */
function oneHostReasons({ hosted }: DeploymentEconomics, choice: Choice): string[] {
  if (hosted.sellers !== 1 || (choice !== 'delete' && choice !== 'hybrid')) return [];
  const host = hosted.chosen?.hostName ?? hosted.chosen?.host ?? '';
  return [`It rests on one host: ${host} alone sells the model on your terms.`];
}

function spelled(cost: OptionCost, host = ''): string {
  const parts = [
    cost.infraUsd.num === 0n ? '' : `${dollars(cost.infraUsd)} of rent`,
    cost.hostedUsd.num === 0n ? '' : `${dollars(cost.hostedUsd)} at ${host}`,
    cost.laborUsd.num === 0n ? '' : `${dollars(cost.laborUsd)} of labor`,
    cost.strandedUsd.num === 0n ? '' : `${dollars(cost.strandedUsd)} stranded`,
    cost.migrationUsd.num === 0n ? '' : `${dollars(cost.migrationUsd)} for the change itself`,
  ].filter((part) => part !== '');
  return parts.length > 1 ? `${dollars(cost.usd)} (${parts.join(' + ')})` : dollars(cost.usd);
}

/** What keeping costs, and how much more the nearest option would. */
export function keepReasons(deployment: DeploymentEconomics): string[] {
  const [nearest] = othersOf(deployment);
  const keep = optionCost(deployment, 'keep');
  if (nearest === undefined || keep === undefined) return [];
  const more = negate(nearest.savingUsd);
  const costs = dollars(add(keep.usd, more));
  return [
    `Keeping costs ${spelled(keep)}; ${doing(nearest.choice)} would cost ${costs}, ` +
      `${more.num === 0n ? 'the same' : `${dollars(more)} more`}.`,
  ];
}

/**
 * False where no bill tells of it, or all that was paid for went unwatched: what keeping costs over
 * covered time is unknown then, and not nothing.
 */
export function isRentKnown({ sources, time }: DeploymentEconomics): boolean {
  return sources.length > 0 && (time.paidNs === 0n || time.coveredNs > 0n);
}

/** Why it stays, and what the reason must be worth. */
export function requiredReasons(
  deployment: DeploymentEconomics,
  { best, savingUsd }: { readonly best: Choice; readonly savingUsd: Exact },
): string[] {
  const { waiver } = deployment;
  if (waiver === undefined) return [];
  const until = waiver.expiresMs === undefined ? '' : ` until ${dayText(waiver.expiresMs)}`;
  const stated = waiver.worthUsdPerQuarter;
  const worth =
    stated === undefined ? 'no worth is stated' : `${dollars(stated)} a quarter is stated`;
  const stays = `It must stay${until}: ${waiver.reason} (${waiver.owner}).`;
  if (!isRentKnown(deployment)) return [stays, `${UNPRICED}; ${worth}.`];
  return [
    stays,
    best === 'keep'
      ? 'The reason costs nothing: no option that is known is cheaper.'
      : `The reason must be worth at least ${dollars(savingUsd)}, which ${doing(best)} would ` +
        `save; ${worth}.`,
  ];
}

const UNPRICED = 'What the reason must be worth is unknown, because the rent of its machines is';

export function expiryReasons({ waiver }: DeploymentEconomics): string[] {
  if (waiver?.expired !== true) return [];
  const when = waiver.expiresMs === undefined ? '' : ` on ${dayText(waiver.expiresMs)}`;
  return [
    `The reason to stay (${waiver.reason}, ${waiver.owner}) expired${when} and no longer ` +
      'counts: renew it or drop it.',
  ];
}
