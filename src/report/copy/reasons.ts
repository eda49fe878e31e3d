/** Renders the reasons for a verdict. */

import type { Warning } from '../../economics/warning.ts';
import type { Doubt, Missing, Objection, RangeUsd, Reason } from '../../verdict/reason.ts';
import type { LocaleFormat } from '../locale.ts';
import { gapSentence } from './bills.ts';
import { deploymentReason } from './deploymentReasons.ts';
import { counted, dollars, roundedText, shareText, shortList } from '../format.ts';
import { capital } from '../displayText.ts';
import { isMissing, missingSentence } from './missing.ts';
import { isWarning, warningSentence } from './warnings.ts';

type Of<Code extends Reason['code']> = Extract<Reason, { readonly code: Code }>;

export function reasonSentence(fact: Reason, writing: LocaleFormat): string {
  if (isWarning(fact)) return warningSentence(fact, writing);
  return isMissing(fact) ? missingSentence(fact, writing) : ownSentence(fact, writing);
}

function ownSentence(fact: Exclude<Reason, Missing | Warning>, writing: LocaleFormat): string {
  const usd = (amount: string) => dollars(amount, writing);
  switch (fact.code) {
    case 'too-small':
    case 'not-certain':
    case 'weeks-persist':
    case 'reversal':
      return objectionSentence(fact, writing);
    case 'with-the-plan':
    case 'held-back':
    case 'without-labor':
    case 'change-cost':
    case 'keep-cost':
    case 'one-host':
    case 'passed-over':
    case 'free-host':
    case 'one-day':
    case 'must-stay':
    case 'worth-unknown':
    case 'worth-nothing':
    case 'worth-needed':
    case 'waiver-expired':
      return deploymentReason(fact, writing);
    case 'hangs-on':
      return hangsOn(fact, writing);
    case 'best-plan':
    case 'advised-plan':
      return planCost(fact, writing);
    case 'keep-all':
      return `Keeping all deployments is the cheapest plan, at ${usd(fact.keepUsd)}.`;
    case 'required-cost':
      return (
        `${waiversText(fact.deployments)} ${usd(fact.costUsd)} ` +
        `more than the best plan without waivers.`
      );
    case 'required-free':
      return 'Waivers cost nothing, because the best plan keeps those deployments too.';
    case 'migration-unstated':
      return (
        'The one-off migration cost is not stated and counts as zero. Set `migration` in ' +
        'rentcheck.yaml.'
      );
    case 'charges-missing':
    case 'resource-unbilled':
      return gapSentence(fact, writing);
    case 'labor-measured':
    case 'labor-assumed':
      return laborSentence(fact, usd);
  }
}

type Usd = (amount: string) => string;

/** The subject: one deployment's change, or the plan. */
function changeOf({ deployment }: { readonly deployment?: string }): string {
  return deployment === undefined ? 'the plan' : `changing ${deployment}`;
}

/** An objection, with its figure and the required one. */
function objectionSentence(fact: Objection, writing: LocaleFormat): string {
  const usd = (amount: string) => dollars(amount, writing);
  const change = changeOf(fact);
  switch (fact.code) {
    case 'too-small':
      return (
        `${capital(change)} would save ${usd(fact.savingUsd)}, less than the required ` +
        `${usd(fact.neededUsd)}.`
      );
    case 'not-certain': {
      if (fact.probability === undefined) {
        return `The probability that ${change} saves money is unknown.`;
      }
      const likely = shareText(fact.probability, writing, 'floor');
      const needed = shareText(fact.neededProbability, writing);
      return `${capital(change)} is ${likely} likely to be cheaper, below the required ${needed}.`;
    }
    case 'weeks-persist':
      return (
        'Each week is close to the week before, so one period cannot show how likely the saving ' +
        `is. If every week had been like the worst one, ${change} would cost ` +
        `${usd(fact.moreUsd)} more than keeping.`
      );
    case 'reversal':
      return (
        `The verdict "${fact.to}" would reverse the previous verdict "${fact.from}" and cost ` +
        `${differenceText(fact.savingShare, writing)}. A reversal must cost at least ` +
        `${shareText(fact.neededShare, writing)} less, or hold for another quarter.`
      );
  }
}

