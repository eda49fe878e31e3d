/** Renders facts about bills: missing, not matching, not counted, counted twice or estimated. */

import { noRateText, type RateKey, rateFix } from '../../domain/currency.ts';
import type {
  AmountText,
  BillIssue,
  GapFact,
  BilledAndHeld,
  UnmatchedFact,
} from '../../domain/billIssues.ts';
import { decimal, toDecimal, trimZeros } from '../../domain/exact.ts';
import type { DoubleBillingFact } from '../../domain/finding.ts';
import type { UptimeNote } from '../../domain/billWarning.ts';
import { STORED_FORMAT, type LocaleFormat } from '../locale.ts';
import { counted, dollars, wholeText, dayName, listed, namedText } from '../format.ts';
import { sentence } from '../displayText.ts';

/** What is wrong, and how to fix it. Each in one or a few sentences. */
export interface ProblemText {
  readonly says: string;
  readonly fix: string;
}

/** What was found, with a fix if something is wrong. */
export interface FindingText {
  readonly says: string;
  readonly fix?: string;
}

export function bookText(fact: BillIssue, writing: LocaleFormat): ProblemText {
  switch (fact.code) {
    case 'charges-missing':
    case 'resource-unbilled':
      return gapText(fact, writing);
    case 'bill-unreconciled':
    case 'invoice-without-rate':
    case 'charges-without-rate':
      return unmatchedText(fact, writing);
  }
}

export function gapText(fact: GapFact, writing: LocaleFormat): ProblemText {
  switch (fact.code) {
    case 'charges-missing': {
      const { source, category } = fact;
      const what = category === undefined ? 'nothing' : `no ${category}`;
      const usual = category === undefined ? 'it usually does' : 'its inventory shows some';
      return {
        says: `Source ${source} billed ${what} ${whenText(fact, writing)}, although ${usual}.`,
        fix:
          'Pull or import those charges. If there was nothing to bill, import a charge of 0.00 ' +
          'for that time.',
      };
    }
    case 'resource-unbilled': {
      const { source, resource, name, from, days } = fact;
      const called = name === undefined || name === resource ? '' : ` (${name})`;
      const times = timesText({ unit: 'day', from, count: days }, writing);
      return {
        says: `Resource ${resource}${called} of ${source} ran on ${times} without a charge.`,
        fix: `Pull the charges of ${source} again, or ask the provider why it bills nothing.`,
      };
    }
  }
}

/** The sentence of a gap, with its estimated amount at the source's usual day or month. */
export function gapSentence(fact: GapFact, writing: LocaleFormat): string {
  const { says, fix } = gapText(fact, writing);
  if (fact.likelyUsd === undefined) return `${says} ${fix}`;
  const unit = fact.code === 'charges-missing' ? fact.unit : 'resource';
  const likely = dollars(fact.likelyUsd, writing);
  return `${says} At the usual amount for a ${unit}, that is about ${likely}. ${fix}`;
}

type Missing = Extract<GapFact, { code: 'charges-missing' }>;

/**
 * Dates of the gap: `since 2026-07-03 (12 days)`, `on 2026-07-03 and 2 more days`, `for 2026-08`.
 */
function whenText(fact: Missing, writing: LocaleFormat): string {
  const { unit, from, count, ongoing } = fact;
  if (ongoing)
    return `since ${timeText({ unit, from }, writing)} (${counted(count, unit, writing)})`;
  return `${unit === 'month' ? 'for' : 'on'} ${timesText(fact, writing)}`;
}

function timesText(
  { unit, from, count }: Pick<Missing, 'unit' | 'from' | 'count'>,
  writing: LocaleFormat,
): string {
  const first = timeText({ unit, from }, writing);
  return count === 1 ? first : `${first} and ${counted(count - 1, `more ${unit}`, writing)}`;
}

/** A day in the reader's format. Months are `2026-08` in every format. */
function timeText({ unit, from }: Pick<Missing, 'unit' | 'from'>, writing: LocaleFormat): string {
  return unit === 'month' ? from : dayName(from, writing);
}

