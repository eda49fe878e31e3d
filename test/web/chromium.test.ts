/** The pages in a real browser: accessible, without requests to other hosts, and safe. */

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startWebServer } from '../../src/web/server.ts';
import { auditRecord } from '../ledger/auditFixture.ts';
import { reportToFreeze } from '../ledger/deliveryFixture.ts';
import { findAccessibilityFaults } from '../support/axe.ts';
import { launchChromium } from '../support/chromium.ts';
import { LIMIT_MS } from '../support/timeouts.ts';
import {
  DOCUMENT,
  HOSTILE,
  NOW,
  OPEN,
  type SiteOptions,
  createSite,
  TOKEN,
} from './siteFixture.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

/** A browser tab that records its requests, blocked requests and script output. */
async function tab(wish: SiteOptions = {}, options: BrowserContextOptions = {}) {
  const made = await createSite(wish);
  const web = await startWebServer(made.site, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => web.close());
  const origin = web.origin() ?? '';
  const context = await browser.newContext({ ...options, baseURL: origin });
  context.setDefaultTimeout(LIMIT_MS);
  onTestFinished(() => context.close());
  const requested: string[] = [];
  const troubles: string[] = [];
  const blocked: string[] = [];
  context.on('request', (request) => requested.push(request.url()));
  context.on('requestfailed', (request) => {
    // The page's content security policy stopped it before it was sent.
    if (request.failure()?.errorText === 'csp') blocked.push(request.url());
  });
  context.on('dialog', (dialog) => void dialog.dismiss().then(() => troubles.push('a dialog')));
  context.on('console', (line) => {
    if (line.type() === 'error') troubles.push(line.text());
  });
  const page = await context.newPage();
  const outside = () => requested.filter((url) => !url.startsWith(`${origin}/`));
  return { ...made, page, origin, asked: requested, blocked, outside, troubles };
}

/** A job of each outcome, and one that is running. */
async function withJobs(made: Awaited<ReturnType<typeof tab>>): Promise<void> {
  const { board } = made;
  for (const state of ['running', 'done', 'failed', 'delayed'] as const) {
    const { id } = await board.enqueue({ name: 'quarter', payload: { quarter: '2026-Q3' } });
    const shortfalls = ['prom did not answer'];
    board.change(id, { state, reason: 'because', shortfalls, figures: { edition: '2026-Q3.1' } });
  }
  board.logLines.push('pulling runpod-main');
}

const PAGES = [
  '/',
  '/charts',
  '/deployments/busy-8b',
  '/reports',
  '/reports/2026-Q3.1',
  '/sources',
  '/rejects',
  '/warnings',
  '/due',
  '/jobs',
  '/rerun',
  '/sign-in',
];
const JOBS = ['/jobs/quarter/1', '/jobs/quarter/2', '/jobs/quarter/3', '/jobs/quarter/4', '/none'];

