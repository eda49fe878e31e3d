/** Renders the break-evens of a plan: against the API, serverless and reserved GPUs. */

import { compare, decimal, divide, ONE } from '../domain/exact.ts';
import type { PlanDocument } from '../jobs/planDocument.ts';
import type { PlanGpu } from '../jobs/planGpu.ts';
import { counted, percent, plainNumber, tokenCount, usdPerMtok } from '../report/format.ts';
import { formatIfKnown, formatShare, formatUsd } from './printedFigures.ts';
import { TERMINAL_READER } from '../report/locale.ts';

/** The loads from which replicas are cheaper than the API or serverless, for one GPU type. */
export function renderBreakEvens(gpu: PlanGpu, document: PlanDocument): string[] {
  const { podsPay, serverless, reserved, podUsd } = gpu;
  const one = `one replica can serve the peak hour at ${rate(gpu.capacityForOneTokPerSec)} or more`;
  const pod = podUsd === null ? '' : `; it costs ${formatUsd(podUsd)} a month`;
  return [
    ...(gpu.capacityTokPerSec === null ? [`${gpu.gpu}: ${one}${pod}`] : []),
    ...(podsPay === null
      ? []
      : [`${gpu.gpu} against the API: ${paying(podsPay)}. ${fullAgainst(gpu, document)}`]),
    ...(serverless === null ? [] : [`${gpu.gpu} against serverless: ${atWork(serverless)}`]),
    ...(reserved === null ? [] : [`${gpu.gpu} reserved: ${reserving(reserved)}`]),
  ];
}

function atWork({ breakEvenShare, workerShare }: NonNullable<PlanGpu['serverless']>): string {
  const busy = formatShare(workerShare);
  const here = `This load is busy ${busy} of the time, without cold starts and idle waits`;
  return isBelowOne(breakEvenShare)
    ? `replicas are cheaper if busy more than ${formatShare(breakEvenShare)} of the time. ${here}`
    : `replicas are never cheaper: a replica-hour costs ` +
        `${formatShare(breakEvenShare)} of a worker-hour`;
}

function reserving({ breakEvenShare, ...found }: NonNullable<PlanGpu['reserved']>): string {
  const { neededShare, pods, most } = found;
  if (!isBelowOne(breakEvenShare)) {
    return `never cheaper: it costs ${formatShare(breakEvenShare)} of the on-demand price`;
  }
  return (
    `cheaper for replicas needed more than ` +
    `${formatShare(breakEvenShare)} of the time: ${pods} of ` +
    `${most} here. On average, replicas are needed ${formatShare(neededShare)} of the time`
  );
}

function isBelowOne(ratio: string): boolean {
  return compare(decimal(ratio), ONE) < 0;
}

type Paying = NonNullable<PlanGpu['podsPay']>;

/** The break-even of this case beside the rule of thumb, which is 10M tokens a day. */
function paying({ alone, withPeople }: Paying): string {
  const from = ({ tokensPerDay, pods }: Paying['alone']) =>
    tokensPerDay === null
      ? 'are never cheaper'
      : `are cheaper from ${tokenCount(Number(tokensPerDay), TERMINAL_READER)} ` +
        `tokens a day (${peakText(pods)})`;
  const rule = 'the rule of thumb is 10M';
  const isSame = withPeople !== null && withPeople.tokensPerDay === alone.tokensPerDay;
  const replicas = 'replicas around the clock';
  if (withPeople === null) return `${replicas} ${from(alone)}; ${rule}`;
  if (isSame) return `${replicas} ${from(alone)}, with or without engineering time; ${rule}`;
  return (
    `with engineering time, ${replicas} ${from(withPeople)}; ` +
    `without it, they ${from(alone)}; ${rule}`
  );
}

const peakText = (replicas: number | null) =>
  `${counted(replicas ?? 1, 'replica', TERMINAL_READER)} at the peak`;

/** The grounds: a replica costs least per token when it is as full as the peak allows. */
function fullAgainst({ fullUsdPerMtok }: PlanGpu, { asked, options }: PlanDocument): string {
  const api = options.find(({ code }) => code === 'hosted-api');
  const perMtok = (text: string | undefined | null) => formatIfKnown(text ?? null, usdPerMtok);
  const hosted = perMtok(api?.usdPerMtok);
  const fullest = percent(
    divide(decimal(asked.headroom), decimal(asked.burstiness)),
    TERMINAL_READER,
  );
  return (
    `A full replica costs ${perMtok(fullUsdPerMtok)} per Mtok, the API ${hosted}. ` +
    `With this peak, utilization is at most ${fullest}`
  );
}

function rate(text: string): string {
  return `${plainNumber(decimal(text), TERMINAL_READER)} tokens/s`;
}
