/** What is said of a step: what to do, with whom, and by when. */

import { decimal, toDecimal } from '../../domain/exact.ts';
import { HOURS_IN_WEEK } from '../../economics/option/weekOff.ts';
import type { StepDetail, WeekHours } from '../../verdict/steps/step.ts';
import { weekText } from '../../verdict/weekWords.ts';
import type { Writing } from '../locale.ts';
import { savingSubject } from './contracts.ts';
import { missingSentence } from './missing.ts';
import { countText, dayText, usdText } from './figures.ts';

/** `Cap chat at 2 replicas and overflow to host-a through market.` */
export function stepSentence(step: StepDetail, writing: Writing): string {
  switch (step.code) {
    case 'delete':
      return changed(step, `Drop ${step.deployment} and send its tokens to ${hostText(step)}`);
    case 'hybrid': {
      const cap = replicas(step.replicas, writing);
      return changed(step, `Cap ${step.deployment} at ${cap} and overflow to ${hostText(step)}`);
    }
    case 'right-size':
      return changed(step, rightSizing(step, writing));
    case 'move':
      return changed(step, `Re-create ${step.deployment}'s pods ${placeText(step, writing)}`);
    case 'bring-back':
      return changed(
        step,
        `Bring back to ${step.deployment} what is bought for it from hosted APIs` +
          moreHours(step, writing),
      );
    case 'serverless':
      return changed(step, `Serve ${step.deployment} serverless${workText(step, writing)}`);
    case 'stop-operations':
      return (
        "Stop operating machines: nothing stays on your own, and the people's time that having " +
        'any takes falls away.'
      );
    case 'start-hosting':
      return (
        "Start buying from hosts: the people's time that having any takes, for keys, limits and " +
        'bills.'
      );
    case 'renegotiate':
      return renegotiation(step, writing);
    case 'decide-contract':
      return contractDecision(step, writing);
    case 'renew-waiver': {
      const { deployment, owner, reason, expired, expires } = step;
      const ends = `${expired ? 'expired' : 'expires'} on ${dayText(expires, writing)}`;
      return `Ask ${owner} whether ${deployment} must still stay (${reason}): its waiver ${ends}.`;
    }
    case 'review':
      return review(step);
    case 'get-evidence':
    case 'attribute':
      return missingSentence(step.missing, writing);
  }
}

/** What waits for the contract, and what that saves. */
function contractDecision(step: Step<'decide-contract'>, writing: Writing): string {
  const { source, until, savingUsd } = step;
  const when = until === null ? 'with notice' : `on ${dayText(until, writing)}`;
  const saves = `${savingSubject(step)} ${usdText(savingUsd, writing)}`;
  const decide = `Decide whether the ${source} contract ends ${when}`;
  return `${decide}: after it, ${saves} in a period like this one.`;
}

/** Keeping is a decision; what is too small or not certain is left as it is for now. */
function review({ verdict, quarter }: Step<'review'>): string {
  const isKept = verdict === 'keep' || verdict === 'keep (required)';
  const now = isKept ? 'Keep everything as it is' : 'Change nothing yet';
  return `${now}, and review the decision with the ${quarter} report.`;
}

type Step<Code extends StepDetail['code']> = Extract<StepDetail, { code: Code }>;

/** Only what is advised alone too is told without an "only". */
function changed({ alone }: Pick<Step<'move'>, 'alone'>, what: string): string {
  if (alone === undefined) return `${what}.`;
  const only = 'but only together with the rest of the plan: alone its verdict is';
  return `${what}, ${only} "${alone}".`;
}

function hostText({ host, source }: Pick<Step<'delete'>, 'host' | 'source'>): string {
  if (host === undefined) return 'a host';
  return source === undefined ? host : `${host} through ${source}`;
}

function replicas(number: number | undefined, writing: Writing): string {
  return number === undefined ? 'fewer replicas' : countText(number, 'replica', writing);
}

function rightSizing(step: Step<'right-size'>, writing: Writing): string {
  const { deployment, hoursOff, weekOff } = step;
  const most = `at most ${replicas(step.mostReplicas, writing)}`;
  if (hoursOff === 0) return `Run ${most} of ${deployment}, in each hour only what its load needs`;
  const week = weekOff === undefined ? '' : weekText({ hours: hoursOf(weekOff) });
  const always = week === '' ? '' : ` (in every week ${week}, ${weekOff?.timeZone})`;
  const off = countText(hoursOff, 'paid hour', writing);
  const hours = `the ${off} of this window without load${always}`;
  return `Switch ${deployment} off in ${hours}, and run ${most} in the rest`;
}

function hoursOf({ spans }: WeekHours): boolean[] {
  const isOff = (hour: number) => spans.some(({ from, to }) => from <= hour && hour < to);
  return Array.from({ length: HOURS_IN_WEEK }, (_, hour) => isOff(hour));
}

function placeText(step: Step<'move'>, writing: Writing): string {
  const { provider, usdPerGpuHour, ownUsdPerGpuHour } = step;
  const where = provider === undefined ? 'elsewhere' : `at ${provider}`;
  if (usdPerGpuHour === undefined || ownUsdPerGpuHour === undefined) return where;
  const [asked, own] = [usdText(usdPerGpuHour, writing), usdText(ownUsdPerGpuHour, writing)];
  return `${where} for ${asked} instead of ${own} a GPU-hour`;
}

function moreHours({ extraReplicaHours = '0' }: Step<'bring-back'>, writing: Writing): string {
  const hours = wholeHours(extraReplicaHours);
  if (hours === 0) return '';
  return `, with ${countText(hours, 'replica-hour', writing)} more in a window like this`;
}

function workText({ starts, workerHours }: Step<'serverless'>, writing: Writing): string {
  const parts = [
    ...(starts === undefined ? [] : [countText(starts, 'start', writing)]),
    ...(workerHours === undefined
      ? []
      : [countText(wholeHours(workerHours), 'worker-hour', writing)]),
  ];
  return parts.length === 0 ? '' : `: ${parts.join(', ')} in a window like this one`;
}

function wholeHours(text: string): number {
  return Number(toDecimal(decimal(text), 0));
}

/** What is stranded is a cost of the next window, which may end before the commitment does. */
function renegotiation(step: Step<'renegotiate'>, writing: Writing): string {
  const { source, until, strandedUsd, committedUsd, endsInNextWindow } = step;
  const [when, whole] = endsInNextWindow
    ? ['until then', 'in all']
    : ['in the next window', 'until then'];
  return (
    `Renegotiate or let run out ${source}'s commitment before ${dayText(until, writing)}: ` +
    `${usdText(strandedUsd, writing)} of the plan's cost ${when} is owed for nothing, of ` +
    `${usdText(committedUsd, writing)} that are committed ${whole}.`
  );
}
