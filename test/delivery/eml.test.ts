/** Knows what the mail message must be when somebody else takes it apart. */

import { type Attachment, simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { composeEml, type Letter, messageIdOf } from '../../src/delivery/eml.ts';
import { renderReport } from '../../src/report/report.ts';
import { aDetail } from '../support/auditFixture.ts';
import { hostileAudit, mixedAudit } from '../support/audits.ts';

const FROM = 'Rent check <audit@Example.com>';

async function aLetter(audit = mixedAudit()): Promise<Letter> {
  const report = await renderReport({ audit, detail: aDetail(audit) });
  return {
    report,
    from: FROM,
    to: ['cfo@example.com', 'cto@example.com'],
    dateMs: Date.UTC(2026, 9, 5, 7),
    messageId: messageIdOf(audit.runId, FROM),
  };
}

const parsed = async (letter: Letter) =>
  simpleParser(Buffer.from(await composeEml(letter)), { skipImageLinks: true });

describe('the message', () => {
  it('is the same to the byte when it is composed again', async () => {
    const letter = await aLetter();
    expect(Buffer.compare(await composeEml(letter), await composeEml(letter))).toBe(0);
  });

  it('brings subject, text, page, charts and data through unharmed', async () => {
    const letter = await aLetter();
    const { report } = letter;
    const mail = await parsed(letter);
    expect(mail.subject).toBe(report.subject);
    expect(mail.text?.trimEnd()).toBe(report.text.trimEnd());
    expect(mail.html).toBe(
      report.html.replace(/\n$/, '') + (report.html.endsWith('\n') ? '\n' : ''),
    );
    const contents = mail.attachments.map(({ content }: Attachment) => content);
    expect(contents.map((content) => content.toString('base64'))).toEqual([
      ...report.charts.map(({ png }) => Buffer.from(png).toString('base64')),
      Buffer.from(report.json).toString('base64'),
    ]);
  });

  it('is dated, addressed and named as asked', async () => {
    const mail = await parsed(await aLetter());
    expect(mail.date?.toISOString()).toBe('2026-10-05T07:00:00.000Z');
    expect(mail.messageId).toBe(messageIdOf('run-0123456789abcdef', FROM));
    expect(mail.from?.text).toBe('"Rent check" <audit@example.com>');
    expect([mail.to].flat().map((to) => to?.text)).toEqual(['cfo@example.com, cto@example.com']);
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
  });

  it('offers text and page as alternatives, charts with the page, data beside them', async () => {
    const message = Buffer.from(await composeEml(await aLetter())).toString('latin1');
    const types = message.match(/^Content-Type: [a-z]+\/[a-z]+/gim);
    expect(types?.map((line) => line.slice(14))).toEqual([
      'multipart/mixed',
      'multipart/alternative',
      'text/plain',
      'multipart/related',
      'text/html',
      'image/png',
      'image/png',
      'application/json',
    ]);
    expect(message.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('shows every picture that the page asks for', async () => {
    const mail = await parsed(await aLetter());
    const asked = [...String(mail.html).matchAll(/src="cid:([^"]+)"/g)].map(([, id]) => id);
    expect(asked).toEqual(mail.attachments.slice(0, 2).map(({ cid }: Attachment) => cid));
  });

  it('lets no name add a header or read a file', async () => {
    const letter = await aLetter(hostileAudit());
    const subject = 'a\r\nBcc: victim@example.com';
    const mail = await parsed({ ...letter, report: { ...letter.report, subject } });
    expect(mail.bcc).toBeUndefined();
    expect([...mail.headers.keys()]).not.toContain('bcc');
  });
});

describe('the id of a message', () => {
  it('is the digest of its key at the sender’s domain', () => {
    expect(messageIdOf('', FROM)).toBe(
      '<e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855@example.com>',
    );
    expect(messageIdOf('a', 'no address')).toMatch(/@rentcheck\.invalid>$/);
  });
});
