/** A preview of the messages that would be sent, and a message marked as a test. */

import type { DeliveryAddress, DeliveryState, SendResult } from '../domain/delivery.ts';
import { editionId } from '../domain/edition.ts';
import { Failure } from '../domain/failure.ts';
import {
  findAddresses,
  leaderByMail,
  requireReportConfig,
  sameAddress,
  selectAddresses,
} from './recipients.ts';
import type { JobContext } from './job.ts';
import { nextEdition, renderAudit, requireWholeQuarter } from './editions.ts';
import { type Mailing, outgoingMessageFor, readMailing, toSender } from './deliver.ts';
import { findRecipientsWithNews } from './editionNews.ts';
import { loadStoredAudit } from './report.ts';

export interface MessagePreviewRequest {
  readonly quarter?: string | undefined;
  readonly to?: string | undefined;
}

export interface PreviewedLetter extends DeliveryAddress {
  readonly subject: string;
  /** The state of its delivery, if the edition is frozen and the delivery planned. */
  readonly state?: DeliveryState;
  /** The message as it would be sent. */
  readonly message: Uint8Array;
  /** `eml`, or `json` for a chat. */
  readonly extension: string;
}

export interface SendPreview {
  readonly edition: string;
  readonly isFrozen: boolean;
  readonly letters: readonly PreviewedLetter[];
}

/** Makes every message that would be sent; sends and stores nothing. */
export async function previewMessages(
  context: JobContext,
  { quarter, to }: MessagePreviewRequest,
): Promise<SendPreview> {
  const { mailing, isFrozen, telling: news } = await mailingOf(context, quarter);
  const sender = toSender(context);
  const planned = isFrozen ? await context.ledger.deliveries.list({ edition: mailing.id }) : [];
  const addresses = findAddresses(requireReportConfig(context), mailing.letters);
  const letters: PreviewedLetter[] = [];
  const named = selectAddresses(addresses, to);
  const isNamed = to !== undefined;
  for (const address of isNamed
    ? named
    : await findRecipientsWithNews(context.ledger, news, named)) {
    const channel = await context.channels.open(address.channel);
    const outgoing = await outgoingMessageFor(mailing, address, sender);
    const message = await channel.prepare(outgoing);
    const known = planned.find((delivery) => sameAddress(delivery, address));
    const state = known === undefined ? {} : { state: known.state };
    const extension = CHATS.includes(channel.kind) ? 'json' : 'eml';
    letters.push({ ...address, subject: outgoing.letter.subject, ...state, message, extension });
  }
  return { edition: mailing.id, isFrozen, letters };
}

const CHATS = ['slack', 'teams'];

/** Returns the edition of the quarter's newest audit, frozen or not. */
async function mailingOf(context: JobContext, quarter: string | undefined) {
  const record = await loadStoredAudit(context, { quarter });
  const name = requireWholeQuarter(record);
  const { ledger, clock } = context;
  const [edition] = await ledger.deliveries.editions({ quarter: name, runId: record.runId });
  if (edition !== undefined) {
    const mailing = await readMailing(context, edition);
    return { mailing, isFrozen: true, telling: { ...mailing, ...edition } };
  }
  const terms = await nextEdition(context, name, record);
  const { letters, brief, files } = await renderAudit(context, record, terms);
  const mailing: Mailing = {
    letters,
    brief,
    id: editionId(name, terms.edition),
    digest: 'not frozen',
    dateMs: clock.nowMs(),
    file: async (wanted) => files.find((file) => file.name === wanted),
  };
  const news = { quarter: name, number: terms.edition, letters };
  return { mailing, isFrozen: false, telling: news };
}

export interface TestMail {
  readonly to: string;
  readonly subject: string;
  readonly handed: SendResult;
}

/**
 * Sends the leaders' report to one recipient, with `[test]` before its subject. This is not a
 * delivery.
 */
export async function sendTest(
  context: JobContext,
  request: MessagePreviewRequest,
): Promise<TestMail> {
  const { owner } = requireReportConfig(context);
  const to = request.to ?? owner;
  if (to === undefined) throw noTestRecipient();
  const { mailing } = await mailingOf(context, request.quarter);
  const nowMs = context.clock.nowMs();
  // A new ID each time, so that a mail program does not take it for the last test.
  const test = { ...mailing, digest: `test at ${nowMs}`, dateMs: nowMs };
  const address = leaderByMail(to);
  const outgoing = await outgoingMessageFor(test, address, toSender(context));
  const subject = `[test] ${outgoing.letter.subject}`;
  const channel = await context.channels.open(address.channel);
  const message = await channel.prepare({ ...outgoing, letter: { ...outgoing.letter, subject } });
  const handing = { recipient: to, beforeSend: () => Promise.resolve() };
  return { to, subject, handed: await channel.send(message, handing) };
}

function noTestRecipient(): Failure {
  return new Failure('usage', 'Missing recipient for the test message', {
    expected: '--to ADDRESS, or report.owner in the config',
    hint: 'e.g. rentcheck send --test --to me@example.com',
  });
}
