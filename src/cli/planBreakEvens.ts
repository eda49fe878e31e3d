/** Knows how the break-evens of a plan are told: against the API, serverless, and reserved pods. */

import { compare, decimal, divide, ONE } from '../domain/exact.ts';
import type { PlanDocument } from '../jobs/planDocument.ts';
import type { PlanGpu } from '../jobs/planGpu.ts';
import { percent, plainNumber, tokenCount, usdPerMtok } from '../report/format.ts';
import { known, share, usd } from './printedFigures.ts';

/** From where on pods, serverless and reserved pods pay, on one kind of GPU. */
export function breakEvens(gpu: PlanGpu, document: PlanDocument): string[] {
  const { podsPay, serverless, reserved, podUsd } = gpu;
  const one = `one replica holds the peak hour from ${rate(gpu.capacityForOneTokPerSec)} on`;
  const pod = podUsd === null ? '' : `, and costs ${usd(podUsd)} a month`;
  return [
    ...(gpu.capacityTokPerSec === null ? [`${gpu.gpu}: ${one}${pod}`] : []),
    ...(podsPay === null
      ? []
      : [`${gpu.gpu} against the API: ${paying(podsPay)}; ${fullAgainst(gpu, document)}`]),
    ...(serverless === null ? [] : [`${gpu.gpu} against serverless: ${atWork(serverless)}`]),
    ...(reserved === null ? [] : [`${gpu.gpu} reserved: ${reserving(reserved)}`]),
  ];
}

function atWork({ breakEvenShare, workerShare }: NonNullable<PlanGpu['serverless']>): string {
  const here = `here it is ${share(workerShare)}, starts and waits of serverless not counted`;
  return isBelowOne(breakEvenShare)
    ? `pods pay above ${share(breakEvenShare)} of the time at work; ${here}`
    : `pods never pay, for an hour of one costs ${share(breakEvenShare)} of a worker's`;
}

function reserving({ breakEvenShare, ...found }: NonNullable<PlanGpu['reserved']>): string {
  const { neededShare, pods, most } = found;
  if (!isBelowOne(breakEvenShare)) {
    return `never pays, for it costs ${share(breakEvenShare)} of on demand`;
  }
  return (
    `pays for pods needed above ${share(breakEvenShare)} of the time: ${pods} of ${most} here; ` +
    `on average they are needed for ${share(neededShare)}`
  );
}

function isBelowOne(ratio: string): boolean {
  return compare(decimal(ratio), ONE) < 0;
}

type Paying = NonNullable<PlanGpu['podsPay']>;

/** The rule of thumb is 10M tokens a day; this is the number of this case. */
function paying({ alone, withPeople }: Paying): string {
  const from = ({ tokensPerDay, pods }: Paying['alone']) =>
    tokensPerDay === null
      ? 'at no number of tokens'
      : `from ${tokenCount(Number(tokensPerDay))} tokens a day (${pods ?? 1} at the peak)`;
  const rule = 'the rule of thumb is 10M';
  const isSame = withPeople !== null && withPeople.tokensPerDay === alone.tokensPerDay;
  if (withPeople === null) return `pods around the clock pay ${from(alone)} (${rule})`;
  if (isSame) {
    return `pods around the clock pay ${from(alone)}, people's time or not (${rule})`;
  }
  return (
    `pods around the clock pay ${from(withPeople)}, without people's time ${from(alone)} ` +
    `(${rule})`
  );
}

/** Why: a pod is never cheaper than when it is as full as the peak lets it be. */
function fullAgainst({ fullUsdPerMtok }: PlanGpu, { asked, options }: PlanDocument): string {
  const api = options.find(({ option }) => option === 'hosted API');
  const perMtok = (text: string | undefined | null) => known(text ?? null, usdPerMtok);
  const host = perMtok(api?.usdPerMtok);
  const fullest = percent(divide(decimal(asked.headroom), decimal(asked.burstiness)));
  return (
    `a full pod costs ${perMtok(fullUsdPerMtok)} per Mtok, the API ${host}; with this peak ` +
    `utilization is ${fullest} at most`
  );
}

function rate(text: string): string {
  return `${plainNumber(decimal(text))} tokens/s`;
}
