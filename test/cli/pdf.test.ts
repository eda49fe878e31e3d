/** The command line makes the configured PDF with a real browser. */

import { existsSync, readFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { beforeAll, expect, test } from 'vitest';
import { chromiumPath } from '../support/chromium.ts';
import { folderWith, rentcheck } from '../support/cli.ts';
import { fillFolder, expectSuccess } from './cliFixture.ts';

let chromium = '';
beforeAll(() => {
  chromium = chromiumPath();
});

async function reported(browser: string): Promise<string> {
  const folder = await fillFolder(await folderWith({}));
  const readers = 'from: a@example.com, to: [c@example.com]';
  const section = `report: { ${readers}, pdf: true, chromium: ${browser} }\n`;
  await appendFile(join(folder, 'rentcheck.yaml'), section);
  await rentcheck(folder, ['audit', 'last']);
  const ran = expectSuccess(await rentcheck(folder, ['report', 'last']));
  expect(ran.stderr).toBe('');
  return join(folder, 'out');
}

test('report writes the PDF next to the page and attaches it to the mail', async () => {
  const out = await reported(chromium);
  const pdf = readFileSync(join(out, 'report.pdf'));
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  const mail = await simpleParser(readFileSync(join(out, 'report.eml')));
  const attached = mail.attachments.find(({ filename }) => filename === 'report.pdf');
  expect(attached?.contentType).toBe('application/pdf');
  expect(attached?.content.equals(pdf)).toBe(true);
});

test('without a browser the report is made anyway, and says so', async () => {
  const out = await reported('./no-such-browser');
  expect(existsSync(join(out, 'report.pdf'))).toBe(false);
  const text = readFileSync(join(out, 'report.txt'), 'utf8').replaceAll(/\s+/g, ' ');
  expect(text).toContain('The PDF is missing because no browser is installed to make it.');
});
