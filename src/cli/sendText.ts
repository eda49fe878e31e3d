/** Renders deliveries for the terminal: recipient, report, state, and how to resolve doubts. */

import type { Delivery } from '../domain/delivery.ts';
import { instantText } from '../domain/period.ts';
import type { SendPreview } from '../jobs/sendPreview.ts';
import { textTable } from './textTable.ts';

const COLUMNS = ['delivery', 'to', 'channel', 'report', 'state', 'details'];

export function deliveriesText(deliveries: readonly Delivery[]): string {
  const rows = deliveries.map((delivery) => [
    delivery.id,
    delivery.recipient,
    delivery.channel,
    reportOf(delivery),
    delivery.state,
    details(delivery),
  ]);
  return `${textTable(COLUMNS, rows)}${deferredText(deliveries)}${doubtsText(deliveries)}`;
}

/** The report that a recipient gets: `leader`, `owner of chat-70b`. */
function reportOf({ role, deployment }: Pick<Delivery, 'role' | 'deployment'>): string {
  return deployment === undefined ? role : `${role} of ${deployment}`;
}

const MOST_CHARACTERS = 80;

function details({ state, sentAtMs, nextTryAtMs, reply = '' }: Delivery): string {
  const shortened = reply.length > MOST_CHARACTERS ? `${reply.slice(0, MOST_CHARACTERS)}…` : reply;
  if (state === 'sent' && sentAtMs !== undefined) return `${instantText(sentAtMs)} ${shortened}`;
  return nextTryAtMs === undefined
    ? shortened
    : `next attempt ${instantText(nextTryAtMs)}: ${shortened}`;
}

function deferredText(deliveries: readonly Delivery[]): string {
  const deferred = deliveries.filter(({ state }) => state === 'deferred');
  if (deferred.length === 0) return '';
  const lines = deferred.map(
    ({ id }) => `  rentcheck send --resolve ${id} --as send-again --note TEXT\n`,
  );
  return `
DEFERRED: not sent yet. A worker tries again at the time shown. Without a worker, run
rentcheck send again at that time. If the problem is fixed, do not wait: run this line, then
rentcheck send:
${lines.join('')}`;
}

function doubtsText(deliveries: readonly Delivery[]): string {
  const doubts = deliveries.filter(({ state }) => state === 'ambiguous');
  if (doubts.length === 0) return '';
  const lines = doubts.map(
    ({ id }) => `  rentcheck send --resolve ${id} --as sent|send-again|give-up --note TEXT\n`,
  );
  return `
IN DOUBT: the message was handed over, but nothing confirms that it was accepted. rentcheck does
not send it again by itself. Ask the recipient whether it arrived, then record the outcome:
${lines.join('')}`;
}

export function previewText({ edition, isFrozen, letters }: SendPreview, files: readonly string[]) {
  const rows = letters.map(({ recipient, channel, state, ...letter }, index) => [
    recipient,
    channel,
    reportOf(letter),
    state ?? 'not sent',
    letter.subject,
    files[index] ?? '',
  ]);
  const head = isFrozen
    ? `Preview of edition ${edition}`
    : `Preview of the next edition, ${edition}`;
  const table = textTable(['to', 'channel', 'report', 'state', 'subject', 'file'], rows);
  return `${head}. Nothing was sent or stored.\n\n${table}`;
}
