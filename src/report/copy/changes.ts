/** Phrases for the change that each option makes: imperative, gerund and description. */

import type { Choice, OptionName } from '../../economics/offer.ts';

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
export function changeGerund(option: OptionName, names: string): string {
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
