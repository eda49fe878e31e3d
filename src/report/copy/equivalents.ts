/** Renders `doctor` findings on hosted equivalents, and differences between models. */

import { formatCount } from '../../domain/figures.ts';
import type { ModelDifference, ModelEvidence } from '../../domain/equivalents.ts';
import type { EquivalentFact } from '../../domain/mappingFact.ts';
import type { FindingText } from './bills.ts';
import { listed, shortList } from '../format.ts';

/** Maximum number of quantizations listed. */
const NAMED_AT_MOST = 5;

export function equivalentText(fact: EquivalentFact): FindingText {
  switch (fact.code) {
    case 'equivalent-listed': {
      const found = fact.listed.map(
        ({ source, model, evidence }) => `${source} lists ${model} (${evidenceText(evidence)})`,
      );
      return {
        says: `No hosted equivalent is named, but ${listed(found)}.`,
        fix: `Add ${fact.hosted}`,
      };
    }
    case 'equivalent-near': {
      const { source, model, evidence, differences, hosted } = fact;
      return {
        says:
          `No hosted equivalent is named. The nearest at ${source} is ${model} ` +
          `(${evidenceText(evidence)}). It is a different model: ${differencesText(differences)}.`,
        fix: `Only if it is acceptable, add ${hosted}`,
      };
    }
    case 'equivalent-is-another': {
      const { ownModel, source, model, differences } = fact;
      const isUnknown = differences.length === 0;
      const what = isUnknown ? 'its weights differ' : differencesText(differences);
      return {
        says:
          `The model ${ownModel} is compared with a different one, ${model} of ${source}: ` +
          `${what}.`,
        fix: 'Name a model with the same weights, or set precision to the precision you serve.',
      };
    }
    case 'equivalent-not-named':
      return {
        says: 'The deployment is not compared with any hosted model.',
        fix: 'Add hosted.equivalents to the deployment.',
      };
    case 'equivalent-priced': {
      const { model, hosts, onlyCatalogs } = fact;
      const providers = formatCount(hosts, 'provider');
      if (!onlyCatalogs) return { says: `Prices of ${providers} are known for ${model}.` };
      return {
        says: `Prices of ${providers} are known for ${model}, but only from catalogs.`,
        fix: 'Add a source that reads prices from the provider, or check its price page.',
      };
    }
    case 'quantization-not-served':
      return {
        says: `No provider of ${fact.model} serves it in ${fact.quantizations.join(', ')}.`,
        fix: `Correct quantizations. Available: ${shortList(fact.served, NAMED_AT_MOST)}.`,
      };
    case 'host-retired':
      return {
        says:
          `The provider ${fact.host} stopped selling the hosted equivalent on ${fact.day}. ` +
          `Providers that sell one now: ${fact.selling}.`,
        fix: 'Name another equivalent under hosted, or list the others: rentcheck prices',
      };
  }
}

/** Evidence for a hosted model as an equivalent: `its Hugging Face id is a/b, it is named c`. */
export function evidenceText(all: readonly ModelEvidence[]): string {
  return all
    .map(({ by, value }) =>
      by === 'name' ? `it is named ${value}` : `its Hugging Face id is ${value}`,
    )
    .join(', ');
}

/** Evidence against it: `version 3.1 (yours: 3.3), publisher a (yours: b)`. */
export function differencesText(all: readonly ModelDifference[]): string {
  return all.map(differenceText).join(', ');
}

function differenceText(difference: ModelDifference): string {
  switch (difference.of) {
    case 'version':
    case 'size':
    case 'release':
    case 'tuning': {
      const { of, theirs = 'not stated', ours = 'not stated' } = difference;
      return `${of} ${theirs} (yours: ${ours})`;
    }
    case 'their-words':
      return `its name adds ${difference.words.join(' ')}`;
    case 'our-words':
      return `your name adds ${difference.words.join(' ')}`;
    case 'publisher':
      return `publisher ${difference.theirs} (yours: ${difference.ours})`;
    case 'quantization':
      return `quantization ${difference.theirs.join(', ')} (yours: ${difference.ours})`;
    case 'context':
      return `context ${difference.theirTokens} (yours: ${difference.ourTokens})`;
  }
}
