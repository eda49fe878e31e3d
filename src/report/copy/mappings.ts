/** What the doctor says of deployments: engines, resources, usage and hosted equivalents. */

import { counted, grouped } from '../../domain/counted.ts';
import { dollars } from '../../domain/digits.ts';
import { decimal } from '../../domain/exact.ts';
import type {
  EngineFact,
  EquivalentFact,
  MappingFact,
  MeterReason,
  StoredFact,
  UsageFact,
} from '../../domain/mappingFact.ts';
import type { FindingText } from './books.ts';
import { differencesText, evidenceText } from './equivalents.ts';

export function mappingText(fact: MappingFact): FindingText {
  switch (fact.code) {
    case 'engine-is-another':
    case 'engine-not-counted-too':
    case 'metric-families-mixed':
    case 'prefill-split':
    case 'engine-not-counted':
    case 'more-engines-not-counted':
    case 'capacity-not-measured':
      return engineText(fact);
    case 'equivalent-listed':
    case 'equivalent-near':
    case 'equivalent-is-another':
    case 'equivalent-not-named':
    case 'equivalent-priced':
    case 'quantization-not-served':
    case 'host-retired':
      return equivalentText(fact);
    case 'resources-match':
    case 'no-resource-matches':
    case 'nothing-stored':
    case 'resources-not-seen':
    case 'spend-not-attributed':
    case 'more-spend-not-attributed':
      return storedText(fact);
    case 'usage-stored':
    case 'usage-not-counted':
    case 'answered-again':
    case 'meters-not-compared':
    case 'meters-compared':
      return usageText(fact);
  }
}

/** So many deployments are named. */
const MOST_NAMED = 3;

function engineText(fact: EngineFact): FindingText {
  switch (fact.code) {
    case 'engine-is-another': {
      const { configured, engine, usage, trap } = fact;
      return {
        says: `usage.engine is ${configured}, and what answers there is ${engine}`,
        mend: `write usage: ${usage}; ${trap}`,
      };
    }
    case 'engine-not-counted-too':
      return {
        says: `${fact.engine} answers there too, and its tokens are not counted`,
        mend: 'make it a deployment of its own, or narrow match to the servers that are meant',
      };
    case 'metric-families-mixed':
      return {
        says: `names of two families answer: ${fact.spellings.join(' and ')}`,
        mend:
          'nothing, where servers were upgraded one by one; where each server is scraped twice, ' +
          'keep one job in match',
      };
    case 'prefill-split':
      return {
        says: 'some of its servers prefill and others decode, and both count the prompt',
        mend: `add role: ${fact.role} to its usage`,
      };
    case 'engine-not-counted': {
      const { engine, model, places, usage, trap } = fact;
      const what = model === undefined ? '' : ` with ${model}`;
      return {
        says:
          `${engine}${what} answers in ${counted(places, 'place')}, and no deployment counts ` +
          'its tokens',
        mend: `add a deployment with usage: ${usage}; ${trap}`,
      };
    }
    case 'more-engines-not-counted':
      return {
        says: `${counted(fact.models, 'more model')} answer, and no deployment counts them`,
        mend: 'rentcheck init --metrics ADDRESS in another folder writes them all as deployments',
      };
    case 'capacity-not-measured': {
      const names = fact.deployments;
      return {
        says: `no measurement is named for the capacity of ${shortList(names, MOST_NAMED)}`,
        mend:
          'run a load test and write capacity: { tokensPerSecond: …, measured: DAY, ' +
          'evidence: … }; until then the busiest hours are taken for it',
      };
    }
  }
}

function equivalentText(fact: EquivalentFact): FindingText {
  switch (fact.code) {
    case 'equivalent-listed': {
      const listed = fact.listed.map(
        ({ source, model, evidence }) => `${source} lists ${model} (${evidenceText(evidence)})`,
      );
      return {
        says: `no hosted equivalent is named; ${listed.join('; ')}`,
        mend: `add ${fact.hosted}`,
      };
    }
    case 'equivalent-near': {
      const { source, model, evidence, differences, hosted } = fact;
      return {
        says:
          `no hosted equivalent is named; the nearest at ${source} is ${model} ` +
          `(${evidenceText(evidence)}), and it is another thing: ${differencesText(differences)}`,
        mend: `only if that is good enough, add ${hosted}`,
      };
    }
    case 'equivalent-is-another': {
      const { ownModel, source, model, differences } = fact;
      const isUnknown = differences.length === 0;
      const what = isUnknown ? 'its weights are other ones' : differencesText(differences);
      return {
        says: `${ownModel} is compared with ${model} of ${source}, another thing: ${what}`,
        mend: 'name a model with the same weights, or set precision to what is served',
      };
    }
    case 'equivalent-not-named':
      return {
        says: 'it is compared with no hosted model',
        mend: 'add hosted.equivalents to the deployment',
      };
    case 'equivalent-priced': {
      const { model, hosts, onlyCatalogs } = fact;
      const says = `${counted(hosts, 'host')} of ${model} ${hosts === 1 ? 'has' : 'have'} prices`;
      if (!onlyCatalogs) return { says };
      const mend = 'add a source that asks who sells it, or look at its price page';
      return { says: `${says}, and only catalogs tell them`, mend };
    }
    case 'quantization-not-served':
      return {
        says: `no host of ${fact.model} serves it in ${fact.quantizations.join(', ')}`,
        mend: `correct quantizations; known there: ${shortList(fact.served, NAMED_AT_MOST)}`,
      };
    case 'host-retired':
      return {
        says:
          `${fact.host} stopped selling its hosted equivalent on ${fact.day}; companies that ` +
          `sell one now: ${fact.selling}`,
        mend: 'name another equivalent under hosted, or see what is left: rentcheck prices',
      };
  }
}