export function unmatchedText(fact: UnmatchedFact, writing: LocaleFormat): ProblemText {
  const where = `Source ${fact.source}, ${fact.month}:`;
  switch (fact.code) {
    case 'bill-unreconciled': {
      const problem =
        fact.match === 'matched' ? partsText(fact, writing) : wholeBill(fact, writing);
      return { ...problem, says: `${where} ${problem.says}` };
    }
    case 'invoice-without-rate': {
      const rate = rateOf(fact.currency, fact.rateMonth);
      const billed = `${invoicesText(fact.invoices, writing)} ${amountText(fact, writing)}`;
      return {
        says: `${where} ${billed}. This cannot be compared, because there is ${noRateText(rate)}.`,
        fix: sentence(rateFix(rate)),
      };
    }
    case 'charges-without-rate': {
      const rate = rateOf(fact.currency, fact.month);
      const charges = counted(fact.charges, 'charge', writing);
      const are = fact.charges === 1 ? 'is' : 'are';
      const billed = `${charges} of ${amountText(fact, writing)} ${are} not counted`;
      return {
        says: `${where} ${billed}, because there is ${noRateText(rate)}.`,
        fix: `${sentence(rateFix(rate))} Then pull or import the bill again.`,
      };
    }
  }
}

function rateOf(currency: string, month: string): RateKey {
  return { currency, monthMs: Date.parse(`${month}-01T00:00:00Z`) };
}

type Unreconciled = Extract<UnmatchedFact, { code: 'bill-unreconciled' }>;

/** `invoice INV-7 bills $1,000.00, but the ledger has $900.00 for the same period.` */
function wholeBill(fact: Unreconciled, writing: LocaleFormat): ProblemText {
  const { source, against, match, invoices } = fact;
  const [billed, held] = [billedText(fact, writing), exactUsd(fact.heldUsd, writing)];
  const ledger = `but the ledger has ${held} for the same period.`;
  if (against === 'own total') {
    return {
      says: `the total of its own bill is ${billed}, ${ledger}`,
      fix: `Pull ${source} again, and look for rejected rows.`,
    };
  }
  const invoice = `${invoicesText(invoices, writing)} ${billed}`;
  if (match === 'bill only') {
    return {
      says: `${invoice}, but the ledger has no charge for that period.`,
      fix: 'Pull or import the charges.',
    };
  }
  const part = fact.linesOff === 0 || fact.lines < 2 ? '' : ` ${differText(fact, writing)}`;
  return {
    says: `${invoice}, ${ledger}${part}`,
    fix: 'Pull or import what is missing, or correct the invoice.',
  };
}

/** The totals match, but the lines do not: a line names the wrong resource or category. */
function partsText(fact: Unreconciled, writing: LocaleFormat): ProblemText {
  const invoice = invoicesText(fact.invoices, writing);
  return {
    says: `${invoice} the same total as the ledger. ${differText(fact, writing)}`,
    fix: 'Correct resource_id or category in the invoice, or leave both empty.',
  };
}

function invoicesText([first = '', ...more]: readonly string[], writing: LocaleFormat): string {
  if (more.length === 0) return `invoice ${first} bills`;
  return `invoice ${first} and ${counted(more.length, 'other', writing)} bill`;
}

/** `1 of 2 lines differs. The first is pod-1 compute: $4.00 billed, $0.00 in the ledger.` */
function differText({ lines, linesOff, firstOff }: Unreconciled, writing: LocaleFormat): string {
  const of = `Of ${counted(lines, 'line', writing)}, ${wholeText(linesOff, writing)}`;
  const differ = `${of} ${linesOff === 1 ? 'differs' : 'differ'}.`;
  if (firstOff === undefined) return differ;
  const { resource, category, heldUsd } = firstOff;
  const what = [resource, category].filter((part) => part !== undefined).join(' ');
  const [billed, held] = [billedText(firstOff, writing), exactUsd(heldUsd, writing)];
  return `${differ} The first is ${what}: ${billed} billed, ${held} in the ledger.`;
}