/** Rounded away from the required share, so a smaller one never reads as enough. */
function differenceText(share: string, writing: LocaleFormat): string {
  return share.startsWith('-')
    ? `${shareText(share.slice(1), writing, 'ceiling')} more`
    : `${shareText(share, writing, 'floor')} less`;
}

const ASSUMPTIONS: Readonly<Record<Doubt['assumption'], string>> = {
  'self-hosted-labor': 'engineering time for self-hosting',
  'hosting-labor': 'engineering time for hosted APIs',
  'cache-hits': 'cache hits at the provider',
  'labor-and-cache': 'engineering time and cache hits',
};

const ENDS: Readonly<Record<Doubt['end'], string>> = {
  low: 'low estimate',
  high: 'high estimate',
  worst: 'least favorable estimates',
};

function hangsOn(fact: Doubt, writing: LocaleFormat): string {
  const { assumption, end, moreUsd, hours } = fact;
  const result =
    moreUsd === undefined
      ? 'saves nothing'
      : `costs ${dollars(moreUsd, writing)} more than keeping`;
  if (hours !== undefined) {
    const count = roundedText(hours, 1, writing);
    return (
      `At ${count} hours of ${ASSUMPTIONS[assumption]} ` +
      `(${ENDS[end]}), ${changeOf(fact)} ${result}.`
    );
  }
  return `At the ${ENDS[end]} of ${ASSUMPTIONS[assumption]}, ${changeOf(fact)} ${result}.`;
}

/** `Keeping a and b under waivers costs`. Audits of older versions do not name the deployments. */
function waiversText(deployments: readonly string[] = []): string {
  if (deployments.length === 0) return 'Keeping the deployments with a waiver costs';
  return `Keeping ${shortList(deployments, 3)} under a waiver costs`;
}

function planCost(fact: Of<'best-plan' | 'advised-plan'>, writing: LocaleFormat): string {
  const [plan, keep, saving] = [fact.planUsd, fact.keepUsd, fact.savingUsd].map((amount) =>
    dollars(amount, writing),
  );
  const which = fact.code === 'best-plan' ? 'best' : 'advised';
  const of = `${fact.changed} of ${counted(fact.deployments, 'deployment', writing)}`;
  const costs =
    `The ${which} plan changes ${of}. It costs ${plan} instead of ${keep} and saves ` +
    `${saving}.`;
  if (fact.code === 'best-plan') return costs;
  const more = dollars(fact.bestSavingUsd, writing);
  return `${costs} Another plan would save ${more}, but is not certain enough.`;
}

/** Engineering time: measured or assumed, with its cost. */
function laborSentence(fact: Of<'labor-measured' | 'labor-assumed'>, usd: Usd): string {
  if (fact.code === 'labor-measured') {
    const [all, once] = [usd(fact.selfHostedUsd), usd(fact.onceUsd)];
    return (
      `Engineering time for self-hosting is measured by the ops log: ${all}, with ${once} of it ` +
      'for the stack as a whole. Engineering time for hosted APIs is assumed.'
    );
  }
  return (
    'Engineering time is assumed, not measured. Its fixed part for self-hosting costs ' +
    `${rangeText(fact.once, usd)}. The deployments add ${rangeText(fact.own, usd)}.`
  );
}

/** `$6,000 to $24,000 (base $12,000)`. One figure if both ends are the same. */
function rangeText({ lowUsd, baseUsd, highUsd }: RangeUsd, usd: Usd): string {
  if (lowUsd === highUsd) return usd(baseUsd);
  return `${usd(lowUsd)} to ${usd(highUsd)} (base ${usd(baseUsd)})`;
}
