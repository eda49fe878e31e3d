/** Renders `doctor` findings, with how to fix them. */

import { exactDollarText, formatCount } from '../../domain/figures.ts';
import { decimal, exact, multiply, toDecimal } from '../../domain/exact.ts';
import { FAILURES, type FailureCode } from '../../domain/failure.ts';
import type {
  BillFact,
  ChannelFact,
  DeliveryFact,
  EvictionFact,
  Finding,
  QueueFact,
  ReportDueFact,
  SourceFact,
} from '../../domain/finding.ts';
import { STORED_FORMAT } from '../locale.ts';
import { bookText, doubleBillingText, type FindingText } from './bills.ts';
import { configText } from './configFindings.ts';
import { listed } from '../format.ts';
import { sentence } from '../displayText.ts';
import { ledgerText } from './ledgerFindings.ts';
import { mappingText } from './mappings.ts';
import { pullRemarkSentence, pullWarningSentence } from './pullWarnings.ts';

export type FindingWithText = Finding & FindingText;

/** Adds the sentences to a finding. Programs use the codes and figures. */
export function withFindingText(finding: Finding): FindingWithText {
  return { ...finding, ...findingText(finding) };
}

export function findingText(finding: Finding): FindingText {
  if (finding.code === 'failure') return { says: finding.message, fix: finding.hint };
  switch (finding.area) {
    case 'config':
      return configText(finding);
    case 'ledger':
      return ledgerText(finding);
    case 'queue':
      return queueText(finding);
    case 'source':
      return sourceText(finding);
    case 'mapping':
      return mappingText(finding);
    case 'bill':
      return billText(finding);
    case 'channel':
    case 'pdf':
    case 'dead man':
      return deliveryText(finding);
  }
}

function queueText(fact: QueueFact): FindingText {
  switch (fact.code) {
    case 'redis-not-configured':
      return { says: 'No Redis is configured. Only a worker needs one.' };
    case 'redis-answers':
      return { says: 'Redis answers.' };
    case 'redis-may-evict':
      return evictionText(fact);
  }
}

export function evictionText({ policy }: EvictionFact) {
  return {
    says: `Redis may drop jobs to save memory (maxmemory-policy is ${policy}).`,
    fix: 'Set maxmemory-policy to noeviction.',
  };
}

/** Fixes for codes whose own hint is about a pull. */
const SOURCE_FIXES: Readonly<Partial<Record<FailureCode, string>>> = {
  config: 'Set the secret, or correct the option named above.',
  unavailable: 'Check its address and the network connection.',
  timeout: 'Check its address and the network connection, or raise its timeoutSeconds.',
};

function sourceText(fact: SourceFact): FindingText {
  switch (fact.code) {
    case 'source-not-asked':
      return {
        says: `No deployment uses this source of kind ${fact.kind}, so it was not checked.`,
        fix: 'Name it in a deployment, or remove it.',
      };
    case 'source-failed': {
      const { failure, message } = fact;
      const fix = SOURCE_FIXES[failure] ?? sentence(FAILURES[failure].hint);
      return { says: `${message} [${failure}]`, fix };
    }
    case 'source-answered': {
      const { goodAnswers, answers, remarks } = fact;
      const answered = `${goodAnswers} of ${formatCount(answers, 'request')} succeeded.`;
      return { says: [answered, ...remarks.map(pullRemarkSentence)].join(' ') };
    }
    case 'source-doubt':
      return {
        says: pullWarningSentence(fact.warning),
        fix: 'Check match and model in rentcheck.yaml.',
      };
    case 'rows-unreadable': {
      const rows = formatCount(fact.rows, 'row');
      return {
        says: `Cannot read ${rows} of ${fact.kind}. The first: ${sentence(fact.firstReason)}`,
        fix: 'Check these rows at the provider. All other rows are used.',
      };
    }
    case 'memory-too-short':
      return memoryText(fact);
    case 'price-in-quarantine':
    case 'catalog-price-differs':
    case 'more-prices':
      return priceText(fact);
  }
}

function memoryText(fact: Extract<SourceFact, { code: 'memory-too-short' }>): FindingText {
  const days = formatCount(fact.days, 'day');
  const kept =
    fact.from === 'settings'
      ? `The server keeps samples for ${days}`
      : `The oldest samples of these metrics are ${days} old`;
  return {
    says: `${kept}, but a quarter has ${fact.quarterDays} days.`,
    fix: 'Keep the worker running to read them in time, or raise the retention of the server.',
  };
}

type PriceFact = Extract<
  SourceFact,
  { code: 'price-in-quarantine' | 'catalog-price-differs' | 'more-prices' }
>;

function priceText(fact: PriceFact): FindingText {
  switch (fact.code) {
    case 'price-in-quarantine': {
      const { host, model, inputUsd, outputUsd } = fact;
      const both = `${usdOf(inputUsd)} in, ${usdOf(outputUsd)} out per Mtok`;
      return {
        says: `The price of ${host} for ${model} (${both}) is in quarantine and is not used.`,
        fix: 'Check its unit. If it is right, name it under prices.trust in rentcheck.yaml.',
      };
    }
    case 'catalog-price-differs': {
      const { side, host, model, catalogUsd, ownSource, ownUsd, since } = fact;
      return {
        says:
          `This catalog lists the ${side} price of ${host} for ${model} as ` +
          `${usdOf(catalogUsd)} per Mtok. The provider's own price from ${ownSource} is ` +
          `${usdOf(ownUsd)} since ${since}.`,
        fix: "The provider's own price is used. See: rentcheck prices --disagreements",
      };
    }
    case 'more-prices': {
      const isQuarantine = fact.of === 'quarantined';
      const what = isQuarantine ? 'more prices in quarantine' : 'more catalog prices that differ';
      return {
        says: `There are ${fact.prices} ${what}.`,
        fix: `Run: rentcheck prices --${fact.of}`,
      };
    }
  }
}

