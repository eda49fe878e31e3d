/** Renders what became of the previous quarter's advice. */

import { decimal, negate, toDecimal } from '../../domain/exact.ts';
import type { UsdText } from '../../domain/figures.ts';
import type { AdviceNote } from '../../verdict/backtest/adviceNote.ts';
import type { LocaleFormat } from '../locale.ts';
import { listed, shareText, dollars } from '../format.ts';

/**
 * Renders all notes on one piece of advice, in order. Empty without notes. `undefined` for a note
 * of a newer version, because the stored sentence then has more.
 */
export function adviceText(
  notes: readonly AdviceNote[],
  writing: LocaleFormat,
): string | undefined {
  const sentences: (string | undefined)[] = notes.map((note) => adviceSentence(note, writing));
  return sentences.includes(undefined) ? undefined : sentences.join(' ');
}

function adviceSentence(note: AdviceNote, writing: LocaleFormat): string {
  const usd = (amount: UsdText) => dollars(amount, writing);
  switch (note.code) {
    case 'much-unbilled': {
      const share = shareText(note.unbilledShare, writing, 'ceiling');
      return `Bills are missing for ${share} of its tokens, so the result is unknown.`;
    }
    case 'not-in-config':
      return 'It is no longer in the config, so the result is unknown.';
    case 'gone-billing-unknown':
      return 'It is no longer in the config. Whether it is still billed is unknown.';
    case 'gone-maybe-billed':
      return (
        'It is no longer in the config. Spend that is not attributed rose by ' +
        `${usd(note.unattributedUsd)}, so its GPUs may still be billed.`
      );
    case 'gone':
      return 'It is no longer in the config and no longer billed.';
    case 'nothing-spent-before':
      return 'Nothing was spent on it in the previous period.';
    case 'spend':
      return `Its spend is ${usd(note.usd)}, compared with ${usd(note.beforeUsd)} before.`;
    case 'advised-hours-unknown':
    case 'no-hours-billed':
    case 'advised-hours-alike':
    case 'hours':
    case 'hour-cost-unknown':
    case 'hour-cost':
      return hoursSentence(note, writing);
    case 'windows-not-alike':
      return 'The two periods differ in length, so their bills are not compared.';
    case 'saving-by-bills':
      return 'Its saving is the difference between the bills, without engineering time.';
    case 'spend-before-unknown':
      return 'Its spend in the previous period is unknown.';
    case 'no-tokens-bought':
      return (
        'The bills list no more bought tokens than before, so its hosted cost is unknown. Pull ' +
        'or import the charges of the provider.'
      );
    case 'saving-only-together':
      return 'Several deployments now buy their tokens, and only their total saving is known.';
    case 'not-taken-cost-unknown':
      return 'The change was not made. What it would cost now is unknown.';
    case 'not-taken':
      return 'The change was not made. The saving is what it would have saved.';
    case 'traffic-changed':
      return trafficSentence(note, writing);
  }
}

type HoursNote = Extract<
  AdviceNote,
  {
    code:
      | 'advised-hours-unknown'
      | 'no-hours-billed'
      | 'advised-hours-alike'
      | 'hours'
      | 'hour-cost-unknown'
      | 'hour-cost';
  }
>;

function hoursSentence(note: HoursNote, writing: LocaleFormat): string {
  const usd = (amount: UsdText) => dollars(amount, writing);
  switch (note.code) {
    case 'advised-hours-unknown':
      return 'The advised number of hours is unknown.';
    case 'no-hours-billed':
      return 'Its bill lists no hours.';
    case 'advised-hours-alike':
      return (
        `The advice was ${wholeHours(note.advisedHours, writing)} replica-hours, close to the ` +
        `${wholeHours(note.beforeHours, writing)} paid for before. Hours cannot show whether it ` +
        'was taken.'
      );
    case 'hours':
      return (
        `It was billed for ${wholeHours(note.paidHours, writing)} replica-hours. The advice was ` +
        `${wholeHours(note.advisedHours, writing)}.`
      );
    case 'hour-cost-unknown':
      return 'The cost of a replica-hour is unknown.';
    case 'hour-cost':
      return (
        `A replica-hour costs ${usd(note.usdPerHour)} (billed by ${listed(note.sources)}), ` +
        `compared with ${usd(note.beforeUsdPerHour)} before.`
      );
  }
}

/** Hours rounded down: `600.900000` is `600`. */
function wholeHours(hours: string, writing: LocaleFormat): string {
  return writing.number(toDecimal(decimal(hours), 0, 'floor'));
}

type TrafficNote = Extract<AdviceNote, { code: 'traffic-changed' }>;

function trafficSentence({ changeShare }: TrafficNote, writing: LocaleFormat): string {
  const change = decimal(changeShare);
  const [verb, size] = change.num < 0n ? ['fell', negate(change)] : ['rose', change];
  const by = shareText(toDecimal(size, 6), writing);
  return `Its traffic ${verb} by ${by}, so the advice does not explain all of the change.`;
}