test.each([
  ['a desktop', { viewport: { width: 1280, height: 900 } }],
  ['a phone', { viewport: { width: 320, height: 700 } }],
  ['the dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
] as const)(
  'on %s every page is accessible, fits, and contacts no other host',
  async (_, options) => {
    const due = async () => [{ name: 'pull', payload: { source: 'prom' }, dueAtMs: NOW }];
    const made = await tab({ due }, options);
    await withJobs(made);
    const { page, outside, troubles } = made;
    for (const path of [...PAGES, ...JOBS]) {
      await page.goto(path);
      const barriers = await findAccessibilityFaults(page);
      const tooWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
      expect({ path, barriers, tooWide }).toEqual({ path, barriers: [], tooWide: false });
    }
    expect(outside()).toEqual([]);
    // A missing page answers with status 404, which the browser logs.
    expect(troubles.filter((line) => !line.includes('404'))).toEqual([]);
  },
);

test('fonts come from this server, and are the intended ones', async () => {
  const { page, asked, origin } = await tab();
  await page.goto('/');
  await page.evaluate('document.fonts.ready');
  const loaded = await page.evaluate(
    '[...document.fonts].filter(({ status }) => status === "loaded").map(({ family }) => family)',
  );
  expect(loaded).toEqual(['Inter', 'Inter']);
  expect(asked.filter((url) => url.endsWith('.ttf')).length).toBe(2);
  expect(asked.every((url) => url.startsWith(origin))).toBe(true);
});

test('the report is in its frame with its picture, and can run nothing', async () => {
  const html =
    '<p id="said">Delete 2 of 4.</p><img id="chart" src="charts/a.png" alt="a chart">' +
    '<script>document.getElementById("said").textContent = "owned"</script>' +
    '<img src="https://evil.example/x.png" onerror="alert(1)">' +
    '<form action="/rerun" method="post"><button id="send">send</button></form>';
  const bytes = (text: string | Buffer) => new Uint8Array(Buffer.from(text));
  const files = [
    { name: 'report.html', contentType: 'text/html; charset=utf-8', bytes: bytes(html) },
    { name: 'charts/a.png', contentType: 'image/png', bytes: bytes(Buffer.from(DOT, 'base64')) },
  ];
  const { page, ledger, outside, blocked, board } = await tab({
    access: { ...OPEN, token: TOKEN },
  });
  const runId = 'run-3';
  await ledger.audits.save(auditRecord({ runId, quarter: '2026-Q3', partial: false }));
  await ledger.deliveries.freezeEdition(reportToFreeze({ runId, number: 3, files }), NOW);
  await signIn(page, '/reports/2026-Q3.3');
  const frame = page.frameLocator('iframe.report');
  await frame.locator('#said').waitFor();
  expect(await frame.locator('#said').textContent()).toBe('Delete 2 of 4.');
  const width = await frame
    .locator('#chart')
    .evaluate((image) => 'naturalWidth' in image && image.naturalWidth);
  expect(width).toBe(1);
  await frame.locator('#send').click();
  await expect.poll(() => blocked).toEqual(['https://evil.example/x.png']);
  await page.waitForTimeout(300);
  expect(page.url()).toMatch(/\/reports\/2026-Q3\.3$/);
  expect(outside()).toEqual(blocked);
  expect(board.jobs.size).toBe(0);
});

/** One pixel. */
const DOT =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5E' +
  'rkJggg==';

async function signIn(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByLabel('Token').fill(TOKEN);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**${path}`);
}

test('hostile names open no dialog, load nothing and create no element', async () => {
  const hostile = `</title></p>${HOSTILE}<script>alert(1)</script><img src=//evil.example/x>`;
  const made = await tab({
    sources: [{ id: hostile, kind: hostile, staleAfterMs: 1 }],
    due: async () => [{ name: hostile, payload: { source: hostile }, dueAtMs: NOW }],
  });
  const { page, ledger, board, outside, troubles } = made;
  const runId = 'run-h';
  const auditJson = DOCUMENT.auditJson.replaceAll('"chat-70b"', JSON.stringify(hostile));
  const detailJson = DOCUMENT.detailJson.replaceAll('"chat-70b"', JSON.stringify(hostile));
  const quarter = '2026-Q4';
  await ledger.audits.save(auditRecord({ runId, quarter, partial: false, auditJson, detailJson }));
  await ledger.deliveries.freezeEdition(
    reportToFreeze({ runId, quarter, subject: hostile, headline: hostile }),
    NOW,
  );
  const { id } = await board.enqueue({ name: 'audit', payload: { quarter: hostile } });
  board.change(id, { state: 'failed', reason: hostile });
  const rerun = `/rerun?quarter=${encodeURIComponent(hostile)}`;
  for (const path of [
    '/',
    `/deployments/${encodeURIComponent(hostile)}`,
    '/reports/2026-Q4.1',
    '/sources',
    '/due',
    '/jobs',
    `/jobs/${id}`,
    rerun,
  ]) {
    await page.goto(path);
    const made = await page.evaluate('document.querySelectorAll("img, main script").length');
    expect({ path, made }).toEqual({ path, made: 0 });
    const shown = (await page.content()).includes('alert(1)');
    expect({ path, shown }).toEqual({ path, shown: true });
  }
  expect(outside()).toEqual([]);
  expect(troubles).toEqual([]);
});

