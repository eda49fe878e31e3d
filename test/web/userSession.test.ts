/**
 * A user's whole session: finds a quarter, reads its report, runs it again, and sees it finish. A
 * real worker, Redis and browser; the providers are the demo's emulators.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { AUDITED_AT_MS } from '../../src/demo/calendar.ts';
import { buildFleet } from '../../src/demo/fleet.ts';
import { renderDemoConfig } from '../../src/demo/config.ts';
import { DEMO_ENVIRONMENT, startDemoEmulators } from '../../src/demo/sources.ts';
import { findAccessibilityFaults } from '../support/axe.ts';
import { launchChromium } from '../support/chromium.ts';
import { rentcheck, temporaryFolder } from '../support/cli.ts';
import { START_ARGUMENTS } from '../support/runProgram.ts';
import { LIMIT_MS } from '../support/timeouts.ts';
import { sharedRedis } from '../support/redis.ts';
import { TOKEN } from './siteFixture.ts';

vi.setConfig({ testTimeout: 400_000 });

const folder = temporaryFolder();
const ends: (() => unknown)[] = [];
let browser: Browser;
let origin: string;

beforeAll(async () => {
  const redis = await sharedRedis();
  ends.unshift(() => redis.stop());
  const demo = await rentcheck(folder.path, ['demo', '--out', folder.path]);
  if (demo.code !== 0) throw new Error(`there is no demo:\n${demo.stderr}`);
  const { address, prefix } = redis.place();
  await pointAtEmulators(prefix);
  origin = await startWorker(address);
  browser = await launchChromium();
  ends.unshift(() => browser.close());
  await freezeFirstEdition();
});

afterAll(async () => {
  for (const end of ends) await end();
});

/** The demo's own emulators have stopped. Others for the same fleet replace them. */
async function pointAtEmulators(prefix: string): Promise<void> {
  const world = await startDemoEmulators(buildFleet(), { nowMs: () => AUDITED_AT_MS }, folder.path);
  ends.unshift(() => world.close());
  const config = renderDemoConfig(world.addresses, './rentcheck.db');
  const queue = `redis: { url: "\${REDIS_URL}", prefix: ${prefix} }`;
  const web = 'web: { port: 0, token: "${WEB_TOKEN}" }';
  writeFileSync(join(folder.path, 'rentcheck.yaml'), `${config}\n${queue}\n${web}\n`);
}

/** Starts the worker as a separate program. Returns the address of its pages. */
async function startWorker(redisUrl: string): Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    ...DEMO_ENVIRONMENT,
    REDIS_URL: redisUrl,
    WEB_TOKEN: TOKEN,
  };
  const child = spawn(process.execPath, [START_ARGUMENTS, 'worker'], { cwd: folder.path, env });
  ends.unshift(() => ended(child));
  let log = '';
  return new Promise((found, lost) => {
    child.once('exit', () => lost(new Error(`the worker ended:\n${log}`)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      const at = /"at":"(http:[^"]+)"/.exec(log)?.[1];
      if (at !== undefined) found(at);
    });
  });
}

function ended(child: ChildProcess): Promise<unknown> {
  const end = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  return end;
}

/** As a program would: adds a job by JSON, then polls until it is over. */
async function freezeFirstEdition(): Promise<void> {
  const authorization = `Bearer ${TOKEN}`;
  const sent = await fetch(`${origin}/rerun`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ job: 'report', payload: { quarter: '2026-Q3', freeze: true } }),
  });
  const { at } = (await sent.json()) as { at: string };
  const job = async () => {
    const answer = await fetch(`${origin}${at}`, { headers: { authorization } });
    return (await answer.json()) as { state: string; reason?: string };
  };
  await vi.waitUntil(async () => ['done', 'failed'].includes((await job()).state), 300_000);
  const { state, reason } = await job();
  if (state !== 'done') throw new Error(`nothing was frozen: ${reason}`);
}

/** A browser tab without requests to other hosts. */
async function tab() {
  const context = await browser.newContext({ baseURL: origin });
  context.setDefaultTimeout(LIMIT_MS);
  onTestFinished(() => context.close());
  const outside: string[] = [];
  context.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) outside.push(request.url());
  });
  return { page: await context.newPage(), outside };
}

