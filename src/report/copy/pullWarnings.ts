/**
 * The sentences of warnings of pulls and imports, one for each code. Those about bills are in
 * billWarnings.ts.
 */

import { exactDollarText, formatCount, groupThousands } from '../../domain/figures.ts';
import type {
  EngineWarning,
  FileWarning,
  LedgerWarning,
  PullRemark,
  PullWarning,
  TakenAmount,
  UsageWarning,
} from '../../domain/pullWarning.ts';
import type { UptimeNote } from '../../domain/billWarning.ts';
import { STORED_FORMAT } from '../locale.ts';
import { BILL_SENTENCES } from './billWarnings.ts';
import { uptimeNote } from './bills.ts';
import { listed, namedText, type SentencesOf } from '../format.ts';
import { sentence, withPeriod } from '../displayText.ts';
import { clockGapSentence } from './ledgerFindings.ts';
import { noRateText, rateFix } from '../../domain/currency.ts';
import { decimal } from '../../domain/exact.ts';

const ENGINE_SENTENCES: SentencesOf<EngineWarning> = {
  'failed-requests-counted': ({ deployment, requests }) =>
    `${formatCount(requests, 'request')} of ${deployment} failed. Prompt tokens of requests that ` +
    'failed late are included in the input.',
  'scraped-more-than-once': ({ deployment, processes, processCount }) =>
    `Processes of ${deployment} were scraped more than once but counted once: ` +
    `${namedText(processes, processCount)}.`,
  'processes-look-alike': ({ deployment, pairs, pairCount }) =>
    `In ${deployment}, ${namedText(pairs.map(listed), pairCount)} look like one process at two ` +
    'addresses, because their counters rise together. If so, its tokens and time count twice. ' +
    'Scrape it once, or narrow usage.match.',
  'address-shared': ({ deployment, addresses, addressCount }) => {
    const named = addresses.map(({ name, processes }) => `${name} (${processes} processes)`);
    return (
      `In ${deployment}, several processes respond in turn at ` +
      `${namedText(named, addressCount)}. Usage between their scrapes may be missing. Scrape ` +
      'each process at its own address.'
    );
  },
  'samples-implausible': (fact) => {
    const { deployment, samples, firstAt, metric, process, from, to } = fact;
    const many = samples === 1 ? '1 sample' : `${groupThousands(samples)} samples`;
    return (
      `${many} of ${deployment} ${samples === 1 ? 'was' : 'were'} implausible and not counted, ` +
      `the first at ${firstAt}. The counter ${metric} of ${process} went from ` +
      `${groupThousands(from)} to ${groupThousands(to)} without a sign of a restart. The ` +
      'intervals around it are estimated.'
    );
  },
  'server-restarted': (fact) => {
    const { deployment, restarts, firstAt, promptTokens, outputTokens, isInferred } = fact;
    const times = restarts === 1 ? 'once' : `${restarts} times`;
    const doubt = isInferred
      ? ' There is no start time metric, so the restart is inferred from the counters.'
      : '';
    return (
      `The server of ${deployment} restarted ${times}, first seen at ${firstAt}. At the last ` +
      `known rates, up to ${groupThousands(promptTokens)} ` +
      `prompt and ${groupThousands(outputTokens)} output ` +
      `tokens before a restart are missing from the counters.${doubt}`
    );
  },
  'tokens-before-first-scrape': ({ deployment, servers, firstAt, tokens }) => {
    const who = servers === 1 ? 'A server' : `${servers} servers`;
    return (
      `${who} of ${deployment} first seen at ${firstAt} had already counted ` +
      `${formatCount(tokens, 'token')} at an unknown time. They are not in the usage, and the ` +
      'interval is incomplete.'
    );
  },
  'cache-hits-early': ({ deployment, hits }) =>
    `${formatCount(hits, 'cache hit')} of ${deployment} ` +
    `${hits === 1 ? 'was' : 'were'} counted one ` +
    'interval before their prompt. They count as uncached tokens, and the prompt total is exact.',
  'prefill-split': ({ deployment }) =>
    `In ${deployment}, prefill and decode run separately. Prompts count at prefill, output at ` +
    'decode.',
  'prefill-split-unclear': ({ deployment }) =>
    `In ${deployment}, one server makes one token per request while others make many. If prefill ` +
    'and decode run separately, every prompt counts twice. In that case, set usage.role.',
  'counters-experimental': ({ deployment, engine }) =>
    `The token counters of ${engine} are experimental (1.3 and later). They count for ` +
    `${deployment}.`,
};