function usdOf(usd: string | null): string {
  return usd === null ? 'unknown' : exactDollarText(decimal(usd));
}

function billText(fact: BillFact): FindingText {
  switch (fact.code) {
    case 'bills-match':
      return {
        says: `The ledger matches the bills of providers for ${formatCount(fact.months, 'month')}.`,
      };
    case 'bills-not-final': {
      const open = fact.sources.map(({ source, from }) => `${source} from ${from} on`);
      return { says: `Bills for ${fact.quarter} may still change: ${listed(open)}.` };
    }
    case 'double-billing':
      return doubleBillingText(fact, STORED_FORMAT);
    case 'gateway-cost':
      return gatewayCostText(fact);
    case 'charges-missing':
    case 'resource-unbilled':
    case 'bill-unreconciled':
    case 'invoice-without-rate':
    case 'charges-without-rate':
      return bookText(fact, STORED_FORMAT);
  }
}

function gatewayCostText(fact: Extract<BillFact, { code: 'gateway-cost' }>): FindingText {
  const { source, model, days, gatewayUsd, billedBy, billedUsd, difference, isOff } = fact;
  const over = formatCount(days, 'day');
  const computed = `Gateway ${source} computes ${cents(gatewayUsd)} for ${model} over ${over}.`;
  if (billedUsd === undefined)
    return { says: `${computed} No bill lists the model on these days.` };
  const share = difference === undefined ? '' : ` (${gatewayOff(difference)})`;
  const says = `${computed} The bill of ${listed(billedBy)} is ${cents(billedUsd)}${share}.`;
  if (!isOff) return { says };
  const fix =
    'Find calls that bypass the gateway, or prices that it lacks. Only the bill is counted.';
  return { says, fix };
}

/** `difference` is a share of the bill, negative if the gateway computes less. */
function gatewayOff(difference: string): string {
  return difference.startsWith('-')
    ? `the gateway is ${percentText(difference.slice(1))} lower`
    : `the gateway is ${percentText(difference)} higher`;
}

function cents(usd: string): string {
  return `$${toDecimal(decimal(usd), 2)}`;
}

/** `-10.0%`. */
function percentText(share: string): string {
  return `${toDecimal(multiply(decimal(share), exact(100n)), 1)}%`;
}

function deliveryText(fact: DeliveryFact): FindingText {
  switch (fact.code) {
    case 'no-report-configured':
      return {
        says: 'No report is sent, because the config has no section report.',
        fix: 'Add report: { from, to } to rentcheck.yaml.',
      };
    case 'stdout-there':
    case 'folder-writable':
    case 'slack-webhook-there':
    case 'teams-answers':
    case 'mail-server-answers':
      return { says: channelText(fact) };
    case 'signature-published':
      return { says: `The DKIM key is published at ${fact.name}.` };
    case 'browser-there':
      return { says: `The PDF is made with ${fact.path}.` };
    case 'webhook-address-valid':
      return { says: 'The webhook address is valid. Nothing was posted to it.' };
    case 'overdue-heard-by':
      return { says: `Alerts about overdue reports go to ${fact.recipient}.` };
    case 'overdue-heard-by-nobody':
      return {
        says: 'No recipient is configured for the alert that a report is overdue.',
        fix: 'Add report.owner or report.deadMan.',
      };
    case 'no-report-due':
      return { says: 'No report is due yet.' };
    case 'report-sent':
      return { says: `The report for ${fact.quarter} was sent.` };
    case 'report-due':
      return { says: reportDueText(fact), fix: `Run: rentcheck send ${fact.quarter}` };
  }
}

function channelText(fact: ChannelFact): string {
  switch (fact.code) {
    case 'stdout-there':
      return 'Standard output is available.';
    case 'folder-writable':
      return `The folder ${fact.path} is writable.`;
    case 'slack-webhook-there':
      return 'The webhook exists and accepts messages. Nothing was posted.';
    case 'teams-answers':
      return `The server ${fact.host} answers. Only a message shows whether the flow accepts one.`;
    case 'mail-server-answers': {
      const secured = fact.encrypted ? 'encrypted' : 'unencrypted';
      const as = fact.user === undefined ? 'without sign-in' : `signed in as ${fact.user}`;
      return `The mail server ${fact.host} answers (${secured}, ${as}).`;
    }
  }
}

/** Which report is due since when, and which leaders have not received it. */
export function reportDueText(fact: ReportDueFact): string {
  const { quarter, dueAt, have, readers, missing } = fact;
  const due = `The report for ${quarter} was due ${dueAt} and`;
  if (have === 0) return `${due} has not been sent.`;
  const who = missing.map(({ recipient, state }) => `${recipient} (${state ?? 'never sent'})`);
  const verb = have === 1 ? 'has' : 'have';
  const leaders = `${have} of ${formatCount(readers, 'leader')} ${verb} received it`;
  return `${due} has not reached everyone: ${leaders}. Still missing: ${who.join(', ')}.`;
}
