/**
 * Knows how a report becomes one mail message: text and page as alternatives, charts inside, data
 * attached.
 */

import { createTransport } from 'nodemailer';
import { invariant } from '../domain/invariant.ts';
import { sha256Hex } from '../platform/digest.ts';
import type { Report } from '../report/report.ts';

export interface Letter {
  readonly report: Report;
  readonly from: string;
  readonly to: readonly string[];
  /** The date in the header; the caller's clock, or the audit's own time. */
  readonly dateMs: number;
  /** With angle brackets; see {@link messageIdOf}. */
  readonly messageId: string;
}

/**
 * RFC 5322 bytes, lines ended by CRLF: mixed(alternative(text, related(html, charts)),
 * report.json).
 * The same letter gives the same bytes. Nothing is read from disk or net, whatever a name looks
 * like.
 */
export async function composeEml(letter: Letter): Promise<Uint8Array> {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const { message } = await transport.sendMail({
    from: letter.from,
    to: [...letter.to],
    date: new Date(letter.dateMs),
    messageId: letter.messageId,
    ...contentOf(letter.report),
    // An out-of-office assistant should not answer an audit.
    headers: { 'Auto-Submitted': 'auto-generated' },
    xMailer: false,
    // Fixed for the same letter, yet not to be guessed by who names a pod.
    baseBoundary: sha256Hex(letter.messageId).slice(0, 32),
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

function contentOf({ subject, text, html, charts, json }: Report) {
  return {
    subject,
    text,
    html,
    attachments: [
      ...charts.map(({ id, filename, png }) => ({
        cid: id,
        filename,
        content: Buffer.from(png),
        contentType: 'image/png',
        contentDisposition: 'inline' as const,
      })),
      { filename: 'report.json', content: json, contentType: 'application/json' },
    ],
  };
}
