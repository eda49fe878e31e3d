/** Why a verdict is what it is, in sentences: one for each reason. */

import type { Choice } from '../../economics/offer.ts';
import type { Warning } from '../../economics/warning.ts';
import type {
  CostParts,
  Doubt,
  Missing,
  Objection,
  Obstacle,
  RangeUsd,
  Reason,
} from '../../verdict/reason.ts';
import type { Writing } from '../locale.ts';
import { gapSentence } from './books.ts';
import { countText, dayText, shareText, usdText } from './figures.ts';
import { isMissing, missingSentence } from './missing.ts';
import { isWarning, warningSentence } from './warnings.ts';

type Of<Code extends Reason['code']> = Extract<Reason, { readonly code: Code }>;

export function reasonSentence(fact: Reason, writing: Writing): string {
  if (isWarning(fact)) return warningSentence(fact, writing);
  return isMissing(fact) ? missingSentence(fact, writing) : ownSentence(fact, writing);
}

function ownSentence(fact: Exclude<Reason, Missing | Warning>, writing: Writing): string {
  const usd = (amount: string) => usdText(amount, writing);
  switch (fact.code) {
    case 'too-small':
    case 'not-certain':
    case 'weeks-persist':
    case 'reversal':
      return objectionSentence(fact, writing);
    case 'with-the-plan':
      return withThePlan(fact, writing);
    case 'held-back':
      return heldBack(fact, usd);
    case 'without-labor':
      return `Without labor the verdict is "${fact.verdict}".`;
    case 'change-cost':
      return changeCost(fact, usd);
    case 'keep-cost':
      return keepCost(fact, usd);
    case 'one-host':
      return `It rests on one host: ${fact.host} alone sells the model on your terms.`;
    case 'passed-over':
      return passedOver(fact, usd);
    case 'free-host':
      return `${fact.host} asks nothing: it counts only because the config allows free tiers.`;
    case 'one-day':
      return 'It was paid for on one day alone: how days differ is unknown, and in no odds.';
    case 'must-stay':
    case 'worth-unknown':
    case 'worth-nothing':
    case 'worth-needed':
    case 'waiver-expired':
      return waiverSentence(fact, writing);
    case 'hangs-on':
      return hangsOn(fact, usd);
    case 'best-plan':
    case 'advised-plan':
      return planCost(fact, writing);
    case 'keep-all':
      return `Keeping everything is the cheapest plan, at ${usd(fact.keepUsd)}.`;
    case 'required-cost':
      return requiredCost(usd(fact.costUsd));
    case 'required-free':
      return 'What must stay costs nothing: the best plan keeps it too.';
    case 'migration-unstated':
      return MIGRATION_UNSTATED;
    case 'charges-missing':
    case 'resource-unbilled':
      return gapSentence(fact, writing);
    case 'labor-measured':
    case 'labor-assumed':
      return laborSentence(fact, usd);
  }
}

type Usd = (amount: string) => string;

function requiredCost(cost: string): string {
  return `Keeping what must stay costs ${cost} over the best plan without that wish.`;
}

/** One sentence, with the figure and what is needed. */
function objectionSentence(fact: Objection, writing: Writing): string {
  const usd = (amount: string) => usdText(amount, writing);
  switch (fact.code) {
    case 'too-small':
      return (
        `The saving of ${usd(fact.savingUsd)} is below the ${usd(fact.neededUsd)} that a ` +
        'change must bring.'
      );
    case 'not-certain':
      if (fact.probability === undefined) return 'How likely it is to be cheaper is unknown.';
      return (
        `It is cheaper with odds of ${shareText(fact.probability, writing, 'floor')}, and ` +
        `${shareText(fact.neededProbability, writing)} is needed.`
      );
    case 'weeks-persist':
      return (
        'Each week is close to the week before, so one window cannot tell how likely it is to be ' +
        'cheaper: had every week been like the worst one, it would cost ' +
        `${usd(fact.moreUsd)} more.`
      );
    case 'reversal':
      return (
        `"${fact.to}" would reverse the standing answer "${fact.from}" for ` +
        `${differenceText(fact.savingShare, writing)}, and ` +
        `${shareText(fact.neededShare, writing)} is needed: it is advised if it holds for ` +
        'another quarter.'
      );
  }
}

