/** Knows how the report's owner hears of what did not arrive: by mail, each trouble once. */

import type { Parcel } from '../delivery/channel.ts';
import type { Delivery, DeliveryEvent } from '../domain/delivery.ts';
import { Failure } from '../domain/failure.ts';
import { instantText } from '../domain/period.ts';
import type { JobContext } from './context.ts';

type NoticeContext = Pick<
  JobContext,
  'config' | 'ledger' | 'clock' | 'channel' | 'messageIdOf' | 'progress'
>;

/**
 * Tells what was refused, given up or is in doubt, and has not been told. Answers what could not be
 * told, in sentences; it is told with the next delivery or check.
 */
export async function tellOwner(context: NoticeContext): Promise<string[]> {
  const { ledger, clock, config } = context;
  const owner = config.report?.owner;
  if (config.report === undefined || owner === undefined) return [];
  const events = await ledger.untoldTroubles();
  if (events.length === 0) return [];
  const deliveries = new Map((await ledger.deliveries()).map((one) => [one.id, one]));
  const told = events.map((event) => ({ event, delivery: deliveries.get(event.delivery) }));
  const text = noticeText(told);
  const key = ['notice', ...events.map(({ ref }) => ref), owner].join('\n');
  const problem = await sendNotice(context, {
    to: owner,
    subject: subjectOf(events),
    text,
    key,
  });
  if (problem !== undefined) return [`${owner} could not be told of it: ${problem}`];
  await ledger.markTold(
    events.map(({ ref }) => ref),
    clock.nowMs(),
  );
  return [];
}

interface Notice {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same key is the same message, should it ever go out twice. */
  readonly key: string;
}

/** A short mail that is no edition; answers what went wrong, if anything did. */
export async function sendNotice(
  { config, clock, channel: open, messageIdOf }: NoticeContext,
  { to, subject, text, key }: Notice,
): Promise<string | undefined> {
  const from = config.report?.from ?? to;
  const parcel: Parcel = {
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
    const handing = { recipient: to, beforeHandOver: () => Promise.resolve() };
    const handed = await channel.hand(message, handing);
    if (handed.kind === 'sent') return undefined;
    return handed.kind === 'ambiguous' ? handed.reason : handed.reply;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

function subjectOf(events: readonly DeliveryEvent[]): string {
  const doubts = events.filter(({ state }) => state === 'ambiguous').length;
  const lost = events.length - doubts;
  const parts = [
    ...(lost > 0 ? [`${lost} not delivered`] : []),
    ...(doubts > 0 ? [`${doubts} in doubt`] : []),
  ];
  return `Rent check: ${parts.join(', ')}`;
}

interface Told {
  readonly event: DeliveryEvent;
  readonly delivery: Delivery | undefined;
}

function noticeText(told: readonly Told[]): string {
  const lines = told.map(({ event, delivery }) => {
    const { recipient = 'somebody', channel = '' } = delivery ?? {};
    const why = event.detail === undefined ? '' : `\n  ${event.detail}`;
    const at = instantText(event.atMs);
    return `${event.delivery} to ${recipient} by ${channel}: ${event.state}, ${at}${why}`;
  });
  return `${lines.join('\n\n')}

Nothing of this is tried again by itself. To decide, one delivery at a time:

  rentcheck send --resolve DELIVERY --as sent|send-again|give-up --note TEXT

"In doubt" means that the message was handed over and no answer came: ask the reader first.
`;
}
