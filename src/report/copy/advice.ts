/** What is said of last quarter's advice: a sentence for each thing that is known of it. */

import { decimal, negate, toDecimal } from '../../domain/exact.ts';
import type { UsdText } from '../../verdict/auditWord.ts';
import type { AdviceNote } from '../../verdict/lookBack/note.ts';
import type { Writing } from '../locale.ts';
import { shareText, usdText } from './figures.ts';

/** All that is known of one piece of advice, in its order; empty where that is nothing. */
export function adviceText(notes: readonly AdviceNote[], writing: Writing): string {
  return notes.map((note) => adviceSentence(note, writing)).join(' ');
}

function adviceSentence(note: AdviceNote, writing: Writing): string {
  const usd = (amount: UsdText) => usdText(amount, writing);
  switch (note.code) {
    case 'much-unbilled':
      return 'Much of what it served was not billed, so what became of it cannot be told.';
    case 'not-in-config':
      return 'It is no longer in the config, so what became of it cannot be told.';
    case 'gone-billing-unknown':
      return 'It is no longer in the config; whether it is still billed is not known.';
    case 'gone-maybe-billed':
      return (
        `It is no longer in the config, but ${usd(note.unattributedUsd)} more than then ` +
        'belong to no deployment: its machines may still be billed.'
      );
    case 'gone':
      return 'It is no longer in the config, nor billed.';
    case 'nothing-spent-before':
      return 'Nothing was spent on it then.';
    case 'spend':
      return `Its bill is ${usd(note.usd)}, and was ${usd(note.beforeUsd)}.`;
    case 'advised-hours-unknown':
      return 'How many hours were asked for is not known.';
    case 'no-hours-billed':
      return 'No hours are on its bill.';
    case 'advised-hours-alike':
      return 'It asked for hardly fewer hours than were paid, so hours cannot tell.';
    case 'hours':
      return (
        `It was paid for ${wholeHours(note.paidHours, writing)} replica-hours, ` +
        `${wholeHours(note.advisedHours, writing)} were asked for.`
      );
    case 'hour-cost-unknown':
      return 'What a replica-hour costs is not known.';
    case 'hour-cost':
      return (
        `A replica-hour costs ${usd(note.usdPerHour)}, billed by ` +
        `${note.sources.join(', ')}; it was ${usd(note.beforeUsdPerHour)}.`
      );
    case 'windows-not-alike':
      return 'The two windows are not equally long, so their bills are not compared.';
    case 'saving-by-bills':
      return "Its saving is that of the bills, without people's time.";
    case 'spend-before-unknown':
      return 'What was paid for it then is not known.';
    case 'no-tokens-bought':
      return (
        'No more tokens are on the bills than then, so what it buys now is not known: pull or ' +
        "import the host's charges."
      );
    case 'saving-only-together':
      return 'Several deployments buy their tokens now: only their saving together is known.';
    case 'not-taken-cost-unknown':
      return 'It was not taken, and what it would cost now is not known.';
    case 'not-taken':
      return 'It was not taken; its saving is what it would have been.';
    case 'traffic-changed':
      return trafficSentence(note, writing);
  }
}

/** `600.900000` is `600`. */
function wholeHours(hours: string, writing: Writing): string {
  return writing.number(toDecimal(decimal(hours), 0, 'floor'));
}

type TrafficNote = Extract<AdviceNote, { code: 'traffic-changed' }>;

function trafficSentence({ changeShare }: TrafficNote, writing: Writing): string {
  const change = decimal(changeShare);
  const [verb, size] = change.num < 0n ? ['fell', negate(change)] : ['rose', change];
  const by = shareText(toDecimal(size, 6), writing);
  return `Its traffic ${verb} by ${by}, so the change is not all the advice's.`;
}
