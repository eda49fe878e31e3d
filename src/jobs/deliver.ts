/**
 * Delivers an edition: makes each recipient's message, sends it once, reports what was not sent.
 */

import { z } from 'zod';
import type { Delivery, DeliveryAddress } from '../domain/delivery.ts';
import type { Edition, EditionContent, ReportFile, ReportMessage } from '../domain/edition.ts';
import { Failure } from '../domain/failure.ts';
import { DAY_MS, instantText } from '../domain/period.ts';
import {
  findAddresses,
  requireKnownRecipient,
  requireReportConfig,
  sameRecipient,
  selectAddresses,
} from './recipients.ts';
import type { Job, JobContext, JobResult } from './job.ts';
import {
  handDelivery,
  type HandOverContext,
  LEASE_MS,
  settleAmbiguousDeliveries,
} from './handOver.ts';
import { notifyOwner } from './alerts.ts';
import { findRecipientsWithNews } from './editionNews.ts';
import { DELIVERIES_PLANNED } from './reportStatus.ts';
import type { OutgoingMessage } from '../delivery/channel.ts';

const payload = z.strictObject({
  /** `2026-Q3.1`. */
  edition: z.string(),
  /** Only this recipient, instead of all. */
  to: z.string().optional(),
});

interface ByHand {
  /** A user of the command line may send to anyone; a queued job only to known recipients. */
  readonly anybody?: boolean;
}

type DeliverRequest = z.output<typeof payload> & ByHand;

export interface DeliverResult {
  readonly edition: string;
  /** Deliveries to all recipients, or to the requested one. */
  readonly deliveries: readonly Delivery[];
}

/** `deliver {edition, to?}`: safe to repeat, by any number of workers. */
export const deliverJob: Job<DeliverRequest, DeliverResult> = {
  name: 'deliver',
  payload,
  async run(context, { edition: id, to, anybody = false }) {
    const edition = await editionNamed(context, id);
    const mailing = await readMailing(context, edition);
    const sender = toSender(context);
    const addresses = findAddresses(requireReportConfig(context), mailing.letters);
    const { ledger, clock } = context;
    await settleAmbiguousDeliveries(context);
    // Planned recipients count as known, even if the config spells them differently now.
    const planned = await ledger.deliveries.list({ edition: id });
    const known = [...addresses, ...planned];
    if (to !== undefined && !anybody) requireKnownRecipient(known, to);
    const named = selectAddresses(known, to);
    const news = { ...edition, letters: mailing.letters };
    // A recipient that is named explicitly gets the report even without news.
    const readers = to === undefined ? await findRecipientsWithNews(ledger, news, named) : named;
    await ledger.deliveries.plan(id, readers, clock.nowMs());
    if (to === undefined) await markPlanned(context, edition);
    for (const delivery of await selectDeliveries(context, id, to)) {
      if (isOpen(delivery)) await send(context, { delivery, mailing, sender });
    }
    const unsentNotices = await notifyOwner(context);
    const hasNoNews = named.length > 0 && readers.length === 0;
    return toAnswer(await selectDeliveries(context, id, to), {
      edition: id,
      unsentNotices,
      hasNoNews,
    });
  },
  figures: ({ edition, deliveries }) => ({ edition, ...countsOf(deliveries) }),
  // Longer than the five days after which the last message is given up.
  giveUpAfterMs: 7 * DAY_MS,
};

/** Counts deliveries by state. */
function countsOf(deliveries: readonly Delivery[]): Record<string, number> {
  const states = Object.groupBy(deliveries, ({ state }) => state);
  return Object.fromEntries(Object.entries(states).map(([state, some]) => [state, some.length]));
}

async function editionNamed({ ledger }: JobContext, id: string): Promise<Edition> {
  const edition = await ledger.deliveries.edition(id);
  if (edition !== undefined) return edition;
  throw new Failure('no-data', `Unknown edition ${id}`, {
    expected: 'an edition like 2026-Q3.1',
    hint: 'list the editions: rentcheck sql "SELECT edition FROM edition_by_quarter"',
  });
}

/** Records for the overdue check that deliveries to all recipients are planned. */
async function markPlanned({ ledger, clock }: JobContext, { quarter }: Edition): Promise<void> {
  const nowMs = clock.nowMs();
  await ledger.work.markDone({ line: DELIVERIES_PLANNED, subject: quarter, dueAtMs: nowMs }, nowMs);
}

async function selectDeliveries(
  { ledger }: JobContext,
  edition: string,
  to: string | undefined,
): Promise<Delivery[]> {
  const all = await ledger.deliveries.list({ edition });
  return all.filter(({ recipient }) => to === undefined || sameRecipient(recipient, to));
}

function isOpen({ state }: Delivery): boolean {
  return state === 'waiting' || state === 'deferred';
}