const USAGE_SENTENCES: SentencesOf<UsageWarning> = {
  ...ENGINE_SENTENCES,
  'server-warning': ({ deployment, text }) =>
    `The server warns about ${deployment}: ${withPeriod(text)}`,
  'one-metric-per-query': () =>
    'The server accepts one metric name per query. The setting backend: google avoids the extra ' +
    'attempt.',
  'queries-shortened': ({ hours }) =>
    `The server refused more than ${hours} h per query. The setting chunkHours: ${hours} avoids ` +
    'the extra attempt.',
  'samples-rejected': ({ deployment, samples }) =>
    `${formatCount(samples, 'sample')} of ${deployment} ${samples === 1 ? 'was' : 'were'} ` +
    'rejected. The first ones are stored.',
  'latency-unknown': ({ deployment, message }) =>
    `The request latency of ${deployment} is unknown: ${withPeriod(message)}`,
  'no-gpu-matches': ({ deployment, match }) =>
    `No GPU in dcgm-exporter matches ${match} for ${deployment}. Check usage.telemetry.match.`,
  'no-replica-found': ({ by }) => `No replica was found by ${by}.`,
  'request-counters-restarted': ({ deployment }) =>
    `The request counters of ${deployment} restarted. The requests so far are unknown.`,
  'models-unmatched': ({ models, modelCount }) => {
    const named = models.map(
      ({ name, requests }) => `${name} (${formatCount(requests, 'request')})`,
    );
    return `No deployment matches these models: ${namedText(named, modelCount)}.`;
  },
  'response-not-used': ({ unreadable }) =>
    unreadable === 'rows'
      ? 'Some rows are unreadable, so nothing of their response was used.'
      : 'Some requests have an unreadable time, so nothing of their day was used.',
  'fallbacks-unmatched': ({ group, fallbacks }) =>
    `No single deployment owns the model group ${group}, which had ` +
    `${formatCount(fallbacks, 'fallback')}. Match by model_group to count escalations.`,
  'answered-from-cache': ({ cache, requests }) =>
    `${formatCount(requests, 'request')} served from ${cache} ${requests === 1 ? 'is' : 'are'} ` +
    'not counted.',
  'several-providers-match': ({ deployment, providers }) =>
    `The match of ${deployment} includes requests of several providers: ${listed(providers)}. ` +
    'Match by model or api_base as well, or hosted answers count as self-hosted.',
  'requests-without-id': ({ requests }) =>
    `${formatCount(requests, 'request')} without an id ${requests === 1 ? 'is' : 'are'} ` +
    'identified by time and tokens.',
};

const FILE_SENTENCES: SentencesOf<FileWarning> = {
  'records-rejected': ({ records, stored }) =>
    `${formatCount(records, 'record')} ${records === 1 ? 'was' : 'were'} rejected. ` +
    `The first ${stored} are stored.`,
  'columns-unknown': ({ columns }) => `Unknown columns were ignored: ${columns.join(', ')}.`,
  'rows-repeated': ({ rows }) =>
    `${formatCount(rows, 'row')} ${rows === 1 ? 'repeats' : 'repeat'} an earlier row exactly.`,
  'intervals-skipped': ({ intervals }) =>
    `${formatCount(intervals, 'interval')} skipped because of a rejected row.`,
  'parts-repeated': ({ rows }) =>
    `${formatCount(rows, 'row')} ${rows === 1 ? 'duplicates' : 'duplicate'} an earlier row.`,
  'more-pages': () => 'This is one page and more follow ("more": true). Import those as well.',
  'month-not-over': ({ month, days }) =>
    `${month} ends after this file, so its rates are ` +
    `the mean of ${formatCount(days, 'day')} so far. ` +
    'A later file restates them.',
  'rows-taken': ({ rows, takenRows, amounts }) => {
    const parts = amounts.map(
      (each) => `${amountText(each, each.taken)} of ${amountText(each, each.billed)}`,
    );
    const of = `${formatCount(takenRows, 'row')} of ${formatCount(rows, 'row')}`;
    return `The option take selected ${of}, ${listed(parts)} billed.`;
  },
  'hours-not-assigned': ({ services, hasMore }) => {
    const named = services.map((name) => `"${name}"`).join(', ');
    return (
      `Hours of ${named}${hasMore ? ' and others' : ''} count for the whole stack. To assign ` +
      'them to deployments, add rules under ops.services in rentcheck.yaml.'
    );
  },
};

