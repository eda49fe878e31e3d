/** Notifies the report's owner by mail of deliveries that failed, each of them once. */

import type { OutgoingMessage } from '../delivery/channel.ts';
import { formatCount } from '../domain/figures.ts';
import type { Delivery, DeliveryEvent, NoticeProblem } from '../domain/delivery.ts';
import { Failure } from '../domain/failure.ts';
import { wasDoneToday } from '../calendar/horizons.ts';
import { dayText, instantText } from '../domain/period.ts';
import type { JobContext } from './job.ts';
import type { OverdueStatus } from '../calendar/reportDue.ts';
import type { ReportDueFact } from '../domain/finding.ts';
import { reportDueText } from '../report/copy/findings.ts';

type NoticeContext = Pick<JobContext, 'config' | 'ledger' | 'clock' | 'channels' | 'progress'>;

/** Work log line of a notice that may have arrived; its subject is the newest event. */
const IN_DOUBT = 'notice-in-doubt';

/**
 * Reports deliveries that were refused, given up or are in doubt, each once. Returns what could not
 * be reported, in sentences; it is reported with the next delivery or check. If the notice itself
 * is in doubt, it is repeated a day later at the earliest, to not fill a mailbox.
 */
export async function notifyOwner(context: NoticeContext): Promise<string[]> {
  const { ledger, config } = context;
  const owner = config.report?.owner;
  if (owner === undefined) return [];
  const events = await ledger.deliveries.unnotifiedTroubles();
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
  const done = await ledger.work.done();
  return wasDoneToday(done, { line: IN_DOUBT, subject: String(ref) }, clock.nowMs());
}

async function noticeOf(
  { ledger }: NoticeContext,
  to: string,
  events: readonly DeliveryEvent[],
): Promise<Notice> {
  const deliveries = new Map((await ledger.deliveries.list()).map((one) => [one.id, one]));
  const text = noticeText(
    events.map((event) => ({ event, delivery: deliveries.get(event.delivery) })),
  );
  const key = ['notice', ...events.map(({ ref }) => ref), to].join('\n');
  return { to, subject: noticeSubject(events), text, key };
}

