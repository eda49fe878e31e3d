/** What is said of bills that are missing, do not match or cannot be counted, and what to do. */

import { noRateText, type RateOf, rateMend } from '../../domain/currency.ts';
import type { AmountText, BookFact, GapFact, Sides, UnmatchedFact } from '../../domain/bookFact.ts';
import { trimmed } from '../../domain/digits.ts';
import { decimal, toDecimal } from '../../domain/exact.ts';
import type { DoubleBillingFact } from '../../domain/finding.ts';
import { STORED, type Writing } from '../locale.ts';
import { countText, dayText, usdText } from './figures.ts';

/** One sentence without a full stop, and what to do. */
export interface Told {
  readonly says: string;
  readonly mend: string;
}

/** One sentence without a full stop, and what to do about what is not well. */
export interface FindingText {
  readonly says: string;
  readonly mend?: string;
}

export function bookText(fact: BookFact, writing: Writing): Told {
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

export function gapText(fact: GapFact, writing: Writing): Told {
  switch (fact.code) {
    case 'charges-missing': {
      const { source, category } = fact;
      const what = category === undefined ? 'nothing' : `no ${category}`;
      const usual = category === undefined ? 'it usually does' : 'its inventory saw some';
      return {
        says: `${source} billed ${what} ${whenText(fact, writing)}, though ${usual}`,
        mend:
          'pull or import those charges; if there was nothing to bill, import a charge of 0.00 ' +
          'for that time',
      };
    }
    case 'resource-unbilled': {
      const { source, resource, name, from, days } = fact;
      const called = name === undefined || name === resource ? '' : ` (${name})`;
      const times = timesText({ unit: 'day', from, count: days }, writing);
      return {
        says: `${resource}${called} of ${source} ran on ${times}, and no charge says so`,
        mend: `pull the charges of ${source} again, or ask the provider why it bills nothing`,
      };
    }
  }
}

/** With what it would come to at the source's usual day or month. */
export function gapSentence(fact: GapFact, writing: Writing): string {
  const { says, mend } = gapText(fact, writing);
  if (fact.likelyUsd === undefined) return `${says}: ${mend}`;
  const unit = fact.code === 'charges-missing' ? fact.unit : 'resource';
  return `${says} (about ${usdText(fact.likelyUsd, writing)} at its usual ${unit}): ${mend}`;
}

type Missing = Extract<GapFact, { code: 'charges-missing' }>;

/** `since 2026-07-03 (12 days)`, `on 2026-07-03 and 2 more days`, `for 2026-08`. */
function whenText(fact: Missing, writing: Writing): string {
  const { unit, from, count, ongoing } = fact;
  if (ongoing)
    return `since ${timeText({ unit, from }, writing)} (${countText(count, unit, writing)})`;
  return `${unit === 'month' ? 'for' : 'on'} ${timesText(fact, writing)}`;
}

function timesText(
  { unit, from, count }: Pick<Missing, 'unit' | 'from' | 'count'>,
  writing: Writing,
): string {
  const first = timeText({ unit, from }, writing);
  return count === 1 ? first : `${first} and ${countText(count - 1, `more ${unit}`, writing)}`;
}

/** A month is written alike everywhere. */
function timeText({ unit, from }: Pick<Missing, 'unit' | 'from'>, writing: Writing): string {
  return unit === 'month' ? from : dayText(from, writing);
}

export function unmatchedText(fact: UnmatchedFact, writing: Writing): Told {
  switch (fact.code) {
    case 'bill-unreconciled': {
      const told = fact.match === 'matched' ? partsText(fact, writing) : wholeText(fact, writing);
      return { ...told, says: `${fact.source}, ${fact.month}, ${told.says}` };
    }
    case 'invoice-without-rate': {
      const { source, month, invoices, currency, rateMonth } = fact;
      const rate = rateOf(currency, rateMonth);
      const asked = `${invoicesText(invoices, writing)} ${amountText(fact, writing)}`;
      return {
        says: `${source}, ${month}, not compared: ${asked}, and ${noRateText(rate)}`,
        mend: rateMend(rate),
      };
    }
    case 'charges-without-rate': {
      const { source, month, charges, currency } = fact;
      const rate = rateOf(currency, month);
      const billed = `${countText(charges, 'charge', writing)} of ${amountText(fact, writing)}`;
      return {
        says: `${source}, ${month}: ${billed} not counted, for ${noRateText(rate)}`,
        mend: `${rateMend(rate)}, then pull or import the bill again`,
      };
    }
  }
}

function rateOf(currency: string, month: string): RateOf {
  return { currency, monthMs: Date.parse(`${month}-01T00:00:00Z`) };
}

type Unreconciled = Extract<UnmatchedFact, { code: 'bill-unreconciled' }>;

/** `different: invoice INV-7 asks $1,000.00, and the ledger holds $900.00 for the same time`. */
function wholeText(fact: Unreconciled, writing: Writing): Told {
  const { source, against, match, invoices } = fact;
  const [billed, held] = [billedText(fact, writing), exactUsd(fact.heldUsd, writing)];
  if (against === 'own total') {
    return {
      says: `${match}: its own total is ${billed}, the ledger holds ${held} for the same time`,
      mend: `pull ${source} again, and look for rejected rows`,
    };
  }
  const asked = `${match}: ${invoicesText(invoices, writing)} ${billed}`;
  if (match === 'bill only') {
    return {
      says: `${asked}, and the ledger holds no charge of that time`,
      mend: 'pull or import the charges',
    };
  }
  const part = fact.linesOff === 0 || fact.lines < 2 ? '' : `; ${differText(fact, writing)}`;
  return {
    says: `${asked}, the ledger holds ${held} for the same time${part}`,
    mend: 'pull or import what is missing, or correct the invoice',
  };
}

/** The month comes to the same and its parts do not: money stands with the wrong resource. */
function partsText(fact: Unreconciled, writing: Writing): Told {
  const parts = differText(fact, writing);
  const asked = invoicesText(fact.invoices, writing);
  return {
    says: `${fact.firstOff?.match}: ${asked} the same in all, but ${parts}`,
    mend: 'correct resource_id or category in the invoice, or leave both empty',
  };
}

function invoicesText([first = '', ...more]: readonly string[], writing: Writing): string {
  if (more.length === 0) return `invoice ${first} asks for`;
  return `invoice ${first} and ${countText(more.length, 'other', writing)} ask for`;
}

/** `1 of 2 lines differ, the first: pod-1 compute (bill only): $4.00 asked for, $0.00 held`. */
function differText({ lines, linesOff, firstOff }: Unreconciled, writing: Writing): string {
  const differ = `${linesOff} of ${countText(lines, 'line', writing)} differ`;
  if (firstOff === undefined) return differ;
  const { resource, category, match, heldUsd } = firstOff;
  const what = [resource, category].filter((part) => part !== undefined).join(' ');
  const [billed, held] = [billedText(firstOff, writing), exactUsd(heldUsd, writing)];
  return `${differ}, the first: ${what} (${match}): ${billed} asked for, ${held} held`;
}

/** `$108.42 (100.00 EUR)`. */
export function billedText(
  { billedUsd, billedIn }: Pick<Sides, 'billedUsd' | 'billedIn'>,
  writing: Writing,
): string {
  const dollars = exactUsd(billedUsd, writing);
  return billedIn.length === 0
    ? dollars
    : `${dollars} (${billedIn.map((each) => amountText(each, writing)).join(', ')})`;
}

/** `108.50 EUR`. */
function amountText({ currency, amount }: AmountText, writing: Writing): string {
  const digits = toDecimal(decimal(amount), 2);
  // As it is stored, thousands of such an amount are not marked.
  return `${writing === STORED ? digits : writing.number(digits)} ${currency}`;
}

/** To its last digit, cents at least, where one amount is set against another: `$43.50`. */
export function exactUsd(text: string, writing: Writing): string {
  if (text.startsWith('-')) return `-${exactUsd(text.slice(1), writing)}`;
  const [whole = '', fraction = ''] = trimmed(text).split('.');
  return writing.usd(`${whole}.${fraction.padEnd(2, '0')}`);
}

/** So many things are named; the audit has all. */
const NAMED = 3;

/** Which two, how much, and what to do. */
export function doubleBillingText(fact: DoubleBillingFact, writing: Writing): Told {
  const { sources, category, things, days, usd } = fact;
  const more = things.length > NAMED ? ` and ${things.length - NAMED} more` : '';
  const what = things.length === 0 ? '' : ` (${things.slice(0, NAMED).join(', ')}${more})`;
  return {
    says:
      `${sources.join(' and ')} bill the same ${category} purchases${what}: ` +
      `${usdText(usd, writing)} on ${countText(days, 'day', writing)} count twice`,
    mend: 'name the source that counts under `billOfRecord`, or end the other one',
  };
}
