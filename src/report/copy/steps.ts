/** Renders steps: the change, the provider and the figures. */

import { decimal, toDecimal } from '../../domain/exact.ts';
import { HOURS_IN_DAY, HOURS_IN_WEEK } from '../../economics/option/weekOff.ts';
import type { StepDetail } from '../../verdict/steps/step.ts';
import type { WeekHours } from '../../verdict/weekHours.ts';
import type { LocaleFormat } from '../locale.ts';
import { savingSubject } from './changes.ts';
import { missingSentence } from './missing.ts';
import { dayName, listed, counted, dollars } from '../format.ts';

/** `Cap chat at 2 replicas and send the overflow to host-a through market.` */
export function stepSentence(step: StepDetail, writing: LocaleFormat): string {
  switch (step.code) {
    case 'delete':
      return changed(step, `Delete ${step.deployment} and send its tokens to ${hostText(step)}.`);
    case 'hybrid': {
      const cap = replicas(step.replicas, writing);
      const rest = `send the overflow to ${hostText(step)}`;
      return changed(step, `Cap ${step.deployment} at ${cap} and ${rest}.`);
    }
    case 'right-size':
      return changed(step, rightSizing(step, writing));
    case 'move':
      return changed(step, `Move ${step.deployment} ${placeText(step, writing)}.`);
    case 'bring-back': {
      const back = `Self-host the tokens that ${step.deployment} buys from hosted APIs.`;
      return changed(step, `${back}${moreHours(step, writing)}`);
    }
    case 'serverless':
      return changed(step, `Run ${step.deployment} on serverless GPUs${workText(step, writing)}.`);
    case 'stop-operations':
      return (
        'Stop operating GPUs. No deployment stays self-hosted, so the fixed engineering time of ' +
        'self-hosting ends.'
      );
    case 'start-hosting':
      return (
        'Set up hosted API access. It takes fixed engineering time for keys, limits and ' +
        'billing.'
      );
    case 'renegotiate':
      return renegotiation(step, writing);
    case 'decide-contract':
      return contractDecision(step, writing);
    case 'renew-waiver': {
      const { deployment, owner, reason, expired, expires } = step;
      const ends = `${expired ? 'expired' : 'expires'} on ${dayName(expires, writing)}`;
      const asked = `Ask ${owner} whether ${deployment} must stay self-hosted (${reason}).`;
      return `${asked} Its waiver ${ends}.`;
    }
    case 'review':
      return review(step);
    case 'get-evidence':
    case 'attribute':
      return missingSentence(step.missing, writing);
  }
}

/** What to decide about a contract, and what its end would save. */
function contractDecision(step: Step<'decide-contract'>, writing: LocaleFormat): string {
  const { source, until, savingUsd } = step;
  const saves = `${savingSubject(step)} ${dollars(savingUsd, writing)}`;
  const decide =
    until === null
      ? `Decide whether to end the ${source} contract with notice`
      : `Decide whether to let the ${source} contract end on ${dayName(until, writing)}`;
  return `${decide}. After its end, ${saves} in a period like this one.`;
}

/** `keep` is a decision. Other verdicts change nothing for now. */
function review({ verdict, quarter }: Step<'review'>): string {
  const isKept = verdict === 'keep' || verdict === 'keep (required)';
  const now = isKept ? 'Keep everything as it is' : 'Change nothing yet';
  return `${now}, and review the decision with the ${quarter} report.`;
}

type Step<Code extends StepDetail['code']> = Extract<StepDetail, { code: Code }>;

/** Adds a note if the change is advised only with the rest of the plan. */
function changed({ alone }: Pick<Step<'move'>, 'alone'>, what: string): string {
  if (alone === undefined) return what;
  return `${what} Do this only with the rest of the plan. Its verdict alone is "${alone}".`;
}

function hostText({ host, source }: Pick<Step<'delete'>, 'host' | 'source'>): string {
  if (host === undefined) return 'a hosted API';
  return source === undefined ? host : `${host} through ${source}`;
}

function replicas(number: number | undefined, writing: LocaleFormat): string {
  return number === undefined ? 'fewer replicas' : counted(number, 'replica', writing);
}