/** Rounded away from what is needed, so that what falls short never reads as enough. */
function differenceText(share: string, writing: Writing): string {
  return share.startsWith('-')
    ? `${shareText(share.slice(1), writing, 'ceiling')} more`
    : `${shareText(share, writing, 'floor')} less`;
}

function withThePlan(fact: Of<'with-the-plan'>, writing: Writing): string {
  const { alone, planSavingUsd, probability } = fact;
  const likely =
    probability === undefined ? '' : ` (${shareText(probability, writing, 'floor')} likely)`;
  return (
    'It is changed with the plan for the whole stack, which saves ' +
    `${usdText(planSavingUsd, writing)}${likely}; alone, its verdict is "${alone}".`
  );
}

function heldBack(
  { option, savingUsd, because, planSavingUsd }: Of<'held-back'>,
  usd: Usd,
): string {
  const alone = `Alone, ${doingIt(option)} would save ${usd(savingUsd)}.`;
  return `${alone} It is kept, because ${OBSTACLES[because](usd(planSavingUsd))}.`;
}

const OBSTACLES: Readonly<Record<Obstacle, (saving: string) => string>> = {
  'too-small': (saving) =>
    `the best plan for the whole stack saves ${saving}, too little to act on`,
  'not-certain': (saving) =>
    `the best plan for the whole stack, saving ${saving}, is not certain enough to act on`,
  reversal: () =>
    'the best plan for the whole stack reverses the standing answer and must hold for another ' +
    'quarter',
  'no-evidence': () => 'there is not enough evidence for a decision on the whole stack',
  'fixed-labor': () =>
    'the engineering time that any hosting takes costs more than hosting would save',
};

const DOING: Readonly<Record<Choice, string>> = {
  keep: 'keeping it',
  'right-size': 'running no more replicas than each hour needs',
  move: 'renting the same GPUs elsewhere',
  'bring-back': 'serving here what is bought from hosts already',
  serverless: 'serving it serverless',
  delete: 'deleting it and buying its tokens from a host',
  hybrid: 'a smaller stack with a host for the peaks',
};

function doingIt(choice: Choice): string {
  return DOING[choice];
}

/** `Keeping costs $9.00, and deleting it … $2.63: a saving of $6.37.` */
function changeCost({ option, keep, change, savingUsd, host }: Of<'change-cost'>, usd: Usd) {
  return (
    `Keeping costs ${costText(keep, usd)}; ${doingIt(option)} costs ` +
    `${costText(change, usd, host)}: a saving of ${usd(savingUsd)}.`
  );
}

/** What keeping costs, and how much more the nearest option would. */
function keepCost({ keep, option, optionUsd, moreUsd }: Of<'keep-cost'>, usd: Usd): string {
  const more = moreUsd === undefined ? 'the same' : `${usd(moreUsd)} more`;
  return (
    `Keeping costs ${costText(keep, usd)}; ${doingIt(option)} would cost ${usd(optionUsd)}, ` +
    `${more}.`
  );
}

function costText(cost: CostParts, usd: Usd, host = ''): string {
  const part = (amount: string | undefined, what: string) =>
    amount === undefined ? [] : [`${usd(amount)} ${what}`];
  const parts = [
    ...part(cost.infraUsd, 'of rent'),
    ...part(cost.hostedUsd, `at ${host}`),
    ...part(cost.laborUsd, 'of labor'),
    ...part(cost.strandedUsd, 'stranded'),
    ...part(cost.migrationUsd, 'for the change itself'),
  ];
  return parts.length > 1 ? `${usd(cost.usd)} (${parts.join(' + ')})` : usd(cost.usd);
}

function passedOver({ option, savingUsd }: Of<'passed-over'>, usd: Usd): string {
  return `"${option}" would save more, ${usd(savingUsd)}, but not surely enough to be advised.`;
}

type Waived = Of<
  'must-stay' | 'worth-unknown' | 'worth-nothing' | 'worth-needed' | 'waiver-expired'
