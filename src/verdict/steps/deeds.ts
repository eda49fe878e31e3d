/** Builds the structured detail of a change step: deployment and figures. */

import { usdText } from '../../domain/money.ts';
import { toDecimal } from '../../domain/exact.ts';
import type { Choice, OfferDetail } from '../../economics/offer.ts';
import { findOffer } from '../../economics/options.ts';
import type { DeploymentEconomics } from '../../economics/result.ts';
import type { Decided } from '../judge/decided.ts';
import { toWeekHours } from '../weekHours.ts';
import type { ChangeDetail } from './step.ts';

export type ChangeChoice = Exclude<Choice, 'keep'>;

/** Builds the detail. Without a decision, the deployment's own verdict is unknown and left out. */
export function toChangeDetail(
  deployment: DeploymentEconomics,
  choice: ChangeChoice,
  decided: Decided | undefined,
): ChangeDetail {
  const detail = findOffer(deployment, choice)?.detail ?? {};
  const whose = { deployment: deployment.id, ...aloneOf(decided) };
  switch (choice) {
    case 'delete':
      return { code: choice, ...whose, ...hostOf(deployment) };
    case 'hybrid': {
      const { replicas } = detail;
      const kept = replicas === undefined ? {} : { replicas };
      return { code: choice, ...whose, ...kept, ...hostOf(deployment) };
    }
    case 'right-size':
      return { code: choice, ...whose, ...rightSizing(detail) };
    case 'move':
      return { code: choice, ...whose, ...placeOf(detail) };
    case 'bring-back': {
      const { extraReplicaHours: more } = detail;
      const hours = more === undefined ? {} : { extraReplicaHours: toDecimal(more, 6) };
      return { code: choice, ...whose, ...hours };
    }
    case 'serverless':
      return { code: choice, ...whose, ...workOf(detail) };
  }
}

/** The own verdict, only if it does not advise the change itself. */
function aloneOf(decided: Decided | undefined): Pick<ChangeDetail, 'alone'> {
  return decided?.because === 'with-the-plan' ? { alone: decided.alone } : {};
}

function hostOf({ hosted: { chosen } }: DeploymentEconomics) {
  return chosen === undefined ? {} : { host: chosen.host, source: chosen.sourceId };
}

function rightSizing({ hoursOff = 0, mostReplicas, weekOff }: OfferDetail) {
  return {
    hoursOff,
    ...(mostReplicas === undefined ? {} : { mostReplicas }),
    ...(weekOff === undefined ? {} : { weekOff: toWeekHours(weekOff) }),
  };
}

function placeOf({ provider, usdPerGpuHour, ownUsdPerGpuHour }: OfferDetail) {
  return {
    ...(provider === undefined ? {} : { provider }),
    ...(usdPerGpuHour === undefined ? {} : { usdPerGpuHour: usdText(usdPerGpuHour) }),
    ...(ownUsdPerGpuHour === undefined ? {} : { ownUsdPerGpuHour: usdText(ownUsdPerGpuHour) }),
  };
}

function workOf({ starts, workerHours }: OfferDetail) {
  return {
    ...(starts === undefined ? {} : { starts }),
    ...(workerHours === undefined ? {} : { workerHours: toDecimal(workerHours, 6) }),
  };
}
