/**
 * How a letter becomes one mail message: text and page as alternatives, pictures
 * inside, files attached.
 */

import { createTransport } from 'nodemailer';
import { invariant } from '../domain/invariant.ts';
import { sha256Hex } from '../platform/digest.ts';
import type { ReportFile } from '../domain/letter.ts';
import type { Parcel, ParcelLetter } from './channel.ts';

export interface Mail {
  readonly letter: ParcelLetter;
  /** The report's files; the letter names those it shows and carries. */
  readonly files: readonly ReportFile[];
  readonly from: string;
  readonly to: readonly string[];
  /** The date in the header; the caller's clock, or the audit's own time. */
  readonly dateMs: number;
  /** With angle brackets; see `messageIdOf`. */
  readonly messageId: string;
  /** Signed where it is given. */
  readonly signature?: Signature;
}

/** How mail is signed: DKIM (RFC 6376), RSA and SHA-256, both parts relaxed. */
export interface Signature {
  readonly domain: string;
  readonly selector: string;
  /** PEM. */
  readonly privateKey: string;
}

/** A parcel as mail to its recipient alone. */
export function composeParcel(parcel: Parcel, signature?: Signature): Promise<Uint8Array> {
  const { recipient, ...rest } = parcel;
  return composeEml({
    ...rest,
    to: [recipient],
    ...(signature === undefined ? {} : { signature }),
  });
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
    ...signed(mail.signature),
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

/** The signature holds no time, so that the same mail is signed by the same bytes. */
function signed(signature: Signature | undefined) {
  if (signature === undefined) return {};
  const { domain, selector, privateKey } = signature;
  return { dkim: { domainName: domain, keySelector: selector, privateKey } };
}

function contentOf({ letter: { subject, text, html, pictures, attachments }, files }: Mail) {
  return {
    subject,
    text,
    ...(html === undefined ? {} : { html }),
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
  invariant(
    file !== undefined,
    `a message attaches the file ${name}, which its report does not have`,
  );
  return {
    filename: name.split('/').at(-1) ?? name,
    content: Buffer.from(file.bytes),
    contentType: file.contentType,
  };
}