/** Presses Tab until the focused element has this name. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(
      'document.activeElement.innerText || document.activeElement.id || ""',
    );
    if (name.test(String(focused))) return;
  }
  throw new Error(`nothing named ${String(name)} comes into focus`);
}

test('by keyboard alone: sign in, find Q3, read it, run it again, see it finish', async () => {
  const { page, outside } = await tab();
  await page.goto('/');
  // The field has the focus by default.
  await page.locator('#token:focus').waitFor();
  await page.keyboard.type(TOKEN);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'What to do' }).waitFor();
  // A thread of the worker drew them.
  await page.locator('#chart-total-cost svg .point').first().waitFor();
  await tabTo(page, /^Reports$/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Reports' }).waitFor();
  await tabTo(page, /^2026-Q3$/);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/reports/2026-Q3.1');
  const headline = page
    .frameLocator('iframe.report')
    .getByText(/: saves \$/)
    .first();
  await headline.waitFor();
  expect(await findAccessibilityFaults(page)).toEqual([]);
  await tabTo(page, /^Run 2026-Q3 again$/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Run again' }).waitFor();
  expect(await page.getByLabel('Everything for a quarter').isChecked()).toBe(true);
  expect(await page.getByLabel('Quarter', { exact: true }).inputValue()).toBe('2026-Q3');
  await tabTo(page, /^Run$/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Pull, audit and report for Q3 2026' }).waitFor();
  const address = page.url();
  // The page refreshes by itself, without a reload.
  await page.locator('#state', { hasText: 'done' }).waitFor({ timeout: 300_000 });
  expect(page.url()).toBe(address);
  expect(await findAccessibilityFaults(page)).toEqual([]);
  const parts = page.getByRole('row').filter({ has: page.getByRole('rowheader') });
  const names = await parts.getByRole('rowheader').allTextContents();
  expect(names).toEqual(
    expect.arrayContaining([
      'Pull of router (charges) for Q3 2026',
      'Audit of Q3 2026',
      expect.stringMatching(/^Report of audit \w{8}$/),
    ]),
  );
  for (const part of await parts.all()) expect(await part.textContent()).toContain('done');
  await tabTo(page, /^Open report 2026-Q3\.\d$/);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/reports/2026-Q3.*');
  await headline.waitFor();
  expect(outside).toEqual([]);
});

test('what is frozen is what is shown, byte for byte', async () => {
  const authorization = `Bearer ${TOKEN}`;
  const sent = await fetch(`${origin}/frozen/2026-Q3.1/report.html`, {
    headers: { authorization },
  });
  const served = Buffer.from(await sent.arrayBuffer());
  const written = readFileSync(join(folder.path, 'reports/2026-Q3.1/report.html'));
  expect(served.equals(written)).toBe(true);
});

test('the job board shows the job, contacts no other host, and its fonts are ours', async () => {
  const { page, outside } = await tab();
  await page.goto('/board/queue/rentcheck');
  await page.getByLabel('Token').fill(TOKEN);
  await page.keyboard.press('Enter');
  await page.getByText('report', { exact: true }).first().waitFor();
  await page.waitForLoadState('networkidle');
  await page.evaluate('document.fonts.ready');
  const letters = await page.evaluate(
    '[...document.fonts].filter(({ status }) => status === "loaded").map(({ family }) => family)',
  );
  expect(letters).toContain('IBM Plex Sans');
  expect(outside).toEqual([]);
});

test('sources and metrics show what the worker did', async () => {
  const { page } = await tab();
  await page.goto('/sources');
  await page.getByLabel('Token').fill(TOKEN);
  await page.keyboard.press('Enter');
  await page.getByRole('row', { name: /runpod-main.*ok/ }).waitFor();
  const authorization = `Bearer ${TOKEN}`;
  const metrics = await (await fetch(`${origin}/metrics`, { headers: { authorization } })).text();
  expect(metrics).toContain('rentcheck_writer 1\n');
  expect(metrics).toContain('rentcheck_coverage_ratio{deployment="code-review"} 1\n');
  expect(metrics).toMatch(/rentcheck_pulls_total\{source="prom",outcome="success"\} \d{3,}/);
});
