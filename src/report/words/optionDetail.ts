/** Renders what an option does, with its figures. */

import { decimal, type Exact } from '../../domain/exact.ts';
import type { OptionName } from '../../economics/offer.ts';
import type {
  AuditDeployment,
  AuditOption,
  AuditOptionDetail,
} from '../../verdict/auditDeployment.ts';
import { counted, dollars, plainNumber } from '../format.ts';
import { shownName, shownText } from '../label.ts';
import { latencyText } from './beside.ts';
import { knownAmount } from './reading.ts';
import type { Reader } from '../locale.ts';

type Wording = (detail: AuditOptionDetail, host: string, reader: Reader) => string;

const DETAILS: Readonly<Record<OptionName, Wording>> = {
  keep: () => '',
  delete: (_, host) => (host === '' ? '' : `all tokens from ${host}`),
  hybrid: ({ replicas }, host, reader) => {
    if (replicas === undefined) return '';
    const where = host === '' ? 'a hosted API' : host;
    return `${counted(replicas, 'replica', reader)} always on, the overflow to ${where}`;
  },
  'right-size': (detail, _, reader) => rightSize(detail, reader),
  serverless: ({ workerHours, starts }, _, reader) =>
    joined([
      textOf(knownAmount(workerHours), (hours) => `${plainNumber(hours, reader)} worker-hours`),
      starts === undefined ? '' : counted(starts, 'cold start', reader),
    ]),
  'bring-back': (detail, _, reader) => bringBack(detail, reader),
  move: (detail, _, reader) => rate(detail, reader),
  spot: (detail, _, reader) => rate(detail, reader),
};

/** `2 replicas always on, the overflow to deepinfra/fp8`. Empty without details. */
export function optionDetail(
  { option, detail }: AuditOption,
  deployment: AuditDeployment,
  reader: Reader,
): string {
  const { hosted } = deployment;
  const text = DETAILS[option](detail, hosted === null ? '' : shownName(hosted.host), reader);
  const latency = option === 'delete' && text !== '' ? latencyText(deployment, reader) : '';
  return latency === '' ? text : `${text}; latency to match: ${latency}`;
}

function bringBack(
  { broughtTokens, extraReplicaHours }: AuditOptionDetail,
  reader: Reader,
): string {
  if (broughtTokens === undefined) return '';
  const hours = textOf(
    knownAmount(extraReplicaHours),
    (more) => `${plainNumber(more, reader)} more replica-hours`,
  );
  return joined([`${counted(broughtTokens, 'hosted token', reader)} served on rented GPUs`, hours]);
}

function rightSize(
  { replicaHours, mostReplicas, hoursOff, ...rest }: AuditOptionDetail,
  reader: Reader,
): string {
  const week = weekText(rest, reader);
  return joined([
    textOf(knownAmount(replicaHours), (hours) => `${plainNumber(hours, reader)} replica-hours`),
    mostReplicas === undefined ? '' : `at most ${counted(mostReplicas, 'replica', reader)} at once`,
    hoursOff === undefined || hoursOff === 0
      ? ''
      : `off for ${counted(hoursOff, 'paid hour', reader)}${week}`,
  ]);
}

/** ` (every week Sat–Sun all day, Europe/Paris)`. */
function weekText({ weekOff, weekOffTimeZone = 'UTC' }: AuditOptionDetail, reader: Reader): string {
  if (weekOff === undefined) return '';
  return (
    ` (every week ${shownText(weekOff, 200, reader)}, ` +
    `${shownText(weekOffTimeZone, 60, reader)})`
  );
}

/** `$1.19 per GPU-hour at vast, $1.50 now`. */
function rate(
  { provider, secondHand, usdPerGpuHour, ownUsdPerGpuHour }: AuditOptionDetail,
  reader: Reader,
): string {
  if (usdPerGpuHour === undefined) return '';
  const where = provider === undefined ? '' : ` at ${shownName(provider)}`;
  const now =
    ownUsdPerGpuHour === undefined ? '' : `, ${dollars(decimal(ownUsdPerGpuHour), reader)} now`;
  const basis = secondHand === true ? ', from a price catalog' : '';
  return `${dollars(decimal(usdPerGpuHour), reader)} per GPU-hour${where}${basis}${now}`;
}

function textOf(value: Exact | undefined, text: (value: Exact) => string): string {
  return value === undefined ? '' : text(value);
}

function joined(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(', ');
}
