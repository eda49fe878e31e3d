/** Knows what an option does, in a few words with its figures. */

import { decimal, type Exact } from '../../domain/exact.ts';
import type { OptionName } from '../../economics/offer.ts';
import type { AuditDeployment, AuditOption, OptionDetail } from '../../verdict/auditDeployment.ts';
import { counted, dollars, plainNumber } from '../format.ts';
import { shownName, shownText } from '../label.ts';
import { latencyText } from './beside.ts';
import { known } from './reading.ts';

type Telling = (detail: OptionDetail, host: string) => string;

const DETAILS: Readonly<Record<OptionName, Telling>> = {
  keep: () => '',
  delete: (_, host) => (host === '' ? '' : `all tokens from ${host}`),
  hybrid: ({ replicas }, host) => {
    if (replicas === undefined) return '';
    const peaks = host === '' ? 'hosted' : `from ${host}`;
    return `${counted(replicas, 'replica')} always on, the peaks ${peaks}`;
  },
  'right-size': rightSize,
  serverless: ({ workerHours, starts }) =>
    joined([
      told(known(workerHours), (hours) => `${plainNumber(hours)} worker-hours`),
      starts === undefined ? '' : counted(starts, 'start') + ' from cold',
    ]),
  'bring-back': bringBack,
  move: rate,
  spot: rate,
};

/** `2 replicas always on, the peaks from host-a`; empty where there is nothing to tell. */
export function optionDetail({ option, detail }: AuditOption, deployment: AuditDeployment): string {
  const { hosted } = deployment;
  const text = DETAILS[option](detail, hosted === null ? '' : shownName(hosted.host));
  const latency = option === 'delete' && text !== '' ? latencyText(deployment) : '';
  return latency === '' ? text : `${text}, to match: ${latency}`;
}

function bringBack({ broughtTokens, extraReplicaHours }: OptionDetail): string {
  if (broughtTokens === undefined) return '';
  const hours = told(known(extraReplicaHours), (more) => `${plainNumber(more)} more replica-hours`);
  return joined([`${counted(broughtTokens, 'bought token')} served here`, hours]);
}

function rightSize({ replicaHours, mostReplicas, hoursOff, ...rest }: OptionDetail): string {
  const week = weekText(rest);
  return joined([
    told(known(replicaHours), (hours) => `${plainNumber(hours)} replica-hours`),
    mostReplicas === undefined ? '' : `at most ${counted(mostReplicas, 'replica')} at once`,
    hoursOff === undefined || hoursOff === 0
      ? ''
      : `off for ${counted(hoursOff, 'paid hour')}${week}`,
  ]);
}

/** ` (in every week Sat–Sun all day, Europe/Paris)`. */
function weekText({ weekOff, weekOffTimeZone = 'UTC' }: OptionDetail): string {
  if (weekOff === undefined) return '';
  return ` (in every week ${shownText(weekOff, 200)}, ${shownText(weekOffTimeZone, 60)})`;
}

/** `$1.19 per GPU-hour at vast, $1.50 now`. */
function rate({ provider, secondHand, usdPerGpuHour, ownUsdPerGpuHour }: OptionDetail): string {
  if (usdPerGpuHour === undefined) return '';
  const where = provider === undefined ? '' : ` at ${shownName(provider)}`;
  const now = ownUsdPerGpuHour === undefined ? '' : `, ${dollars(decimal(ownUsdPerGpuHour))} now`;
  const told = secondHand === true ? ', as a catalog tells' : '';
  return `${dollars(decimal(usdPerGpuHour))} per GPU-hour${where}${told}${now}`;
}

function told(value: Exact | undefined, tell: (value: Exact) => string): string {
  return value === undefined ? '' : tell(value);
}

function joined(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(', ');
}
