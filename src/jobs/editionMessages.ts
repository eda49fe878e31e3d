/** Makes the message for one recipient from an edition: the report and its files. */

import type { OutgoingMessage } from '../delivery/channel.ts';
import type { DeliveryAddress } from '../domain/delivery.ts';
import type { Edition, EditionContent, ReportFile, ReportMessage } from '../domain/edition.ts';
import { Failure } from '../domain/failure.ts';
import { requireReportConfig } from './recipients.ts';
import type { JobContext } from './job.ts';

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
  const content = await ledger.editionContent(id);
  const file = (name: string) => ledger.editionFile(id, name);
  return { ...content, id, digest, dateMs: frozenAtMs, file };
}

export interface Sender {
  readonly from: string;
  readonly messageIdOf: (key: string, from: string) => string;
  /** Address of the archive, if there is one. */
  readonly archive?: string;
}

export function toSender({ config, messageIdOf }: JobContext): Sender {
  const { from } = requireReportConfig({ config });
  const archive = config.web?.link;
  return { from, messageIdOf, ...(archive === undefined ? {} : { archive }) };
}

/**
 * Returns the message for one address.
 * @throws {Failure} `no-data` if the edition has no report for this recipient.
 */
export async function parcelFor(
  mailing: Mailing,
  address: DeliveryAddress,
  { from, messageIdOf, archive }: Sender,
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
    messageId: messageIdOf(key, from),
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
