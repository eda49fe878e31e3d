/** How a change is told as a thing to do, and whether it needs the rest of the plan. */

import { dollars } from '../../domain/digits.ts';
import { toDecimal } from '../../domain/exact.ts';
import type { Choice, OfferDetail } from '../../economics/offer.ts';
import { offerOf } from '../../economics/options.ts';
import { counted } from '../../domain/counted.ts';
import type { DeploymentEconomics } from '../../economics/result.ts';
import type { Decided } from '../judge/decided.ts';
import { weekText } from '../weekWords.ts';

/** `Cap chat at 2 replicas and overflow to host-a through market`. */
export function deed(deployment: DeploymentEconomics, choice: Choice): string {
  const { id } = deployment;
  const detail = offerOf(deployment, choice)?.detail ?? {};
  switch (choice) {
    case 'keep':
      return `Keep ${id} as it is`;
    case 'delete':
      return `Drop ${id} and send its tokens to ${hostOf(deployment)}`;
    case 'hybrid':
      return `Cap ${id} at ${replicas(detail.replicas)} and overflow to ${hostOf(deployment)}`;
    case 'right-size':
      return rightSizing(id, detail);
    case 'move':
      return `Re-create ${id}'s pods ${placeOf(detail)}`;
    case 'bring-back':
      return `Bring back to ${id} what is bought for it from hosted APIs${hoursOf(detail)}`;
    case 'serverless':
      return `Serve ${id} serverless${workOf(detail)}`;
  }
}

function hostOf({ hosted: { chosen } }: DeploymentEconomics): string {
  return chosen === undefined ? 'a host' : `${chosen.host} through ${chosen.sourceId}`;
}

function replicas(count: number | undefined): string {
  return count === undefined ? 'fewer replicas' : counted(count, 'replica');
}

function rightSizing(id: string, { hoursOff = 0, mostReplicas, weekOff }: OfferDetail): string {
  const most = `at most ${replicas(mostReplicas)}`;
  if (hoursOff === 0) return `Run ${most} of ${id}, in each hour only what its load needs`;
  const week = weekOff === undefined ? '' : weekText(weekOff);
  const always = week === '' ? '' : ` (in every week ${week}, ${weekOff?.timeZone})`;
  const hours = `the ${counted(hoursOff, 'paid hour')} of this window without load${always}`;
  return `Switch ${id} off in ${hours}, and run ${most} in the rest`;
}

function placeOf({ provider, usdPerGpuHour, ownUsdPerGpuHour }: OfferDetail): string {
  const where = provider === undefined ? 'elsewhere' : `at ${provider}`;
  if (usdPerGpuHour === undefined || ownUsdPerGpuHour === undefined) return where;
  const [asked, own] = [dollars(usdPerGpuHour), dollars(ownUsdPerGpuHour)];
  return `${where} for ${asked} instead of ${own} a GPU-hour`;
}

function workOf({ starts, workerHours }: OfferDetail): string {
  const parts = [
    ...(starts === undefined ? [] : [counted(starts, 'start')]),
    ...(workerHours === undefined
      ? []
      : [counted(Number(toDecimal(workerHours, 0)), 'worker-hour')]),
  ];
  return parts.length === 0 ? '' : `: ${parts.join(', ')} in a window like this one`;
}

function hoursOf({ extraReplicaHours }: OfferDetail): string {
  const hours = extraReplicaHours === undefined ? 0 : Number(toDecimal(extraReplicaHours, 0));
  return hours === 0 ? '' : `, with ${counted(hours, 'replica-hour')} more in a window like this`;
}

/** Only what is advised alone too is told without an "only". */
export function caveat({ because, alone }: Decided): string {
  if (because !== 'with-the-plan') return '';
  return `, but only together with the rest of the plan: alone its verdict is "${alone}"`;
}
