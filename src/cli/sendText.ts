/** Knows how deliveries are shown to a person: who got what, and what is in doubt. */

import type { Delivery } from '../domain/delivery.ts';
import { instantText } from '../domain/period.ts';
import type { Rehearsal } from '../jobs/rehearsal.ts';
import { textTable } from './textTable.ts';

const COLUMNS = ['delivery', 'to', 'by', 'letter', 'state', 'what is known'];

export function deliveriesText(deliveries: readonly Delivery[]): string {
  const rows = deliveries.map((delivery) => [
    delivery.id,
    delivery.recipient,
    delivery.channel,
    letterOf(delivery),
    delivery.state,
    known(delivery),
  ]);
  return `${textTable(COLUMNS, rows)}${putOffText(deliveries)}${doubtsText(deliveries)}`;
}

/** The letter that a reader gets: `leader`, `owner of chat-70b`. */
function letterOf({ role, deployment }: Pick<Delivery, 'role' | 'deployment'>): string {
  return deployment === undefined ? role : `${role} of ${deployment}`;
}

const MOST_CHARACTERS = 80;

function known({ state, sentAtMs, nextTryAtMs, reply = '' }: Delivery): string {
  const said = reply.length > MOST_CHARACTERS ? `${reply.slice(0, MOST_CHARACTERS)}…` : reply;
  if (state === 'sent' && sentAtMs !== undefined) return `${instantText(sentAtMs)} ${said}`;
  return nextTryAtMs === undefined ? said : `again at ${instantText(nextTryAtMs)}: ${said}`;
}

function putOffText(deliveries: readonly Delivery[]): string {
  const putOff = deliveries.filter(({ state }) => state === 'deferred');
  if (putOff.length === 0) return '';
  const lines = putOff.map(
    ({ id }) => `  rentcheck send --resolve ${id} --as send-again --note TEXT\n`,
  );
  return `
PUT OFF: not sent yet. A worker tries again at that time; without one, run rentcheck send again
then. Where what was wrong is mended, it need not wait: say so, then run rentcheck send.
${lines.join('')}`;
}

function doubtsText(deliveries: readonly Delivery[]): string {
  const doubts = deliveries.filter(({ state }) => state === 'ambiguous');
  if (doubts.length === 0) return '';
  const lines = doubts.map(
    ({ id }) => `  rentcheck send --resolve ${id} --as sent|send-again|give-up --note TEXT\n`,
  );
  return `
IN DOUBT: handed over, and no answer says whether it was taken. Nothing of it is sent again by
itself. Ask the reader whether it is there, then say so:
${lines.join('')}`;
}

export function rehearsalText({ edition, isFrozen, letters }: Rehearsal, files: readonly string[]) {
  const rows = letters.map(({ recipient, channel, state, ...letter }, index) => [
    recipient,
    channel,
    letterOf(letter),
    state ?? 'not sent',
    letter.subject,
    files[index] ?? '',
  ]);
  const head = isFrozen ? `Edition ${edition}` : `What would be edition ${edition}`;
  const table = textTable(['to', 'by', 'letter', 'state', 'subject', 'to look at'], rows);
  return `${head}; nothing was sent or stored.\n\n${table}`;
}