/** `$1.50`, `1.500000 EUR`. */
function amountText({ currency }: TakenAmount, amount: string): string {
  return currency === 'USD' ? exactDollarText(decimal(amount)) : `${amount} ${currency}`;
}

const LEDGER_SENTENCES: SentencesOf<LedgerWarning> = {
  'nothing-withdrawn': ({ keyPrefix, knownCharges }) =>
    `The response has no charge "${keyPrefix}…", but ${formatCount(knownCharges, 'charge')} ` +
    `${knownCharges === 1 ? 'was' : 'were'} known. Nothing was withdrawn.`,
  'response-incomplete': () =>
    'A part of this response is missing in the ledger, so nothing was withdrawn. The next pull ' +
    'fetches all of it.',
  'rates-differ': (fact) => {
    const { currency, month, usdPerUnit, source, otherUsdPerUnit, otherSource } = fact;
    return (
      `The sources give two rates for ${currency} in ${month}: ${usdPerUnit} USD by ${source} ` +
      `and ${otherUsdPerUnit} USD by ${otherSource}. The first one counts. The rates of ` +
      'rentcheck.yaml come before those of files, and later files before earlier ones.'
    );
  },
  'charges-converted-again': ({ currency, month, charges, wasUsd, nowUsd }) => {
    const [was, now] = [wasUsd, nowUsd].map((usd) => exactDollarText(decimal(usd)));
    return (
      `The exchange rate of ${currency} for ${month} ` +
      `changed ${formatCount(charges, 'charge')} from ` +
      `${was} to ${now}.`
    );
  },
  'invoice-lines-without-rate': ({ currency, month, lines }) => {
    const rate = { currency, monthMs: Date.parse(`${month}-01T00:00:00Z`) };
    return (
      `${formatCount(lines, 'invoice line')} cannot be compared, because there is ` +
      `${noRateText(rate)}. ${sentence(rateFix(rate))} The month is compared afterwards.`
    );
  },
  'invoice-lines-missing': ({ invoice, lines, first, place, undo }) => {
    const more = lines === 1 ? '' : ` and ${formatCount(lines - 1, 'other')}`;
    const commands = undo.map((ref) => `rentcheck import --undo ${ref}`);
    return (
      `Invoice ${invoice} has ${formatCount(lines, 'known line')} that this file lacks: ${first} ` +
      `(${place})${more}. Their amounts still count. If this file is the whole invoice, run ` +
      `${commands.join(' and ')}.`
    );
  },
  'pull-resumed': ({ at }) => `This pull continues an earlier one that was interrupted at ${at}.`,
};

const fromUptime = (note: UptimeNote) => uptimeNote(note, STORED_FORMAT);

const SENTENCES: SentencesOf<PullWarning> = {
  ...BILL_SENTENCES,
  ...USAGE_SENTENCES,
  ...FILE_SENTENCES,
  ...LEDGER_SENTENCES,
  'clock-gap': clockGapSentence,
  'ran-before-first-seen': fromUptime,
  'uptime-not-observed': fromUptime,
  'uptime-without-price': fromUptime,
  'uptime-before-price': fromUptime,
  text: ({ text }) => sentence(text),
};

/** One or more whole sentences. A code that a newer version stored is shown as JSON. */
export function pullWarningSentence(warning: PullWarning): string {
  if (!Object.hasOwn(SENTENCES, warning.code)) return JSON.stringify(warning);
  return (SENTENCES[warning.code] as (fact: PullWarning) => string)(warning);
}

export function pullRemarkSentence(remark: PullRemark): string {
  switch (remark.code) {
    case 'replicas-scraped':
      return `${formatCount(remark.replicas, 'replica')} scraped.`;
    case 'section-read':
      return `${remark.section}: ${pullWarningSentence(remark.note)}`;
  }
}