>;

function waiverSentence(fact: Waived, writing: Writing): string {
  switch (fact.code) {
    case 'must-stay': {
      const until = fact.until === undefined ? '' : ` until ${dayText(fact.until, writing)}`;
      return `It must stay${until}: ${fact.reason} (${fact.owner}).`;
    }
    case 'worth-unknown':
      return (
        'What the reason must be worth is unknown, because the rent of its machines is; ' +
        `${statedText(fact.statedUsdPerQuarter, writing)}.`
      );
    case 'worth-nothing':
      return 'The reason costs nothing: no option that is known is cheaper.';
    case 'worth-needed':
      return (
        `The reason must be worth at least ${usdText(fact.savingUsd, writing)}, which ` +
        `${doingIt(fact.option)} would save; ${statedText(fact.statedUsdPerQuarter, writing)}.`
      );
    case 'waiver-expired': {
      const { reason, owner, expiredOn } = fact;
      const when = expiredOn === undefined ? '' : ` on ${dayText(expiredOn, writing)}`;
      return (
        `The reason to stay (${reason}, ${owner}) expired${when} and no longer counts: renew it ` +
        'or drop it.'
      );
    }
  }
}

function statedText(stated: string | undefined, writing: Writing): string {
  return stated === undefined
    ? 'no worth is stated'
    : `${usdText(stated, writing)} a quarter is stated`;
}

const ASSUMPTIONS: Readonly<Record<Doubt['assumption'], string>> = {
  'self-hosted-labor': 'self-hosted labor, at its',
  'hosting-labor': 'labor for hosting, at its',
  'cache-hits': 'cache hits at the host, at their',
  'labor-and-cache': 'labor and cache hits, at their',
};

const ENDS: Readonly<Record<Doubt['end'], string>> = {
  low: 'low end',
  high: 'high end',
  worst: 'worst ends together',
};

function hangsOn({ assumption, end, moreUsd }: Doubt, usd: Usd): string {
  const result =
    moreUsd === undefined ? 'saves nothing' : `costs ${usd(moreUsd)} more than keeping`;
  return `The answer hangs on ${ASSUMPTIONS[assumption]} ${ENDS[end]}: there the change ${result}.`;
}

function planCost(fact: Of<'best-plan' | 'advised-plan'>, writing: Writing): string {
  const [plan, keep, saving] = [fact.planUsd, fact.keepUsd, fact.savingUsd].map((amount) =>
    usdText(amount, writing),
  );
  const of = `${fact.changed} of ${countText(fact.deployments, 'deployment', writing)}`;
  const costs = `changes ${of}: ${plan} instead of ${keep}, a saving of ${saving}`;
  if (fact.code === 'best-plan') return `The best plan ${costs}.`;
  const more = usdText(fact.bestSavingUsd, writing);
  return `The plan of what is advised ${costs}; another would save ${more}, but not surely enough.`;
}

const MIGRATION_UNSTATED =
  'What a change itself takes is not stated and counts as nothing: set `migration` in ' +
  'rentcheck.yaml.';

/** Whether people's time was measured or is assumed, and what it comes to. */
function laborSentence(fact: Of<'labor-measured' | 'labor-assumed'>, usd: Usd): string {
  if (fact.code === 'labor-measured') {
    const [all, once] = [usd(fact.selfHostedUsd), usd(fact.onceUsd)];
    return (
      `People's time for self-hosting is measured: ${all} by the ops log, ${once} of it for the ` +
      'stack as a whole; their time for hosting is assumed.'
    );
  }
  return (
    `People's time is assumed, not measured: ${rangeText(fact.once, usd)} for self-hosting ` +
    `anything at all, and ${rangeText(fact.own, usd)} for the deployments' own parts together.`
  );
}

/** `$6,000 to $24,000 (base $12,000)`; one figure where both ends are the same. */
function rangeText({ lowUsd, baseUsd, highUsd }: RangeUsd, usd: Usd): string {
  if (lowUsd === highUsd) return usd(baseUsd);
  return `${usd(lowUsd)} to ${usd(highUsd)} (base ${usd(baseUsd)})`;
}
