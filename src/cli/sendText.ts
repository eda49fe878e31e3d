/** Renders deliveries for the terminal: recipient, report, state, and how to resolve doubts. */

import type { Delivery } from '../domain/delivery.ts';
import { instantText } from '../domain/period.ts';
import type { SendPreview } from '../jobs/sendPreview.ts';
import { plainText } from '../platform/text.ts';
import { renderFittedList, wrapText } from './screen.ts';
import { type FittedColumn, stackedTable } from './textTable.ts';

const COLUMNS: readonly FittedColumn[] = [
  { title: 'delivery' },
  { title: 'to', least: 20 },
  { title: 'channel', rank: 2 },
  { title: 'report', least: 10, rank: 1 },
  { title: 'state' },
];
const DETAILS: FittedColumn = { title: 'details' };

/** All deliveries, then the commands that resolve deferred and doubtful ones. */
export function renderDeliveries(deliveries: readonly Delivery[], columns: number): string {
  const rows = deliveries.map((delivery) => [
    delivery.id,
    delivery.recipient,
    delivery.channel,
    reportOf(delivery),
    delivery.state,
    details(delivery),
  ]);
  const table = stackedTable({ beside: COLUMNS, below: [DETAILS] }, rows, columns);
  const list = renderFittedList((room) => `${table(room).join('\n')}\n`, columns, '--json');
  return `${list}${deferredText(deliveries)}${doubtsText(deliveries)}`;
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

const PREVIEW: readonly FittedColumn[] = [
  { title: 'to', least: 20 },
  { title: 'channel', rank: 2 },
  { title: 'report', least: 10, rank: 1 },
  { title: 'state' },
];
const MESSAGE: readonly FittedColumn[] = [{ title: 'subject' }, { title: 'file' }];

/** The files of a dry run: their folder, and their names in the order of the messages. */
interface PreviewFiles {
  readonly folder: string;
  readonly names: readonly string[];
}

/** The messages of a dry run, each with the name of its file. */
export function renderSendPreview(
  { edition, isFrozen, letters }: SendPreview,
  { folder, names }: PreviewFiles,
  columns: number,
): string {
  const rows = letters.map(({ recipient, channel, state, ...letter }, index) => [
    recipient,
    channel,
    reportOf(letter),
    state ?? 'not sent',
    letter.subject,
    names[index] ?? '',
  ]);
  const name = isFrozen ? `edition ${edition}` : `the next edition, ${edition}`;
  const table = stackedTable({ beside: PREVIEW, below: MESSAGE }, rows, columns);
  return [
    ...wrapText(`Preview of ${name}. Nothing was sent or stored.`, { columns }),
    ...(names.length === 0 ? [] : [`Messages in: ${plainText(folder)}`]),
    '',
    renderFittedList((room) => `${table(room).join('\n')}\n`, columns, '--json'),
  ].join('\n');
}