/** `$108.42 (100.00 EUR)`. */
export function billedText(
  { billedUsd, billedIn }: Pick<BilledAndHeld, 'billedUsd' | 'billedIn'>,
  writing: LocaleFormat,
): string {
  const dollars = exactUsd(billedUsd, writing);
  return billedIn.length === 0
    ? dollars
    : `${dollars} (${billedIn.map((each) => amountText(each, writing)).join(', ')})`;
}

/** `108.50 EUR`. */
function amountText({ currency, amount }: AmountText, writing: LocaleFormat): string {
  const digits = toDecimal(decimal(amount), 2);
  // Stored sentences have no thousands separators in such amounts.
  return `${writing === STORED_FORMAT ? digits : writing.number(digits)} ${currency}`;
}

/** All digits, at least cents, for amounts that are compared with each other: `$43.50`. */
export function exactUsd(text: string, writing: LocaleFormat): string {
  if (text.startsWith('-')) return `-${exactUsd(text.slice(1), writing)}`;
  const [whole = '', fraction = ''] = trimZeros(text).split('.');
  return writing.usd(`${whole}.${fraction.padEnd(2, '0')}`);
}

/** Maximum number of named items. The audit has all. */
const NAMED = 3;

/** Which two sources, how much, and how to fix it. */
export function doubleBillingText(fact: DoubleBillingFact, writing: LocaleFormat): ProblemText {
  const { sources, category, things, days, usd } = fact;
  const named = namedText(things.slice(0, NAMED), things.length);
  const what = things.length === 0 ? '' : ` (${named})`;
  const twice = `${dollars(usd, writing)} on ${counted(days, 'day', writing)} is counted twice`;
  return {
    says: `Sources ${listed(sources)} bill the same ${category} purchases${what}: ${twice}.`,
    fix: 'Name the source that counts under `billOfRecord`, or remove the other source.',
  };
}

/** Renders notes on charges estimated from running time. */
export function uptimeNote(note: UptimeNote, writing: LocaleFormat): string {
  switch (note.code) {
    case 'ran-before-first-seen': {
      const resources = counted(note.resources, 'resource', writing);
      return (
        `Start times are unknown for ${resources} that already ran when first seen, on ` +
        `${dayName(note.day, writing)} at the earliest. Charges begin when each was first seen. ` +
        'Import earlier charges from the invoice.'
      );
    }
    case 'uptime-not-observed':
      return notObserved(note, writing);
    case 'uptime-without-price':
      return withoutPrice(note, writing);
    case 'uptime-before-price': {
      const resources = counted(note.resources, 'resource', writing);
      return (
        `No price was sampled yet when ${resources} started to run. Time before ` +
        `${dayName(note.day, writing)} is charged at the first sampled price.`
      );
    }
  }
}

type Of<Code extends UptimeNote['code']> = Extract<UptimeNote, { readonly code: Code }>;

function notObserved(note: Of<'uptime-not-observed'>, writing: LocaleFormat): string {
  const [low, base, high] = [note.lowUsd, note.chargedUsd, note.highUsd].map((usd) => {
    return `$${toDecimal(decimal(usd), 2)}`;
  });
  const missed = `a start, an end${note.ofReplicas ? ', a replica count' : ''} or a price change`;
  return (
    `Inventories missed ${missed} of ${counted(note.resources, 'resource', writing)}. The ` +
    `estimate is ${base}. The bill may be between ${low} and ${high}.`
  );
}

const FROM_INVOICE = 'import their charges from the invoice';

function withoutPrice(note: Of<'uptime-without-price'>, writing: LocaleFormat): string {
  const { resources, resourceCount, fix = FROM_INVOICE } = note;
  return (
    `No price is known for ${counted(resourceCount, 'resource', writing)} that ran for ` +
    `${counted(note.hours, 'hour', writing)} (${namedText(resources, resourceCount)}). They ` +
    `are not charged. ${sentence(fix)}`
  );
}