/** So many names of what is known are told. */
const NAMED_AT_MOST = 5;

function storedText(fact: StoredFact): FindingText {
  switch (fact.code) {
    case 'resources-match': {
      const { source, match, resources } = fact;
      const verb = resources === 1 ? 'matches' : 'match';
      return {
        says: `${counted(resources, 'resource')} ${verb} ${source} ${JSON.stringify(match)}`,
      };
    }
    case 'no-resource-matches': {
      const { source, match, known, names } = fact;
      const all = counted(known, 'known resource');
      return {
        says: `none of ${all} matches ${source} ${JSON.stringify(match)}`,
        mend: `correct resources.match; known there: ${shortList(names, NAMED_AT_MOST, known)}`,
      };
    }
    case 'nothing-stored': {
      const { of, source, model, days } = fact;
      const what = model === undefined ? of : `${of} of ${model}`;
      return {
        says: `no ${what} of ${source} is stored for the last ${days} days`,
        mend: `run: rentcheck pull ${source}, or import it`,
      };
    }
    case 'resources-not-seen': {
      const { source, usd, resources, days } = fact;
      return {
        says:
          `${dollars(decimal(usd))} of ${source} in the last ${days} days is for ` +
          `${counted(resources, 'resource')} that no inventory has shown, so that no name is known`,
        mend:
          'match them by id under resources of the deployment that they served; a worker that ' +
          'samples the inventory every five minutes shows more of them: ' +
          `sampled: { ${source}: [inventory] }`,
      };
    }
    case 'spend-not-attributed': {
      const { source, resource, usd, days, match } = fact;
      return {
        says:
          `${dollars(decimal(usd))} of ${source} in the last ${days} days, for ${resource}, ` +
          'belongs to no deployment',
        mend: `paste this under resources of the deployment that it serves: - ${match}`,
      };
    }
    case 'more-spend-not-attributed': {
      const others = counted(fact.resources, 'other resource');
      return {
        says: `${dollars(decimal(fact.usd))} of ${others} belongs to no deployment either`,
        mend: 'run: rentcheck audit --json, and look at stack.unattributed',
      };
    }
  }
}

const METER_MENDS: Readonly<Record<MeterReason, string>> = {
  'not-through-gateway': 'find who calls the engine without the gateway, or sum up its retries',
  'gateway-cache': 'leave answers from the gateway’s cache out of its sums',
  'failed-requests': 'expect it: the engine counts prompts of requests that failed later',
  'streams-without-usage': 'let streams tell their usage: stream_options.include_usage',
  'prompt-counting': 'compare cached tokens and the tokenizer of both',
  'not-told': 'compare the match of usage and gateway in rentcheck.yaml',
};

function usageText(fact: UsageFact): FindingText {
  switch (fact.code) {
    case 'usage-stored':
      return { says: 'its usage is stored' };
    case 'usage-not-counted':
      return {
        says: 'nobody counts its tokens, and none were imported',
        mend: 'add usage to the deployment, or run: rentcheck import usage FILE',
      };
    case 'answered-again': {
      const of = `${grouped(fact.again)} of ${counted(fact.requests, 'request')}`;
      return {
        says: `hosted APIs answered ${of} of the last ${fact.days} days again`,
        mend: 'find why: what is answered twice is paid twice',
      };
    }
    case 'meters-not-compared':
      return {
        says: `usage and ${fact.gateway} tell no common time of the last ${fact.days} days`,
        mend: 'pull both, and check both matches',
      };
    case 'meters-compared': {
      const { gateway, hours, gatewayTokens, usageTokens, reason } = fact;
      const days = (hours / 24).toFixed(1);
      const tokens = `${grouped(gatewayTokens)} tokens, and usage ${grouped(usageTokens)}`;
      const says = `over ${days} days ${gateway} tells ${tokens}`;
      return reason === undefined ? { says } : { says, mend: METER_MENDS[reason] };
    }
  }
}

function shortList(names: readonly string[], most: number, all = names.length): string {
  const more = all - most;
  return `${names.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