async function markReported({ ledger, clock }: NoticeContext, events: readonly DeliveryEvent[]) {
  await ledger.deliveries.markNotified(
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
  await ledger.work.markDone({ line: IN_DOUBT, subject, dueAtMs: nowMs }, nowMs);
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
async function sendNotice(
  { config, clock, channels }: NoticeContext,
  { to, subject, text, key }: Notice,
): Promise<NoticeProblem | undefined> {
  const from = config.report?.from ?? to;
  const outgoing: OutgoingMessage = {
    letter: { subject, text, pictures: [], attachments: [] },
    brief: { title: subject, headline: text, figures: [], steps: [] },
    files: [],
    from,
    recipient: to,
    messageId: channels.messageId(key, from),
    dateMs: clock.nowMs(),
  };
  try {
    const channel = await channels.open('mail');
    const message = await channel.prepare(outgoing);
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

export type OverdueReport = OverdueStatus & { readonly kind: 'due' | 'overdue' };

export interface AlertOutcome {
  /** A mail address, or `webhook`. */
  readonly heardBy: readonly string[];
  /** What went wrong, in sentences. */
  readonly problems: readonly string[];
  /** True if the alert may have reached a recipient without confirmation. */
  readonly inDoubt: boolean;
}

export function reportDue({
  quarter,
  dueMs,
  readers,
  have,
  missing,
}: OverdueReport): ReportDueFact {
  const dueAt = instantText(dueMs);
  return { code: 'report-due', quarter, dueAt, readers, have, missing };
}

function overdueSubject({ quarter, have, readers }: OverdueReport): string {
  const whom = have === 0 ? '' : ` to ${readers - have} of ${readers} leaders`;
  return `Rent check: the report of ${quarter} has not been sent${whom}`;
}

/** Alerts every address in the config; none depends on another. */
export async function alertOverdue(
  context: JobContext,
  overdue: OverdueReport,
): Promise<AlertOutcome> {
  const { quarter, dueMs } = overdue;
  return sendAlert(context, {
    caller: 'The alert about the overdue report',
    subject: overdueSubject(overdue),
    text: await statusText(context, overdue),
    key: ['dead man', quarter, dayText(context.clock.nowMs())],
    body: { schema: 'rentcheck/dead-man/1', quarter, dueAt: instantText(dueMs) },
  });
}

/** An alert that cannot wait for the report. */
export interface Alert {
  /** Which alert it is, as the subject of a sentence. */
  readonly caller: string;
  readonly subject: string;
  readonly text: string;
  /** The same key gives the same message ID, in case the alert is sent twice. */
  readonly key: readonly string[];
  /** Machine-readable fields, in addition to subject and text. */
  readonly body: { readonly schema: string } & Readonly<Record<string, unknown>>;
}

/** Sends an alert by mail and to the webhook, as the config says. */
export async function sendAlert(
  context: Pick<JobContext, 'config' | 'ledger' | 'clock' | 'channels' | 'progress'>,
  { caller, subject, text, key, body }: Alert,
): Promise<AlertOutcome> {
  const { to, webhook } = alertRecipients(context);
  const results: [name: string, unheard: NoticeProblem | undefined][] = [];
  if (to !== undefined) {
    const mail = { to, subject, text, key: [...key, to].join('\n') };
    results.push([to, await sendNotice(context, mail)]);
  }
  if (webhook !== undefined) {
    // Chats that show only `text` show both.
    const posted = { ...body, subject, text: `${subject}\n${text}` };
    results.push(['webhook', await context.channels.postJson(webhook, posted)]);
  }
  return {
    heardBy: results.flatMap(([name, unheard]) => (unheard === undefined ? [name] : [])),
    problems: results.flatMap(([name, unheard]) =>
      unheard === undefined ? [] : [failureText(caller, name, unheard)],
    ),
    inDoubt: results.some(([, unheard]) => unheard?.inDoubt === true),
  };
}

/** Returns the recipients of alerts. */
export function alertRecipients({ config }: Pick<JobContext, 'config'>) {
  const { deadMan, owner } = config.report ?? {};
  return { to: deadMan?.to ?? owner, webhook: deadMan?.webhook };
}

function failureText(caller: string, name: string, { problem, inDoubt }: NoticeProblem): string {
  const reached = inDoubt ? 'may or may not have reached' : 'did not reach';
  return `${caller} ${reached} ${name}: ${problem}`;
}

/** Describes the state of the quarter, so that the person on call knows where to look. */
async function statusText({ ledger }: JobContext, overdue: OverdueReport): Promise<string> {
  const { quarter } = overdue;
  const audit = await ledger.audits.load({ quarter });
  const editions = await ledger.deliveries.editions({ quarter });
  const [newest] = editions;
  const deliveries =
    newest === undefined ? [] : await ledger.deliveries.list({ edition: newest.id });
  const lines = [
    audit === undefined
      ? `No audit of ${quarter} is stored. To make one, run: rentcheck audit ${quarter}`
      : `An audit is stored (computed ${instantText(audit.computedAtMs)}).`,
    newest === undefined
      ? `No edition of the report exists. To make and send one, run: rentcheck send ${quarter}`
      : `Edition ${newest.id} was made ${instantText(newest.frozenAtMs)}. Its deliveries:`,
    ...deliveries.map(
      ({ recipient, channel, state, reply }) =>
        `- ${recipient} by ${channel}: ${state}${reply === undefined ? '' : ` (${reply})`}`,
    ),
    ...(newest !== undefined && deliveries.length === 0 ? ['- none'] : []),
    '',
    'To check the installation, run: rentcheck doctor',
  ];
  return `${reportDueText(reportDue(overdue))}\n\n${lines.join('\n')}\n`;
}
