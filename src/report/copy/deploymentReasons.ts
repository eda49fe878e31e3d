/** Renders the reasons for one deployment's verdict: option costs, the stack's plan, its waiver. */

import type { CostParts, Obstacle, Reason } from '../../verdict/reason.ts';
import type { LocaleFormat } from '../locale.ts';
import { changeDescribed } from './changes.ts';
import { dollars, dayName, shareText } from '../format.ts';
import { capital } from '../displayText.ts';

type Of<Code extends Reason['code']> = Extract<Reason, { readonly code: Code }>;

type Waived = Of<
  'must-stay' | 'worth-unknown' | 'worth-nothing' | 'worth-needed' | 'waiver-expired'
>;

type DeploymentReason =
  | Of<'with-the-plan' | 'held-back' | 'without-labor' | 'change-cost' | 'keep-cost'>
  | Of<'one-host' | 'passed-over' | 'free-host' | 'one-day'>
  | Waived;

type Usd = (amount: string) => string;

export function deploymentReason(fact: DeploymentReason, writing: LocaleFormat): string {
  const usd = (amount: string) => dollars(amount, writing);
  switch (fact.code) {
    case 'with-the-plan':
      return withThePlan(fact, writing);
    case 'held-back':
      return heldBack(fact, usd);
    case 'without-labor':
      return (
        `Without engineering time and migration cost, the verdict for ${fact.deployment} is ` +
        `"${fact.verdict}".`
      );
    case 'change-cost':
      return changeCost(fact, usd);
    case 'keep-cost':
      return keepCost(fact, usd);
    case 'one-host':
      return (
        `Only ${fact.host} sells the model of ${fact.deployment} on your terms. The verdict ` +
        'depends on this one provider.'
      );
    case 'passed-over':
      return (
        `The option "${fact.option}" for ${fact.deployment} would save more, ` +
        `${usd(fact.savingUsd)}, but is not certain enough to be advised.`
      );
    case 'free-host':
      return (
        `The provider ${fact.host} serves ${fact.deployment} for free. It counts only because ` +
        'the config allows free tiers.'
      );
    case 'one-day':
      return (
        `The bill for ${fact.deployment} covers only one day, so the probability leaves out ` +
        'differences between days.'
      );
    case 'must-stay':
    case 'worth-unknown':
    case 'worth-nothing':
    case 'worth-needed':
    case 'waiver-expired':
      return waiverSentence(fact, writing);
  }
}

function withThePlan(fact: Of<'with-the-plan'>, writing: LocaleFormat): string {
  const { deployment, alone, planSavingUsd, probability } = fact;
  const likely =
    probability === undefined ? '' : ` (${shareText(probability, writing, 'floor')} likely)`;
  return (
    `Changing ${deployment} is part of the plan for the whole stack, which saves ` +
    `${dollars(planSavingUsd, writing)}${likely}. The verdict for ${deployment} alone is ` +
    `"${alone}".`
  );
}

function heldBack(fact: Of<'held-back'>, usd: Usd): string {
  const alone = `Alone, ${changeDescribed(fact)} would save ${usd(fact.savingUsd)}.`;
  return `${alone} It is kept, because ${OBSTACLES[fact.because](usd(fact.planSavingUsd))}.`;
}

const OBSTACLES: Readonly<Record<Obstacle, (saving: string) => string>> = {
  'too-small': (saving) =>
    `the best plan for the whole stack saves ${saving}, too little to act on`,
  'not-certain': (saving) =>
    `the best plan for the whole stack, saving ${saving}, is not certain enough to act on`,
  reversal: () =>
    'the best plan for the whole stack reverses the previous verdict and must hold for another ' +
    'quarter',
  'no-evidence': () => 'there is not enough evidence for a decision on the whole stack',
  'fixed-labor': () =>
    'the fixed engineering time of using hosted APIs costs more than hosted APIs would save',
};

/** `Keeping chat costs $9.00. Replacing chat with a hosted API costs $2.63, which saves $6.37.` */
function changeCost(fact: Of<'change-cost'>, usd: Usd): string {
  const { keep, change, savingUsd, host } = fact;
  return (
    `Keeping ${fact.deployment} costs ${costText(keep, usd)}. ` +
    `${capital(changeDescribed(fact))} costs ` +
    `${costText(change, usd, host)}. The saving is ${usd(savingUsd)}.`
  );
}

function keepCost(fact: Of<'keep-cost'>, usd: Usd): string {
  const { keep, optionUsd, moreUsd } = fact;
  const more = moreUsd === undefined ? 'the same' : `${usd(moreUsd)} more`;
  return (
    `Keeping ${fact.deployment} costs ${costText(keep, usd)}. ` +
    `${capital(changeDescribed(fact))} would cost ` +
    `${usd(optionUsd)}, ${more}.`
  );
}

function costText(cost: CostParts, usd: Usd, host = ''): string {
  const part = (amount: string | undefined, what: string) =>
    amount === undefined ? [] : [`${usd(amount)} ${what}`];
  const parts = [
    ...part(cost.infraUsd, 'GPU spend'),
    ...part(cost.hostedUsd, host === '' ? 'hosted API' : `at ${host}`),
    ...part(cost.laborUsd, 'engineering time'),
    ...part(cost.strandedUsd, 'unused commitment'),
    ...part(cost.migrationUsd, 'migration'),
  ];
  return parts.length > 1 ? `${usd(cost.usd)} (${parts.join(' + ')})` : usd(cost.usd);
}

function waiverSentence(fact: Waived, writing: LocaleFormat): string {
  const { deployment } = fact;
  switch (fact.code) {
    case 'must-stay': {
      const until = fact.until === undefined ? '' : ` until ${dayName(fact.until, writing)}`;
      return `A waiver requires keeping ${deployment}${until}: ${fact.reason} (${fact.owner}).`;
    }
    case 'worth-unknown':
      return (
        `The cost of the waiver for ${deployment} is unknown, because its GPU spend is unknown. ` +
        statedText(fact.statedUsdPerQuarter, writing)
      );
    case 'worth-nothing':
      return `The waiver for ${deployment} costs nothing, because no known option is cheaper.`;
    case 'worth-needed':
      return (
        `The waiver for ${deployment} costs ${dollars(fact.savingUsd, writing)}, because ` +
        `${changeDescribed(fact)} would save that much. ` +
        statedText(fact.statedUsdPerQuarter, writing)
      );
    case 'waiver-expired': {
      const { reason, owner, expiredOn } = fact;
      const when = expiredOn === undefined ? '' : ` on ${dayName(expiredOn, writing)}`;
      return (
        `The waiver for ${deployment} (${reason}, ${owner}) expired${when} and no longer counts. ` +
        'Renew it or remove it.'
      );
    }
  }
}

function statedText(stated: string | undefined, writing: LocaleFormat): string {
  return stated === undefined
    ? 'Its worth is not stated.'
    : `The stated worth is ${dollars(stated, writing)} a quarter.`;
}
