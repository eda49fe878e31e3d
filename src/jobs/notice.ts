/** Notifies the report's owner by mail of deliveries that failed, each of them once. */

import type { OutgoingMessage } from '../delivery/channel.ts';
import { formatCount } from '../domain/counted.ts';
import type { Delivery, DeliveryEvent, NoticeProblem } from '../domain/delivery.ts';
import { Failure } from '../domain/failure.ts';
import { DAY_MS, HOUR_MS, instantText } from '../domain/period.ts';
import type { JobContext } from './context.ts';

type NoticeContext = Pick<
  JobContext,
  'config' | 'ledger' | 'clock' | 'channel' | 'messageIdOf' | 'progress'
>;

/** Work log line of a notice that may have arrived; its subject is the newest event. */
const IN_DOUBT = 'notice-in-doubt';
/** A little less than a day, because the check runs at about the same time each day. */
const QUIET_MS = DAY_MS - HOUR_MS;

/**
 * Reports deliveries that were refused, given up or are in doubt, each once. Returns what could not
 * be reported, in sentences; it is reported with the next delivery or check. If the notice itself
 * is in doubt, it is repeated a day later at the earliest, to not fill a mailbox.
 */
export async function notifyOwner(context: NoticeContext): Promise<string[]> {
  const { ledger, config } = context;
  const owner = config.report?.owner;
  if (owner === undefined) return [];
  const events = await ledger.unnotifiedTroubles();
  const newest = events.at(-1);
  if (newest === undefined) return [];
  if (await mayHaveArrived(context, newest)) {
    return [`The notice to ${owner} may or may not have arrived. It is repeated tomorrow.`];
  }
  const unheard = await sendNotice(context, await noticeOf(context, owner, events));
  return unheard === undefined
    ? markReported(context, events)
    : recordUnsent(context, { newest, unheard, owner });
}

async function mayHaveArrived({ ledger, clock }: NoticeContext, { ref }: DeliveryEvent) {
  const done = await ledger.workDone();
  const tried = done.find(({ line, subject }) => line === IN_DOUBT && subject === String(ref));
  return tried !== undefined && clock.nowMs() - tried.doneAtMs < QUIET_MS;
}

async function noticeOf(
  { ledger }: NoticeContext,
  to: string,
  events: readonly DeliveryEvent[],
): Promise<Notice> {
  const deliveries = new Map((await ledger.deliveries()).map((one) => [one.id, one]));
  const text = noticeText(
    events.map((event) => ({ event, delivery: deliveries.get(event.delivery) })),
  );
  const key = ['notice', ...events.map(({ ref }) => ref), to].join('\n');
  return { to, subject: noticeSubject(events), text, key };
}

async function markReported({ ledger, clock }: NoticeContext, events: readonly DeliveryEvent[]) {
  await ledger.markNotified(
    events.map(({ ref }) => ref),
    clock.nowMs(),
  );
  return [];
}

interface UnsentNotice {
  readonly newest: DeliveryEvent;
  readonly unheard: NoticeProblem;
  readonly owner: string;
}

async function recordUnsent(
  { ledger, clock }: NoticeContext,
  { newest, unheard: { problem, inDoubt }, owner }: UnsentNotice,
): Promise<string[]> {
  const nowMs = clock.nowMs();
  const subject = String(newest.ref);
  if (!inDoubt) return [`Cannot notify ${owner}: ${problem}`];
  await ledger.markDone({ line: IN_DOUBT, subject, dueAtMs: nowMs }, nowMs);
  return [`The notice to ${owner} may or may not have arrived: ${problem}`];
}

interface Notice {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same key gives the same message ID, in case the notice is sent twice. */
  readonly key: string;
}

/** Sends a short mail that is not an edition; returns nothing if it was accepted. */
export async function sendNotice(
  { config, clock, channel: open, messageIdOf }: NoticeContext,
  { to, subject, text, key }: Notice,
): Promise<NoticeProblem | undefined> {
  const from = config.report?.from ?? to;
  const parcel: OutgoingMessage = {
    letter: { subject, text, pictures: [], attachments: [] },
    brief: { title: subject, headline: text, figures: [], steps: [] },
    files: [],
    from,
    recipient: to,
    messageId: messageIdOf(key, from),
    dateMs: clock.nowMs(),
  };
  try {
    const channel = await open('mail');
    const message = await channel.prepare(parcel);
    const handing = { recipient: to, beforeSend: () => Promise.resolve() };
    const handed = await channel.send(message, handing);
    if (handed.kind === 'sent') return undefined;
    return handed.kind === 'ambiguous'
      ? { problem: handed.reason, inDoubt: true }
      : { problem: handed.reply, inDoubt: false };
  } catch (error) {
    if (error instanceof Failure) return { problem: error.message, inDoubt: false };
    throw error;
  }
}

function noticeSubject(events: readonly DeliveryEvent[]): string {
  const doubts = events.filter(({ state }) => state === 'ambiguous').length;
  const lost = events.length - doubts;
  if (lost === 0) return `Rent check: ${formatCount(doubts, 'message')} in doubt`;
  const also = doubts === 0 ? '' : `, ${doubts} in doubt`;
  return `Rent check: ${formatCount(lost, 'message')} not delivered${also}`;
}

interface ReportedEvent {
  readonly event: DeliveryEvent;
  readonly delivery: Delivery | undefined;
}

const ENDS: Readonly<Partial<Record<DeliveryEvent['state'], string>>> = {
  failed: 'given up',
  ambiguous: 'in doubt',
};

function noticeText(events: readonly ReportedEvent[]): string {
  const lines = events.map(({ event, delivery }) => {
    const { recipient = 'unknown recipient', channel = '' } = delivery ?? {};
    const why = event.detail === undefined ? '' : `\n  ${event.detail}`;
    const at = instantText(event.atMs);
    const end = ENDS[event.state] ?? event.state;
    return `${event.delivery} to ${recipient} by ${channel}: ${end}, ${at}${why}`;
  });
  return `${lines.join('\n\n')}

rentcheck does not send these messages again by itself. Record the outcome of each delivery:

  rentcheck send --resolve DELIVERY --as sent|send-again|give-up --note TEXT

"In doubt" means that the message was handed over, but nothing confirms that it was accepted.
Ask the recipient first.
`;
}