test('a wrong token is reported, the right one continues, signing out ends it', async () => {
  const { page } = await tab({ access: { ...OPEN, token: TOKEN } });
  await page.goto('/sources');
  expect(new URL(page.url()).pathname).toBe('/sign-in');
  await page.getByLabel('Token').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  expect(await page.getByRole('alert').textContent()).toContain('Invalid token.');
  await page.getByLabel('Token').fill(TOKEN);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Sources' }).waitFor();
  expect(await page.evaluate('document.cookie')).toBe('');
  await page.getByRole('button', { name: 'Sign out' }).click();
  // Closing earlier, before the response, would not have signed out.
  await page.getByLabel('Token').waitFor();
  await page.goto('/');
  expect(new URL(page.url()).pathname).toBe('/sign-in');
});

test('a signed-in user who follows a link from another site stays signed in', async () => {
  const { page, origin } = await tab({ access: { ...OPEN, token: TOKEN } });
  await signIn(page, '/');
  await page.route('http://mail.example/', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<a href="${origin}/reports/2026-Q3.1">go</a>`,
    }),
  );
  await page.goto('http://mail.example/');
  await page.getByRole('link', { name: 'go' }).click();
  const title = page.getByRole('heading', { name: 'Rent check Q3 2026: delete 2 of 4' });
  await title.waitFor();
  expect(new URL(page.url()).pathname).toBe('/reports/2026-Q3.1');
});

test('a form on another site changes nothing', async () => {
  const { page, origin, board } = await tab();
  const form = `<form method="post" action="${origin}/rerun"><input name="job" value="audit">
<input name="quarter" value="2026-Q3"><button>win</button></form>`;
  await page.route('http://evil.example/', (route) =>
    route.fulfill({ contentType: 'text/html', body: form }),
  );
  await page.goto('http://evil.example/');
  await page.getByRole('button', { name: 'win' }).click();
  await page.getByText('This request did not come from a page of rentcheck.').waitFor();
  expect(board.jobs.size).toBe(0);
});

test('without JavaScript the form works, and the job page still refreshes', async () => {
  const { page, board } = await tab({}, { javaScriptEnabled: false });
  await page.goto('/rerun?job=audit');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText('waiting').waitFor();
  board.change('audit/1', { state: 'done' });
  await page.locator('#state', { hasText: 'done' }).waitFor();
  expect(await page.locator('script').count()).toBe(0);
});

const TIP = '#chart-weekly-price .tip';
const MARKS = '#chart-weekly-price .point';

test('a hovered or focused mark shows its figures, and arrow keys move on', async () => {
  const { page, outside, troubles } = await tab();
  await page.goto('/charts');
  const [tip, marks] = [page.locator(TIP), page.locator(MARKS)];
  expect(await tip.isVisible()).toBe(false);
  // One Tab stop for a chart. The script shows what the title would.
  expect(await page.locator(`${MARKS}[tabindex="0"]`).count()).toBe(1);
  expect(await page.locator(`${MARKS} title`).count()).toBe(0);
  await marks.first().focus();
  const first = await marks.first().getAttribute('aria-label');
  expect(await tip.textContent()).toBe(first);
  expect(first).toMatch(/^Week from Jun 29, self-hosted: \$/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  expect(await tip.textContent()).toBe(await marks.nth(2).getAttribute('aria-label'));
  await page.keyboard.press('End');
  expect(await tip.textContent()).toBe(await marks.last().getAttribute('aria-label'));
  await page.keyboard.press('Escape');
  expect(await tip.isVisible()).toBe(false);
  await marks.nth(4).hover();
  expect(await tip.textContent()).toBe(await marks.nth(4).getAttribute('aria-label'));
  expect(outside()).toEqual([]);
  expect(troubles).toEqual([]);
});

test('without JavaScript every mark is focusable, and the data is a table', async () => {
  const { page } = await tab({}, { javaScriptEnabled: false });
  await page.goto('/charts');
  const marks = page.locator(MARKS);
  const count = await marks.count();
  expect(count).toBeGreaterThan(20);
  expect(await page.locator(`${MARKS}[tabindex="0"]`).count()).toBe(count);
  expect(await page.locator(`${MARKS} title`).count()).toBe(count);
  const data = page.locator('#chart-weekly-price details');
  await data.locator('summary').click();
  expect(await data.getByRole('row').count()).toBe(15);
});
