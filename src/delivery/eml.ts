/**
 * Knows how a letter becomes one mail message: text and page as alternatives, pictures
 * inside, files attached.
 */

import { createTransport } from 'nodemailer';
import { invariant } from '../domain/invariant.ts';
import { sha256Hex } from '../platform/digest.ts';
import type { ReportFile, ReportLetter } from '../report/letter.ts';

export interface Mail {
  readonly letter: ReportLetter;
  /** The report's files; the letter names those it shows and carries. */
  readonly files: readonly ReportFile[];
  readonly from: string;
  readonly to: readonly string[];
  /** The date in the header; the caller's clock, or the audit's own time. */
  readonly dateMs: number;
  /** With angle brackets; see {@link messageIdOf}. */
  readonly messageId: string;
}

/**
 * RFC 5322 bytes, lines ended by CRLF: mixed(alternative(text, related(html, pictures)),
 * attachments). The same mail gives the same bytes. Nothing is read from disk or net, whatever a
 * name looks like.
 */
export async function composeEml(mail: Mail): Promise<Uint8Array> {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const { message } = await transport.sendMail({
    from: mail.from,
    to: [...mail.to],
    date: new Date(mail.dateMs),
    messageId: mail.messageId,
    ...contentOf(mail),
    // An out-of-office assistant should not answer an audit.
    headers: { 'Auto-Submitted': 'auto-generated' },
    xMailer: false,
    // Fixed for the same letter, yet not to be guessed by who names a pod.
    baseBoundary: sha256Hex(mail.messageId).slice(0, 32),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  invariant(Buffer.isBuffer(message), 'a buffering transport answers with the whole message');
  return new Uint8Array(message);
}

/**
 * A stable id: the same report to the same people is the same message, wherever it is made again.
 * `key` names the edition, e.g. run id and recipients; the domain is the sender's.
 */
export function messageIdOf(key: string, from: string): string {
  const domain = /@([a-z0-9.-]+)/i.exec(from)?.[1] ?? 'rentcheck.invalid';
  return `<${sha256Hex(key)}@${domain.toLowerCase()}>`;
}

function contentOf({ letter: { subject, text, html, pictures, attachments }, files }: Mail) {
  return {
    subject,
    text,
    html,
    attachments: [
      ...pictures.map(({ cid, file }) => ({
        ...part(files, file),
        cid,
        contentDisposition: 'inline' as const,
      })),
      ...attachments.map((file) => part(files, file)),
    ],
  };
}

/** A file by its own name, without the folder it stands in. */
function part(files: readonly ReportFile[], name: string) {
  const file = files.find((candidate) => candidate.name === name);
  invariant(file !== undefined, `a letter names the file ${name}, which its report does not hold`);
  return {
    filename: name.split('/').at(-1) ?? name,
    content: Buffer.from(file.bytes),
    contentType: file.contentType,
  };
}
