/** Builds the table of a deployment's options: cost, saving, range, probability and parts. */

import type { OptionName } from '../../economics/offer.ts';
import { shownName, shownText } from '../displayText.ts';
import type { ReportTable, ReportTableRow } from './table.ts';
import type { Reader } from '../locale.ts';
import {
  compare,
  divide,
  type Exact,
  isZero,
  negate,
  subtract,
  decimal,
} from '../../domain/exact.ts';
import { latencyText } from './usageDetails.ts';
import {
  counted,
  dollars,
  percent,
  shortNumber,
  probabilityText,
  rangeText,
  orUnknown,
} from '../format.ts';
import type { AuditReading } from './auditReading.ts';
import type { RatioText } from '../../domain/figures.ts';
import type { AuditOptionDetail } from '../../verdict/auditDeployment.ts';
import type { DeploymentReading, OptionReading, AnyOption } from './deploymentReading.ts';

export function optionLines(audit: AuditReading, reader: Reader): string[] {
  return [
    'Every option serves the same traffic. The saving is compared with keeping. The fixed ' +
      'engineering time of the whole stack is not included.',
    ...simulationLines(audit, reader),
  ];
}

/** Explains the ranges and probabilities. Empty if they were not computed. */
export function simulationLines({ stack }: AuditReading, reader: Reader): string[] {
  if (stack.draws === 0) return [];
  return [
    `The range covers ${reader.percent('90')} of the simulation runs. ` +
      'The probability is that the option costs less than keeping.',
  ];
}

/** All options of one deployment. Options without a price are listed below, with the reason. */
export function optionTable(deployment: DeploymentReading, reader: Reader): ReportTable {
  const priced = deployment.options.filter(({ costUsd }) => costUsd !== undefined);
  const unpriced = deployment.options.filter(({ costUsd }) => costUsd === undefined);
  return {
    title: '',
    head: ['Option', 'Cost', 'Saving', 'Range', 'Probability'],
    rows: priced.map((option) => optionRow(option, deployment, reader)),
    foot: [unpricedText(unpriced, reader), medianHostText(deployment, reader)]
      .filter((text) => text !== '')
      .join(' '),
  };
}

function unpricedText(unpriced: readonly OptionReading[], reader: Reader): string {
  return unpriced.length === 0
    ? ''
    : `Not priced: ${unpriced.map((each) => reasonText(each, reader)).join('; ')}.`;
}

function reasonText({ option, detail }: OptionReading, reader: Reader): string {
  const { reason } = detail;
  return reason === undefined
    ? option
    : `${option} (${shownText(reason, 160, reader).replace(/\.$/, '')})`;
}

function optionRow(
  figures: OptionReading,
  deployment: DeploymentReading,
  reader: Reader,
): ReportTableRow {
  const notes = [
    warningText(figures.option),
    optionDetail(figures, deployment, reader),
    costPartsText(figures, reader),
  ];
  return {
    cells: [
      figures.option,
      orUnknown(dollars, figures.costUsd, reader),
      ...againstKeeping(figures, reader),
    ],
    note: notes.filter((text) => text !== '').join('; '),
  };
}

/** Warns that spot capacity is priced only for comparison. */
function warningText(option: OptionName): string {
  return option === 'spot' ? 'not advised: the provider can take it away' : '';
}

/**
 * Worked number: $65,152 and a chosen $50,117 is "30% more". Empty with fewer than two eligible
 * endpoints.
 */
export function medianHostText({ hosted }: DeploymentReading, reader: Reader): string {
  if (hosted === null) return '';
  const eligible = hosted.considered.filter(({ costUsd }) => costUsd !== null).length;
  if (eligible < 2) return '';
  const median = hosted.medianUsd;
  const than = difference({ median, chosen: hosted.costUsd }, shownName(hosted.host), reader);
  return `The median of ${eligible} eligible endpoints costs ${dollars(median, reader)}, ${than}.`;
}

function difference(
  { median, chosen }: Record<'median' | 'chosen', Exact>,
  endpoint: string,
  reader: Reader,
): string {
  const side = compare(median, chosen);
  if (side === 0) return `the same as ${endpoint}`;
  if (isZero(chosen)) return `where ${endpoint} is free`;
  const share = divide(subtract(median, chosen), chosen);
  return side > 0
    ? `${percent(share, reader)} more than ${endpoint}`
    : `${percent(negate(share), reader)} less than ${endpoint}`;
}

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
      hoursText(workerHours, 'worker-hours', reader),
      starts === undefined ? '' : counted(starts, 'cold start', reader),
    ]),
  'bring-back': (detail, _, reader) => bringBack(detail, reader),
  move: (detail, _, reader) => rate(detail, reader),
  spot: (detail, _, reader) => rate(detail, reader),
};

/** `2 replicas always on, the overflow to deepinfra/fp8`. Empty without details. */
function optionDetail(
  { option, detail }: OptionReading,
  deployment: DeploymentReading,
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
  const hours = hoursText(extraReplicaHours, 'more replica-hours', reader);
  return joined([`${counted(broughtTokens, 'hosted token', reader)} served on rented GPUs`, hours]);
}

function rightSize(
  { replicaHours, mostReplicas, hoursOff, ...rest }: AuditOptionDetail,
  reader: Reader,
): string {
  const week = weekText(rest, reader);
  return joined([
    hoursText(replicaHours, 'replica-hours', reader),
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
  const now = ownUsdPerGpuHour === undefined ? '' : `, ${dollars(ownUsdPerGpuHour, reader)} now`;
  const basis = secondHand === true ? ', from a price catalog' : '';
  return `${dollars(usdPerGpuHour, reader)} per GPU-hour${where}${basis}${now}`;
}

function hoursText(hours: RatioText | undefined, noun: string, reader: Reader): string {
  return hours === undefined ? '' : `${shortNumber(decimal(hours), reader)} ${noun}`;
}

function joined(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(', ');
}

const NOTHING = '\u2013';

/** Saving, interval and probability. An option that changes nothing has only a saving. */
export function againstKeeping(figures: AnyOption, reader: Reader): string[] {
  const { option, savingUsd, low, high, probability } = figures;
  if (option === 'keep') return [NOTHING, NOTHING, NOTHING];
  const saving = orUnknown(dollars, savingUsd, reader);
  const isExact = low === undefined || high === undefined ? low === high : compare(low, high) === 0;
  const isSame = savingUsd !== undefined && isZero(savingUsd) && isExact;
  if (isSame || probability === undefined) return [saving, NOTHING, NOTHING];
  return [
    saving,
    rangeText({ low, high }, reader) || orUnknown(dollars, low, reader),
    probabilityText(probability, reader),
  ];
}

const PARTS = [
  ['GPU', 'gpuUsd'],
  ['storage', 'storageUsd'],
  ['other', 'otherUsd'],
  ['hosted APIs', 'hostedUsd'],
  ['engineering time', 'laborUsd'],
  ['unused commitment', 'strandedUsd'],
  ['amortized migration', 'migrationUsd'],
] as const;

/** Parts of the cost that are not 0. Empty for a single part, which is the cost itself. */
export function costPartsText(figures: AnyOption, reader: Reader): string {
  const parts = PARTS.flatMap(([name, field]) => {
    const usd = figures[field];
    return usd === undefined || isZero(usd) ? [] : [`${name} ${dollars(usd, reader)}`];
  });
  return parts.length > 1 ? parts.join(', ') : '';
}
