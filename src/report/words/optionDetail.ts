/** What an option does, in a few words with its figures. */

import { decimal, type Exact } from '../../domain/exact.ts';
import type { OptionName } from '../../economics/offer.ts';
import type { AuditDeployment, AuditOption, OptionDetail } from '../../verdict/auditDeployment.ts';
import { counted, dollars, plainNumber } from '../format.ts';
import { shownName, shownText } from '../label.ts';
import { latencyText } from './beside.ts';
import { known } from './reading.ts';

type Wording = (detail: OptionDetail, host: string) => string;

const DETAILS: Readonly<Record<OptionName, Wording>> = {
  keep: () => '',
  delete: (_, host) => (host === '' ? '' : `all tokens from ${host}`),
  hybrid: ({ replicas }, host) => {
    if (replicas === undefined) return '';
    const where = host === '' ? 'a hosted API' : host;
    return `${counted(replicas, 'replica')} always on, the overflow to ${where}`;
  },
  'right-size': rightSize,
  serverless: ({ workerHours, starts }) =>
    joined([
      textOf(known(workerHours), (hours) => `${plainNumber(hours)} worker-hours`),
      starts === undefined ? '' : counted(starts, 'cold start'),
    ]),
  'bring-back': bringBack,
  move: rate,
  spot: rate,
};

/** `2 replicas always on, the overflow to deepinfra/fp8`; empty where there is nothing to add. */
export function optionDetail({ option, detail }: AuditOption, deployment: AuditDeployment): string {
  const { hosted } = deployment;
  const text = DETAILS[option](detail, hosted === null ? '' : shownName(hosted.host));
  const latency = option === 'delete' && text !== '' ? latencyText(deployment) : '';
  return latency === '' ? text : `${text}; latency to match: ${latency}`;
}

function bringBack({ broughtTokens, extraReplicaHours }: OptionDetail): string {
  if (broughtTokens === undefined) return '';
  const hours = textOf(
    known(extraReplicaHours),
    (more) => `${plainNumber(more)} more replica-hours`,
  );
  return joined([`${counted(broughtTokens, 'hosted token')} served on rented GPUs`, hours]);
}

function rightSize({ replicaHours, mostReplicas, hoursOff, ...rest }: OptionDetail): string {
  const week = weekText(rest);
  return joined([
    textOf(known(replicaHours), (hours) => `${plainNumber(hours)} replica-hours`),
    mostReplicas === undefined ? '' : `at most ${counted(mostReplicas, 'replica')} at once`,
    hoursOff === undefined || hoursOff === 0
      ? ''
      : `off for ${counted(hoursOff, 'paid hour')}${week}`,
  ]);
}

/** ` (every week Sat–Sun all day, Europe/Paris)`. */
function weekText({ weekOff, weekOffTimeZone = 'UTC' }: OptionDetail): string {
  if (weekOff === undefined) return '';
  return ` (every week ${shownText(weekOff, 200)}, ${shownText(weekOffTimeZone, 60)})`;
}

/** `$1.19 per GPU-hour at vast, $1.50 now`. */
function rate({ provider, secondHand, usdPerGpuHour, ownUsdPerGpuHour }: OptionDetail): string {
  if (usdPerGpuHour === undefined) return '';
  const where = provider === undefined ? '' : ` at ${shownName(provider)}`;
  const now = ownUsdPerGpuHour === undefined ? '' : `, ${dollars(decimal(ownUsdPerGpuHour))} now`;
  const basis = secondHand === true ? ', from a price catalog' : '';
  return `${dollars(decimal(usdPerGpuHour))} per GPU-hour${where}${basis}${now}`;
}

function textOf(value: Exact | undefined, text: (value: Exact) => string): string {
  return value === undefined ? '' : text(value);
}

function joined(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(', ');
}
