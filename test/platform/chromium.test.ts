/** A real browser turns a page into a PDF, has no network, and is always ended. */

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { findChromium, printPdf } from '../../src/platform/chromium.ts';
import { chromiumPath } from '../support/chromium.ts';
import { startWebhook, textReply } from '../support/webhookServer.ts';

const dateMs = Date.UTC(2026, 9, 7, 5);
let chromium = '';
beforeAll(() => {
  chromium = chromiumPath();
});

const scratch = () => mkdtempSync(join(tmpdir(), 'rentcheck-browser-'));

function program(script: string): string {
  const path = join(scratch(), 'chromium');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

test('a page becomes a PDF with our date, the same bytes each time', async () => {
  const html = '<title>Rent check</title><style>@page { size: A4 }</style><h1>Delete chat</h1>';
  // Other tests print at the same time, into the folder that all share.
  vi.stubEnv('TMPDIR', scratch());
  onTestFinished(() => void vi.unstubAllEnvs());
  const pdf = Buffer.from(await printPdf({ chromium, html, dateMs }));
  expect(pdf.equals(await printPdf({ chromium, html, dateMs }))).toBe(true);
  const text = pdf.toString('latin1');
  expect(text).toMatch(/^%PDF-/);
  expect(text.match(/\(D:\d+[^)]*\)/g)).toEqual(Array(2).fill("(D:20261007050000+00'00')"));
  expect(text).toMatch(/\/MediaBox \[0 0 59[45]\.?\d* 84[12]\.?\d*\]/);
  expect(readdirSync(tmpdir())).toEqual([]);
});

test('nothing that a page links is loaded over the network', async () => {
  const server = await startWebhook(textReply(200, ''));
  const tags = ['<img src="X">', '<link rel=stylesheet href="X">', '<iframe src="X"></iframe>'];
  const html = tags.map((tag) => tag.replace('X', server.address)).join('');
  await printPdf({ chromium, html, dateMs });
  await server.close();
  expect(server.paths).toEqual([]);
});

test('a browser that hangs is ended with all its children', async () => {
  const mark = `rentcheck-hanging-${process.pid}`;
  const hanging = program(`sh -c 'sleep 600; : ${mark}' & sleep 600`);
  const attempt = printPdf({ chromium: hanging, html: '', dateMs, timeoutMs: 300 });
  await expect(attempt).rejects.toMatchObject({ code: 'timeout', hint: /report\.pdf/ });
  // They would sleep for minutes. An ended process may stay in the list for a moment.
  const processes = () => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  await expect.poll(processes).not.toContain(mark);
});

test.each([
  ['fails', 'echo "No usable sandbox!" >&2; exit 1', 'No usable sandbox!'],
  ['ends well but prints nothing', 'echo "odd" >&2', 'odd'],
])('a browser that %s fails with its last output', async (_, script, words) => {
  const attempt = printPdf({ chromium: program(script), html: '', dateMs });
  await expect(attempt).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining(words),
  });
});

test('a browser is found by name on PATH, or at the configured path', async () => {
  const path = program('');
  const folder = path.replace(/\/chromium$/, '');
  expect(await findChromium({ path: `/nowhere:${folder}` })).toBe(path);
  expect(await findChromium({ nameOrPath: path, path: '' })).toBe(path);
  expect(await findChromium({ nameOrPath: 'chromium', path: folder })).toBe(path);
  const missing = findChromium({ nameOrPath: 'brave', path: folder });
  await expect(missing).rejects.toMatchObject({ code: 'not-found', message: /looked for brave/ });
  await expect(findChromium({ path: '' })).rejects.toMatchObject({ hint: /apt-get install/ });
});
