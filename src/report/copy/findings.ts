/** What the doctor says of each thing that it finds, and what to do. */

import type { ClockGap } from '../../domain/clockGap.ts';
import { counted } from '../../domain/counted.ts';
import { exactDollars } from '../../domain/digits.ts';
import { decimal, exact, multiply, toDecimal } from '../../domain/exact.ts';
import { FAILURES, type FailureCode } from '../../domain/failure.ts';
import type {
  BillFact,
  EvictionFact,
  Finding,
  LedgerFact,
  QueueFact,
  SourceFact,
} from '../../domain/finding.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/period.ts';
import { STORED } from '../locale.ts';
import { configText } from './configFindings.ts';
import { bookText, doubleBillingText, type FindingText } from './books.ts';
import { deliveryText } from './deliveryFindings.ts';
import { ledgerWrongText } from './ledgerWrong.ts';
import { mappingText } from './mappings.ts';

export type ToldFinding = Finding & FindingText;

/** The finding with its sentences: codes and figures for programs, the rest for people. */
export function toldFinding(finding: Finding): ToldFinding {
  return { ...finding, ...findingText(finding) };
}

export function findingText(finding: Finding): FindingText {
  if (finding.code === 'failure') return { says: finding.message, mend: finding.hint };
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

function ledgerText(fact: LedgerFact): FindingText {
  switch (fact.code) {
    case 'ledger-absent':
      return {
        says: `there is no ledger at ${fact.path} yet`,
        mend: 'run: rentcheck pull, or rentcheck import',
      };
    case 'ledger-whole': {
      const size = `${(fact.bytes / 1_000_000).toFixed(1)} MB`;
      return { says: `${fact.path} is whole and writable, ${size}` };
    }
    case 'ledger-older':
      return {
        says: `${fact.path} is whole, but of an older version`,
        mend: 'run a command that writes, e.g. rentcheck pull',
      };
    case 'ledger-fault':
      return faultText(fact);
    case 'clock-gap':
      return clockGapText(fact);
    case 'import-cut-off':
      return {
        says:
          `the import of ${fact.file} (fetch ${fact.fetchRef}) was cut off after ` +
          counted(fact.rows, 'row'),
        mend: 'import the file again; what the cut import brought is taken back then',
      };
  }
}

/** A row that contradicts another: which one, whose it is, and how it comes right. */
function faultText({
  table,
  key,
  wrong,
  fetch,
  hasMore,
}: Extract<LedgerFact, { code: 'ledger-fault' }>): FindingText {
  const by =
    fetch === undefined
      ? ''
      : ` (fetch ${fetch.ref}, ${fetch.kind} of ${fetch.source}, ${fetch.startedAt})`;
  const more = hasMore ? '; the table has more such rows' : '';
  const again = fetch === undefined ? '' : `, or bring the facts of fetch ${fetch.ref} in again`;
  return {
    says: `${table}, ${key}${by}: ${ledgerWrongText(wrong)}${more}`,
    mend:
      'the file was changed by another program, or the disk lost something: restore a backup ' +
      `from before that${again}`,
  };
}

/** Both in one sentence. */
export function clockGapSentence(gap: ClockGap): string {
  const { says, mend } = clockGapText(gap);
  return `${says}; ${mend}`;
}

/** What is odd about the machine's clock, and what to do. */
function clockGapText({ side, seconds, now, newestRecord }: ClockGap) {
  const by = lengthText(seconds * 1_000);
  return {
    says:
      `the clock of this machine (${now}) is ${by} ${side === 'behind' ? side : 'ahead of'} ` +
      `the newest record in the ledger (${newestRecord})`,
    mend:
      side === 'behind'
        ? 'compare the clock with the real time and set it if it is wrong (timedatectl set-ntp ' +
          'true); if it was ahead when that was recorded, figures stay right, and only --as-of ' +
          'with a date in between leaves out what was recorded since'
        : 'if nothing was pulled or imported in that time, all is well; otherwise set the clock ' +
          '(timedatectl set-ntp true) before anything is recorded',
  };
}

function lengthText(ms: number): string {
  if (ms >= 2 * DAY_MS) return counted(Math.round(ms / DAY_MS), 'day');
  if (ms >= 2 * HOUR_MS) return counted(Math.round(ms / HOUR_MS), 'hour');
  return counted(Math.round(ms / MINUTE_MS), 'minute');
}

function queueText(fact: QueueFact): FindingText {
  switch (fact.code) {
    case 'redis-not-configured':
      return { says: 'no Redis is configured; only a worker needs one' };
    case 'redis-answers':
      return { says: 'Redis answers' };
    case 'redis-may-evict':
      return evictionText(fact);
  }
}

export function evictionText({ policy }: EvictionFact) {
  return {
    says: `Redis may drop jobs to save memory (${policy})`,
    mend: 'set maxmemory-policy to noeviction',
  };
}

/** Where the code's own hint is about a pull. */
const SOURCE_MENDS: Readonly<Partial<Record<FailureCode, string>>> = {
  config: 'set the secret, or correct the option that it names',
  unavailable: 'check its address, and the network between',
  timeout: 'check its address and the network, or raise its timeoutSeconds',
};

function sourceText(fact: SourceFact): FindingText {
  switch (fact.code) {
    case 'source-not-asked':
      return {
        says: `nothing asks the source of kind ${fact.kind}, so it was not asked either`,
        mend: 'name it in a deployment, or remove it',
      };
    case 'source-failed': {
      const { failure, message } = fact;
      const mend = SOURCE_MENDS[failure] ?? FAILURES[failure].hint;
      return { says: `${message} [${failure}]`, mend };
    }
    case 'source-answered': {
      const { goodAnswers, answers, remarks } = fact;
      return { says: [`${goodAnswers} of ${answers} answered`, ...remarks].join('; ') };
    }
    case 'source-doubt':
      return { says: fact.warning, mend: 'look at match and model in rentcheck.yaml' };
    case 'rows-unreadable': {
      const rows = counted(fact.rows, 'row');
      return {
        says: `${rows} of ${fact.kind} cannot be read; the first: ${fact.firstReason}`,
        mend: 'look at these rows at the provider; all others are taken',
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
  const days = counted(fact.days, 'day');
  const quarter = `and a quarter has ${fact.quarterDays}`;
  return {
    says:
      fact.from === 'settings'
        ? `it keeps samples for ${days}, ${quarter}`
        : `its oldest samples of what is asked are ${days} old, ${quarter}`,
    mend: 'keep the worker running, which reads them in time, or have the server keep more',
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
      const both = `${usdOf(inputUsd)} in, ${usdOf(outputUsd)} out`;
      return {
        says: `the price of ${host} for ${model} (${both}) is in quarantine and not used`,
        mend: 'check its unit; if it is right, name it under prices.trust in rentcheck.yaml',
      };
    }
    case 'catalog-price-differs': {
      const { side, host, model, catalogUsd, ownSource, ownUsd, since } = fact;
      return {
        says:
          `its ${side} price of ${host} for ${model} is ${usdOf(catalogUsd)}, and ${ownSource} ` +
          `has ${usdOf(ownUsd)} of the host itself since ${since}`,
        mend: 'the word of the host counts; see rentcheck prices --disagreements',
      };
    }
    case 'more-prices': {
      const isQuarantine = fact.of === 'quarantined';
      const what = isQuarantine ? 'prices in quarantine' : 'catalogs that differ';
      return {
        says: `${fact.prices} more ${what} are not listed here`,
        mend: `run: rentcheck prices --${fact.of}`,
      };
    }
  }
}

function usdOf(usd: string | null): string {
  return usd === null ? 'nothing' : exactDollars(decimal(usd));
}

function billText(fact: BillFact): FindingText {
  switch (fact.code) {
    case 'bills-match':
      return { says: `${counted(fact.months, 'month')} of bills come to what providers ask for` };
    case 'bills-not-final': {
      const open = fact.sources.map(({ source, from }) => `${source} from ${from}`);
      return { says: `of ${fact.quarter} the bills of ${open.join(', ')} on may still change` };
    }
    case 'double-billing':
      return doubleBillingText(fact, STORED);
    case 'gateway-cost':
      return gatewayCostText(fact);
    case 'charges-missing':
    case 'resource-unbilled':
    case 'bill-unreconciled':
    case 'invoice-without-rate':
    case 'charges-without-rate':
      return bookText(fact, STORED);
  }
}

function gatewayCostText(fact: Extract<BillFact, { code: 'gateway-cost' }>): FindingText {
  const { source, model, days, gatewayUsd, billedBy, billedUsd, difference, isOff } = fact;
  const over = days === 1 ? '1 day' : `${days} days`;
  const said = `${source} computes ${cents(gatewayUsd)} for ${model} over ${over}`;
  if (billedUsd === undefined) return { says: `${said}; no bill names the model on these days` };
  const share = difference === undefined ? '' : ` (${percentText(difference)})`;
  const says = `${said}; ${billedBy.join(' and ')} billed ${cents(billedUsd)}${share}`;
  if (!isOff) return { says };
  const mend = 'find calls that bypass the gateway, or prices that it lacks; only the bill counts';
  return { says, mend };
}

function cents(usd: string): string {
  return `$${toDecimal(decimal(usd), 2)}`;
}

/** `-10.0%`. */
function percentText(share: string): string {
  return `${toDecimal(multiply(decimal(share), exact(100n)), 1)}%`;
}