function rightSizing(step: Step<'right-size'>, writing: LocaleFormat): string {
  const { deployment, hoursOff, weekOff } = step;
  const most = `at most ${replicas(step.mostReplicas, writing)}`;
  if (hoursOff === 0) return `Run ${most} of ${deployment}, and only what each hour needs.`;
  const week = weekOff === undefined ? '' : weekText(hoursOf(weekOff));
  const always = week === '' ? '' : ` Every week, these include ${week} (${weekOff?.timeZone}).`;
  const hours = `its ${counted(hoursOff, 'paid hour', writing)} without load`;
  return `Switch ${deployment} off in ${hours}, and run ${most} otherwise.${always}`;
}

function hoursOf({ spans }: WeekHours): boolean[] {
  const isOff = (hour: number) => spans.some(({ from, to }) => from <= hour && hour < to);
  return Array.from({ length: HOURS_IN_WEEK }, (_, hour) => isOff(hour));
}

function placeText(step: Step<'move'>, writing: LocaleFormat): string {
  const { provider, usdPerGpuHour, ownUsdPerGpuHour } = step;
  const where = `to ${provider ?? 'another provider'}`;
  if (usdPerGpuHour === undefined || ownUsdPerGpuHour === undefined) return where;
  const [price, own] = [dollars(usdPerGpuHour, writing), dollars(ownUsdPerGpuHour, writing)];
  return `${where} for ${price} instead of ${own} a GPU-hour`;
}

function moreHours({ extraReplicaHours = '0' }: Step<'bring-back'>, writing: LocaleFormat): string {
  const hours = wholeHours(extraReplicaHours);
  if (hours === 0) return '';
  return ` This takes ${counted(hours, 'more replica-hour', writing)} in a period like this one.`;
}

function workText({ starts, workerHours }: Step<'serverless'>, writing: LocaleFormat): string {
  const parts = [
    ...(starts === undefined ? [] : [counted(starts, 'start', writing)]),
    ...(workerHours === undefined
      ? []
      : [counted(wholeHours(workerHours), 'worker-hour', writing)]),
  ];
  return parts.length === 0 ? '' : `: ${listed(parts)} in a period like this one`;
}

function wholeHours(text: string): number {
  return Number(toDecimal(decimal(text), 0));
}

/** The unused amount is that of the next period, which may end before the commitment. */
function renegotiation(step: Step<'renegotiate'>, writing: LocaleFormat): string {
  const { source, until, strandedUsd, committedUsd, endsInNextWindow } = step;
  const unused = dollars(strandedUsd, writing);
  const committed = dollars(committedUsd, writing);
  const what = endsInNextWindow
    ? `Until then, the plan leaves ${unused} of the committed ${committed} unused.`
    : `In the next period, the plan leaves ${unused} unused. The remaining commitment is ` +
      `${committed}.`;
  return (
    `Renegotiate the commitment with ${source} before ${dayName(until, writing)}, or let it run ` +
    `out. ${what}`
  );
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
/** Maximum number of parts of a weekly timetable. */
const MOST_PARTS = 4;

/**
 * Weekly off hours: `Mon–Fri 00:00–07:00, Sat–Sun all day`. Empty if they are too scattered for a
 * timetable.
 */
export function weekText(off: readonly boolean[]): string {
  const parts: { from: string; to: string; hours: string }[] = [];
  for (const [at, day] of DAYS.entries()) {
    const hours = hoursText(off.slice(at * HOURS_IN_DAY, (at + 1) * HOURS_IN_DAY));
    const last = parts.at(-1);
    if (last?.hours === hours) last.to = day;
    else parts.push({ from: day, to: day, hours });
  }
  const shown = parts.filter(({ hours }) => hours !== '');
  if (shown.length > MOST_PARTS) return '';
  return shown.map(({ from, to, hours }) => `${span(from, to)} ${hours}`).join(', ');
}

function span(from: string, to: string): string {
  return from === to ? from : `${from}\u2013${to}`;
}

/** `00:00–07:00 and 18:00–24:00`. Empty without off hours. */
function hoursText(off: readonly boolean[]): string {
  if (off.every(Boolean)) return 'all day';
  const starts = [...off.keys()].filter((hour) => off[hour] === true && off[hour - 1] !== true);
  return starts
    .map((start) => {
      const end = off.indexOf(false, start);
      return `${clock(start)}\u2013${clock(end < 0 ? HOURS_IN_DAY : end)}`;
    })
    .join(' and ');
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
