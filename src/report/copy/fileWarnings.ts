/** The sentences of warnings about files, and about what the ledger made of an answer. */

import { exactDollarText, formatCount } from '../../domain/figures.ts';
import { noRateText, rateFix } from '../../domain/currency.ts';
import { decimal } from '../../domain/exact.ts';
import type { FileWarning, LedgerWarning, TakenAmount } from '../../domain/fileWarning.ts';
import { listed, sentence, type SentencesOf } from './figures.ts';

export const FILE_SENTENCES: SentencesOf<FileWarning> = {
  'records-rejected': ({ records, stored }) =>
    `${formatCount(records, 'record')} were rejected. The first ${stored} are stored.`,
  'columns-unknown': ({ columns }) => `Unknown columns were ignored: ${columns.join(', ')}.`,
  'rows-repeated': ({ rows }) =>
    `${formatCount(rows, 'row')} ${rows === 1 ? 'repeats' : 'repeat'} an earlier row exactly.`,
  'intervals-skipped': ({ intervals }) =>
    `${formatCount(intervals, 'interval')} skipped because one of their rows was rejected.`,
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

export const LEDGER_SENTENCES: SentencesOf<LedgerWarning> = {
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
