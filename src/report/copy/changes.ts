/** Phrases the change that each option makes, and a contract that holds a change back. */

import type { Choice, OptionName } from '../../economics/offer.ts';
import { negate } from '../../domain/exact.ts';
import { DAY_MS, dayText as isoDay } from '../../domain/period.ts';
import type { AuditContractEnd } from '../../verdict/auditDecision.ts';
import type { LocaleFormat } from '../locale.ts';
import { dayName, listed, dollars } from '../format.ts';
import type { Reading } from '../sections/storedAmounts.ts';

type ChangeName = Exclude<OptionName, 'keep'>;

/** Imperative phrases by option. */
const IMPERATIVES: Readonly<Record<ChangeName, (it: string) => string>> = {
  delete: (it) => `delete ${it}`,
  hybrid: (it) => `cap ${it}`,
  serverless: (it) => `move ${it} to serverless`,
  move: (it) => `move ${it} to cheaper GPUs`,
  spot: (it) => `move ${it} to spot GPUs`,
  'right-size': (it) => `right-size ${it}`,
  'bring-back': (it) => `bring back hosted traffic of ${it}`,
};

/** The imperative for one option: `cap chat`, `keep chat`. */
export function changePhrase(option: OptionName, it: string): string {
  return option === 'keep' ? `keep ${it}` : IMPERATIVES[option](it);
}

/** The short gerund for names, one or more: `right-sizing a and b`. */
function changeGerund(option: OptionName, names: string): string {
  switch (option) {
    case 'keep':
      return `keeping ${names}`;
    case 'delete':
      return `deleting ${names}`;
    case 'hybrid':
      return `buying the peaks of ${names} from hosted APIs`;
    case 'serverless':
      return `running ${names} serverless`;
    case 'move':
    case 'spot':
      return `moving ${names} to cheaper GPUs`;
    case 'right-size':
      return `right-sizing ${names}`;
    case 'bring-back':
      return `serving ${names} without hosted APIs`;
  }
}

/** Descriptions by option, within a sentence. */
const DESCRIPTIONS: Readonly<Record<Choice, (deployment: string) => string>> = {
  keep: (deployment) => `keeping ${deployment}`,
  'right-size': (deployment) => `running ${deployment} on only the replicas that each hour needs`,
  move: (deployment) => `renting the same GPUs for ${deployment} elsewhere`,
  'bring-back': (deployment) => `self-hosting the hosted API tokens of ${deployment}`,
  serverless: (deployment) => `running ${deployment} on serverless GPUs`,
  delete: (deployment) => `replacing ${deployment} with a hosted API`,
  hybrid: (deployment) => `running ${deployment} on fewer replicas, with a hosted API for peaks,`,
};

/** `replacing chat with a hosted API`. */
export function changeDescribed(fact: {
  readonly deployment: string;
  readonly option: Choice;
}): string {
  return DESCRIPTIONS[fact.option](fact.deployment);
}

/**
 * `From Jan 1, 2027, after the coreweave contract ends, deleting chat saves $4,100 a quarter. The
 * same change made now costs $1,900 more than keeping. Give notice by Dec 1, 2026.`
 */
export function contractEndSentences(
  end: Reading<AuditContractEnd>,
  writing: LocaleFormat,
  per: 'quarter' | 'period',
): string {
  const often = per === 'quarter' ? 'a quarter' : 'in a period like this one';
  const saved = `${savingText(end, writing)} ${often}`;
  return [`${saved}.`, nowText(end, writing), ...decisionText(end, writing)].join(' ');
}

function savingText(end: Reading<AuditContractEnd>, writing: LocaleFormat): string {
  const { source, until, decideBy, savingUsd } = end;
  const what = `${savingSubject(end)} ${dollars(savingUsd, writing)}`;
  if (until === null) return `After notice ends the ${source} contract, ${what}`;
  const day = dayName(isoDay(Date.parse(`${until}T00:00:00Z`) + DAY_MS), writing);
  return decideBy === null
    ? `The ${source} contract ended on ${dayName(until, writing)}. From then on, ${what}`
    : `From ${day}, after the ${source} contract ends, ${what}`;
}

type Planned = Pick<AuditContractEnd, 'plan'>;

/** `deleting chat saves`. Several kinds of change take a plural verb. */
export function savingSubject({ plan }: Planned): string {
  return `${changeText({ plan })} ${plural({ plan }) ? 'save' : 'saves'}`;
}

function plural({ plan }: Planned): boolean {
  return new Set(plan.map(({ option }) => option)).size > 1;
}

/** `deleting a and b and right-sizing c`. */
function changeText({ plan }: Planned): string {
  const byOption = Map.groupBy(plan, ({ option }) => option);
  return [...byOption]
    .map(([option, picks]) =>
      changeGerund(option, listed(picks.map(({ deployment }) => deployment))),
    )
    .join(' and ');
}

function nowText({ todayUsd: usd }: Reading<AuditContractEnd>, writing: LocaleFormat): string {
  return usd.num < 0n
    ? `The same change made now costs ${dollars(negate(usd), writing)} more than keeping.`
    : `The same change made now saves ${dollars(usd, writing)}.`;
}

function decisionText(
  { until, noticeBy, decideBy }: Reading<AuditContractEnd>,
  writing: LocaleFormat,
): string[] {
  if (decideBy === null) return until === null ? ['The contract runs until notice is given.'] : [];
  const day = dayName(decideBy, writing);
  if (noticeBy === decideBy) return [`Give notice by ${day}.`];
  const missed = noticeBy === null ? '' : `Notice was due on ${dayName(noticeBy, writing)}. `;
  return [`${missed}Decide by ${day}.`];
}

/** Name of a prepaid plan without a name in rentcheck.yaml. */
export function prepaidPlanName(until: string): string {
  return `prepaid plan until ${until}`;
}
