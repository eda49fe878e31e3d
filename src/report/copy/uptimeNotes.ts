/** What a person should know of charges that were rebuilt, in sentences without a capital. */

import { decimal, toDecimal } from '../../domain/exact.ts';
import type { UptimeNote } from '../../economics/uptime/notes.ts';
import type { Writing } from '../locale.ts';
import { countText, dayText } from './figures.ts';

type Of<Code extends UptimeNote['code']> = Extract<UptimeNote, { readonly code: Code }>;

export function uptimeNote(note: UptimeNote, writing: Writing): string {
  switch (note.code) {
    case 'ran-before-first-seen':
      return (
        `${countText(note.resources, 'resource', writing)} already ran when first seen, on ` +
        `${dayText(note.day, writing)} at the earliest, and nothing tells since when: their ` +
        'charges begin there; import the earlier ones from the invoice'
      );
    case 'uptime-not-observed':
      return notObserved(note, writing);
    case 'uptime-without-price':
      return withoutPrice(note, writing);
    case 'uptime-before-price':
      return (
        `${countText(note.resources, 'resource', writing)} ran before a price was first sampled: ` +
        `time before ${dayText(note.day, writing)} is charged at the first sampled price`
      );
  }
}

function notObserved(note: Of<'uptime-not-observed'>, writing: Writing): string {
  const [low, base, high] = [note.lowUsd, note.chargedUsd, note.highUsd].map((usd) => {
    return `$${toDecimal(decimal(usd), 2)}`;
  });
  return (
    `for ${countText(note.resources, 'resource', writing)} a start, an end` +
    `${note.ofReplicas ? ', the replicas' : ''} or a price change was not observed: ` +
    `${base} is charged, and between ${low} and ${high} may have been billed`
  );
}

const FROM_INVOICE = 'import their charges from the invoice';

function withoutPrice(note: Of<'uptime-without-price'>, writing: Writing): string {
  const { resources, resourceCount, mend = FROM_INVOICE } = note;
  const rest = resourceCount - resources.length;
  const named = `${resources.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  return (
    `no price is known for ${countText(resourceCount, 'resource', writing)} that ran for ` +
    `${countText(note.hours, 'hour', writing)} (${named}): nothing is charged for them; ${mend}`
  );
}
