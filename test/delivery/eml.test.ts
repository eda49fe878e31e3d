/** The mail message as another program parses it. */

import { type Attachment, simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { composeEml, type MailMessage, toMessageId } from '../../src/delivery/eml.ts';
import { aDetail } from '../support/auditFixture.ts';
import { hostileAudit, mixedAudit } from '../support/audits.ts';
import { findFile, messageTo, renderCached } from '../support/renderedReport.ts';

const FROM = 'Rent check <audit@Example.com>';

async function aMail(audit = mixedAudit()): Promise<MailMessage> {
  const report = await renderCached({ audit, detail: aDetail(audit) });
  return {
    letter: messageTo(report, 'leader'),
    files: report.files,
    from: FROM,
    to: ['cfo@example.com', 'cto@example.com'],
    dateMs: Date.UTC(2026, 9, 5, 7),
    messageId: toMessageId(audit.runId, FROM),
  };
}

const parsed = async (mail: MailMessage) =>
  simpleParser(Buffer.from(await composeEml(mail)), { skipImageLinks: true });

describe('the message', () => {
  it('is the same to the byte when it is composed again', async () => {
    const mail = await aMail();
    expect(Buffer.compare(await composeEml(mail), await composeEml(mail))).toBe(0);
  });

  it('carries subject, text, page, charts and data unchanged', async () => {
    const sent = await aMail();
    const { letter, files } = sent;
    const { html = '' } = letter;
    const mail = await parsed(sent);
    expect(mail.subject).toBe(letter.subject);
    expect(mail.text?.trimEnd()).toBe(letter.text.trimEnd());
    expect(mail.html).toBe(html.replace(/\n$/, '') + (html.endsWith('\n') ? '\n' : ''));
    const contents = mail.attachments.map(({ content }: Attachment) => content);
    expect(contents.map((content) => content.toString('base64'))).toEqual(
      [...letter.pictures.map(({ file }) => file), ...letter.attachments].map((name) =>
        Buffer.from(findFile(files, name).bytes).toString('base64'),
      ),
    );
  });

  it('has the requested date, addresses and name', async () => {
    const mail = await parsed(await aMail());
    expect(mail.date?.toISOString()).toBe('2026-10-05T07:00:00.000Z');
    expect(mail.messageId).toBe(toMessageId('run-0123456789abcdef', FROM));
    expect(mail.from?.text).toBe('"Rent check" <audit@example.com>');
    expect([mail.to].flat().map((to) => to?.text)).toEqual(['cfo@example.com, cto@example.com']);
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
  });

  it('has text and page as alternatives, charts with the page, data as attachments', async () => {
    const message = Buffer.from(await composeEml(await aMail())).toString('latin1');
    const types = message.match(/^Content-Type: [a-z]+\/[a-z]+/gim);
    expect(types?.map((line) => line.slice(14))).toEqual([
      'multipart/mixed',
      'multipart/alternative',
      'text/plain',
      'multipart/related',
      'text/html',
      ...Array<string>(6).fill('image/png'),
      'application/json',
      'text/csv',
      'text/csv',
      'text/csv',
    ]);
    expect(message.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('shows every picture that the page uses', async () => {
    const mail = await parsed(await aMail());
    const references = [...String(mail.html).matchAll(/src="cid:([^"]+)"/g)].map(([, id]) => id);
    const inline = mail.attachments.filter(({ related }: Attachment) => related);
    expect(references.length).toBeGreaterThan(1);
    expect(new Set(references)).toEqual(new Set(inline.map(({ cid }: Attachment) => cid)));
    expect(inline).toHaveLength(references.length);
  });

  it('lets no name add a header or read a file', async () => {
    const sent = await aMail(hostileAudit());
    const subject = 'a\r\nBcc: victim@example.com';
    const mail = await parsed({ ...sent, letter: { ...sent.letter, subject } });
    expect(mail.bcc).toBeUndefined();
    expect([...mail.headers.keys()]).not.toContain('bcc');
  });
});

describe('the id of a message', () => {
  it('is the digest of its key at the sender’s domain', () => {
    expect(toMessageId('', FROM)).toBe(
      '<e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855@example.com>',
    );
    expect(toMessageId('a', 'audit@müller.example')).toMatch(/@xn--mller-kva\.example>$/);
    expect(toMessageId('a', 'no address')).toMatch(/@rentcheck\.invalid>$/);
  });
});
