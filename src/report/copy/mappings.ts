/** Renders `doctor` findings on deployments: engines, resources, usage and hosted equivalents. */

import { dollarText, formatCount, groupThousands } from '../../domain/figures.ts';
import { decimal } from '../../domain/exact.ts';
import type {
  EngineFact,
  MappingFact,
  MeterReason,
  StoredFact,
  UsageFact,
} from '../../domain/mappingFact.ts';
import type { FindingText } from './bills.ts';
import { equivalentText } from './equivalents.ts';
import { shortList } from '../format.ts';
import { sentence } from '../displayText.ts';

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

/** Maximum number of deployments, and of known names, listed. */
const MOST_NAMED = 3;
const NAMED_AT_MOST = 5;

function engineText(fact: EngineFact): FindingText {
  switch (fact.code) {
    case 'engine-is-another': {
      const { configured, engine, usage, trap } = fact;
      return {
        says:
          `The config sets usage.engine to ${configured}, but the matching metrics are from ` +
          `${engine}.`,
        fix: `Write usage: ${usage}. ${sentence(trap)}`,
      };
    }
    case 'engine-not-counted-too':
      return {
        says: `Some matching metrics are from ${fact.engine}. Its tokens are not counted.`,
        fix: 'Give it its own deployment, or narrow match to the intended servers.',
      };
    case 'metric-families-mixed':
      return {
        says: `Metric names of two families are present: ${fact.spellings.join(' and ')}.`,
        fix:
          'If servers are being upgraded one by one, do nothing. If each server is scraped ' +
          'twice, ' +
          'keep one job in match.',
      };
    case 'prefill-split':
      return {
        says:
          'Some servers of the deployment prefill and others decode, and both count the ' +
          'prompt.',
        fix: `Add role: ${fact.role} to its usage.`,
      };
    case 'engine-not-counted': {
      const { engine, model, places, usage, trap } = fact;
      const what = model === undefined ? '' : ` with ${model}`;
      const where = formatCount(places, 'scrape target');
      return {
        says: `No deployment counts the tokens of ${engine}${what}, found at ${where}.`,
        fix: `Add a deployment with usage: ${usage}. ${sentence(trap)}`,
      };
    }
    case 'more-engines-not-counted':
      return {
        says:
          `No deployment counts the tokens of ` +
          `${formatCount(fact.models, 'more served model')}.`,
        fix:
          'To list them all as deployments, run in another folder: rentcheck init --metrics ' +
          'ADDRESS',
      };
    case 'capacity-not-measured': {
      const names = fact.deployments;
      return {
        says: `No measured capacity is configured for ${shortList(names, MOST_NAMED)}.`,
        fix:
          'Run a load test and write capacity: { tokensPerSecond: …, measured: DAY, evidence: … ' +
          '}. Until then, capacity is estimated from the busiest hours.',
      };
    }
  }
}

function storedText(fact: StoredFact): FindingText {
  switch (fact.code) {
    case 'resources-match': {
      const { source, match, resources } = fact;
      return {
        says:
          `Pattern ${source} ${JSON.stringify(match)} matches ` +
          `${formatCount(resources, 'resource')}.`,
      };
    }
    case 'no-resource-matches': {
      const { source, match, known, names } = fact;
      const all = formatCount(known, 'known resource');
      return {
        says: `Pattern ${source} ${JSON.stringify(match)} matches none of ${all}.`,
        fix: `Correct resources.match. Known resources: ${shortList(names, NAMED_AT_MOST, known)}.`,
      };
    }
    case 'nothing-stored': {
      const { of, source, model, days } = fact;
      const what = model === undefined ? of : `${of} of ${model}`;
      return {
        says: `No ${what} from ${source} is stored for the last ${days} days.`,
        fix: `Run: rentcheck pull ${source}, or import it`,
      };
    }
    case 'resources-not-seen': {
      const { source, usd, resources, days } = fact;
      return {
        says:
          `Charges of ${dollarText(decimal(usd))} from ` +
          `${source} in the last ${days} days are for ` +
          `${formatCount(resources, 'resource')} that no ` +
          `inventory lists, so their names are unknown.`,
        fix:
          'Match them by id under resources of the deployment that they served. A worker that ' +
          'samples the inventory every five minutes finds more of them: ' +
          `sampled: { ${source}: [inventory] }`,
      };
    }
    case 'spend-not-attributed': {
      const { source, resource, usd, days, match } = fact;
      return {
        says:
          `Charges of ${dollarText(decimal(usd))} from ${source} for ${resource} in the last ` +
          `${days} days are not attributed to any deployment.`,
        fix: `Paste this under resources of the deployment that it serves: - ${match}`,
      };
    }
    case 'more-spend-not-attributed': {
      const others = formatCount(fact.resources, 'other resource');
      const usd = dollarText(decimal(fact.usd));
      return {
        says: `Charges of ${usd} for ${others} are not attributed to any deployment either.`,
        fix: 'Run: rentcheck audit --json, and look at stack.unattributed',
      };
    }
  }
}

const METER_FIXES: Readonly<Record<MeterReason, string>> = {
  'not-through-gateway': 'Find callers that bypass the gateway, or add up its retries.',
  'gateway-cache': "Leave responses from the gateway's cache out of its totals.",
  'failed-requests': 'Nothing to do: the engine counts prompts of requests that failed later.',
  'streams-without-usage': 'Make streams report their usage: stream_options.include_usage',
  'prompt-counting': 'Compare cached tokens and the tokenizer of both.',
  'not-told': 'Compare the match of usage and gateway in rentcheck.yaml.',
};

function usageText(fact: UsageFact): FindingText {
  switch (fact.code) {
    case 'usage-stored':
      return { says: 'Usage of the deployment is stored.' };
    case 'usage-not-counted':
      return {
        says: 'No source counts the tokens of the deployment, and none were imported.',
        fix: 'Add usage to the deployment, or run: rentcheck import usage FILE',
      };
    case 'answered-again': {
      const of = `${groupThousands(fact.again)} of ${formatCount(fact.requests, 'request')}`;
      return {
        says: `Hosted APIs answered ${of} twice in the last ${fact.days} days.`,
        fix: 'Find the cause: each response is paid for.',
      };
    }
    case 'meters-not-compared':
      return {
        says: `Usage and ${fact.gateway} do not overlap in the last ${fact.days} days.`,
        fix: 'Pull both, and check the match of each.',
      };
    case 'meters-compared': {
      const { gateway, hours, gatewayTokens, usageTokens, reason } = fact;
      const days = (hours / 24).toFixed(1);
      const counts =
        `${groupThousands(gatewayTokens)} tokens, and ` +
        `usage counts ${groupThousands(usageTokens)}`;
      const says = `Over ${days} days, ${gateway} counts ${counts}.`;
      return reason === undefined ? { says } : { says, fix: METER_FIXES[reason] };
    }
  }
}
