/** Builds a mail message (text, HTML, pictures, attachments), and checks mail addresses. */

import { domainToASCII } from 'node:url';
import { createTransport } from 'nodemailer';
import { invariant } from '../domain/failure.ts';
import { sha256Hex } from '../platform/digest.ts';
import type { ReportFile } from '../domain/edition.ts';
import type { OutgoingMessage } from './channel.ts';

export interface MailMessage
  extends Pick<OutgoingMessage, 'letter' | 'files' | 'from' | 'dateMs' | 'messageId'> {
  readonly to: readonly string[];
  readonly signature?: DkimSignature;
}

/** How mail is signed: DKIM (RFC 6376), RSA with SHA-256, header and body relaxed. */
export interface DkimSignature {
  readonly domain: string;
  readonly selector: string;
  /** PEM. */
  readonly privateKey: string;
}

/** Builds the mail of a message to its one recipient. */
export function composeMessage(
  outgoing: OutgoingMessage,
  signature?: DkimSignature,
): Promise<Uint8Array> {
  const { recipient, ...rest } = outgoing;
  return composeEml({
    ...rest,
    to: [recipient],
    ...(signature === undefined ? {} : { signature }),
  });
}

/**
 * RFC 5322 bytes with CRLF line ends: mixed(alternative(text, related(html, pictures)),
 * attachments). The same mail gives the same bytes. Never reads from disk or network, whatever a
 * file name looks like.
 */
export async function composeEml(mail: MailMessage): Promise<Uint8Array> {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const { message } = await transport.sendMail({
    from: mail.from,
    to: [...mail.to],
    date: new Date(mail.dateMs),
    messageId: mail.messageId,
    ...contentOf(mail),
    ...dkimOptions(mail.signature),
    // Keeps out-of-office assistants from replying.
    headers: { 'Auto-Submitted': 'auto-generated' },
    xMailer: false,
    // The same for the same letter, but not guessable by someone who picks deployment names.
    baseBoundary: sha256Hex(mail.messageId).slice(0, 32),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  invariant(Buffer.isBuffer(message), 'a buffering transport answers with the whole message');
  return new Uint8Array(message);
}

/** The signature contains no time, so the same mail gets the same signature. */
function dkimOptions(signature: DkimSignature | undefined) {
  if (signature === undefined) return {};
  const { domain, selector, privateKey } = signature;
  return { dkim: { domainName: domain, keySelector: selector, privateKey } };
}

function contentOf({ letter: { subject, text, html, pictures, attachments }, files }: MailMessage) {
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

/** A file under its own name, without its folder. */
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

/**
 * The address with its domain in ASCII (RFC 5890), which every server accepts. `x@müller.example`
 * becomes `x@xn--mller-kva.example`. An invalid domain is left alone for its server to reject.
 */
export function toAsciiAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = domainToASCII(address.slice(at + 1));
  return domain === '' ? address : `${address.slice(0, at + 1)}${domain}`;
}

/**
 * `key` identifies the message and its recipient. The domain is the sender's. Returns the id with
 * angle brackets, as in the header.
 */
export function toMessageId(key: string, from: string): string {
  const domain = /@([a-z0-9.-]+)/i.exec(toAsciiAddress(from))?.[1] ?? 'rentcheck.invalid';
  return `<${sha256Hex(key)}@${domain.toLowerCase()}>`;
}