async function send(
  context: JobContext,
  { delivery, mailing, sender }: { delivery: Delivery; mailing: Mailing; sender: Sender },
): Promise<void> {
  const { ledger, clock, channels } = context;
  context.progress(`sending ${delivery.id} to ${delivery.recipient}`);
  const handOver: HandOverContext = {
    deliveries: ledger.deliveries,
    clock,
    worker: channels.worker,
    leaseMs: LEASE_MS,
    channel: channels.open,
  };
  await handDelivery(handOver, delivery, async (open) => {
    const outgoing = await outgoingMessageFor(mailing, delivery, sender);
    return { messageId: outgoing.messageId, bytes: await open.prepare(outgoing) };
  });
}

interface Summary {
  readonly edition: string;
  /** Notices that did not reach the owner. */
  readonly unsentNotices: readonly string[];
  /** True if the edition has no news for any recipient. */
  readonly hasNoNews: boolean;
}

function toAnswer(
  deliveries: readonly Delivery[],
  { edition, unsentNotices, hasNoNews }: Summary,
): JobResult<DeliverResult> {
  const result = { edition, deliveries };
  const reason = hasNoNews
    ? `${edition} has no news for any recipient. To send it anyway, name a recipient with --to.`
    : `${edition} has no recipients any more`;
  const withoutRecipients = deliveries.length === 0 ? [reason] : [];
  const shortfalls = [...withoutRecipients, ...deliveries.flatMap(shortfallOf), ...unsentNotices];
  const again = deliveries.flatMap(({ nextTryAtMs, leaseUntilMs }) => {
    return nextTryAtMs ?? leaseUntilMs ?? [];
  });
  if (again.length === 0) return { kind: 'done', result, shortfalls };
  return { kind: 'later', atMs: Math.min(...again), reason: shortfalls.join('; '), result };
}

/** Describes a delivery that is not sent. */
function shortfallOf(delivery: Delivery): string[] {
  const { id, recipient, state, reply, nextTryAtMs } = delivery;
  if (state === 'sent') return [];
  const to = `${id} to ${recipient}`;
  const replyText = reply === undefined ? '' : `: ${reply}`;
  if (state === 'ambiguous') {
    const command = `rentcheck send --resolve ${id} --as sent|send-again --note WHY`;
    return [
      `${to} may or may not have arrived${replyText}. Ask the recipient, then run: ${command}`,
    ];
  }
  const until = nextTryAtMs === undefined ? '' : `, next attempt ${instantText(nextTryAtMs)}`;
  return [`${to} is ${state}${until}${replyText}`];
}

/** What is sent: an edition, or a report that would become one. */
export interface Mailing extends EditionContent {
  readonly id: string;
  /** Distinguishes two editions with the same ID, should a ledger be lost. */
  readonly digest: string;
  readonly dateMs: number;
  readonly file: (name: string) => Promise<ReportFile | undefined>;
}

export async function readMailing(
  { ledger }: Pick<JobContext, 'ledger'>,
  { id, digest, frozenAtMs }: Edition,
): Promise<Mailing> {
  const content = await ledger.deliveries.editionContent(id);
  const file = (name: string) => ledger.deliveries.editionFile(id, name);
  return { ...content, id, digest, dateMs: frozenAtMs, file };
}

export interface Sender {
  readonly from: string;
  readonly messageId: (key: string, from: string) => string;
  /** Address of the archive, if there is one. */
  readonly archive?: string;
}

export function toSender({ config, channels: { messageId } }: JobContext): Sender {
  const { from } = requireReportConfig({ config });
  const archive = config.web?.link;
  return { from, messageId, ...(archive === undefined ? {} : { archive }) };
}

/**
 * Returns the message for one address.
 * @throws {Failure} `no-data` if the edition has no report for this recipient.
 */
export async function outgoingMessageFor(
  mailing: Mailing,
  address: DeliveryAddress,
  { from, messageId, archive }: Sender,
): Promise<OutgoingMessage> {
  const letter = letterFor(mailing, address);
  const { channel, recipient, role, deployment = '' } = address;
  const { id, digest, dateMs, brief } = mailing;
  const key = [id, digest, channel, recipient, role, deployment].join('\n');
  return {
    letter,
    brief,
    files: await filesOf(mailing, letter),
    from,
    recipient,
    messageId: messageId(key, from),
    dateMs,
    ...(archive === undefined ? {} : { link: `${archive}/reports/${id}` }),
  };
}

function letterFor({ id, letters }: Mailing, { role, deployment }: DeliveryAddress): ReportMessage {
  const letter = letters.find((one) => one.role === role && one.deployment === deployment);
  if (letter !== undefined) return letter;
  const whose = deployment === undefined ? role : `${role} of ${deployment}`;
  throw new Failure('no-data', `Edition ${id} has no report for the ${whose}`, {
    hint: 'cancel the delivery: rentcheck send --resolve DELIVERY --as give-up --note WHY',
  });
}

async function filesOf(mailing: Mailing, letter: ReportMessage): Promise<ReportFile[]> {
  const named = [...letter.pictures.map(({ file }) => file), ...letter.attachments];
  const files = await Promise.all([...new Set(named)].map((name) => mailing.file(name)));
  return files.filter((file) => file !== undefined);
}
