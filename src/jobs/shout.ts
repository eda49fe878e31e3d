/** Sends alerts: by mail to another address, and to a webhook. */

import type { OverdueStatus } from '../domain/deadMan.ts';
import type { NoticeProblem } from '../domain/delivery.ts';
import type { ReportDueFact } from '../domain/finding.ts';
import { dayText, instantText } from '../domain/period.ts';
import { reportDueText } from '../report/copy/findings.ts';
import type { JobContext } from './context.ts';
import { sendNotice } from './notice.ts';

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
  context: Pick<
    JobContext,
    'config' | 'ledger' | 'clock' | 'channel' | 'messageIdOf' | 'progress' | 'postJson'
  >,
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
    results.push(['webhook', await context.postJson(webhook, posted)]);
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
  const audit = await ledger.loadAudit({ quarter });
  const editions = await ledger.editions({ quarter });
  const [newest] = editions;
  const deliveries = newest === undefined ? [] : await ledger.deliveries({ edition: newest.id });
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
