/** The page in a real browser: no sideways scrolling, and no requests to the network. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportInput } from '../../src/report/input.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { aDetail, anAudit } from '../support/auditFixture.ts';
import { hostileAudit, keptAudit, mixedAudit, unprovenAudit } from '../support/audits.ts';
import { launchChromium } from '../support/chromium.ts';
import { crowdedAudit } from '../support/crowdedAudit.ts';
import { renderCached } from '../support/renderedReport.ts';

const folder = mkdtempSync(join(tmpdir(), 'rentcheck-page-'));
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

async function filed(name: string, audit: Audit, more: Partial<ReportInput> = {}): Promise<string> {
  const owners = audit.deployments.slice(0, 1).map(({ id }) => id);
  const report = await renderCached({ audit, detail: aDetail(audit), owners, ...more });
  const letters = report.letters.map((letter) => ({
    name: `${letter.role}.html`,
    bytes: letter.pictures.reduce(
      (html, { cid, file }) => html.replaceAll(`cid:${cid}`, file),
      letter.html,
    ),
  }));
  for (const file of [...report.files, ...letters]) {
    const path = join(folder, name, file.name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.bytes);
  }
  return pathToFileURL(join(folder, name, 'report.html')).href;
}

/** Runs in the page: how far any element exceeds the right edge, and which pictures are empty. */
const MEASURE = `(() => {
  const width = document.documentElement.clientWidth;
  const boxes = [...document.querySelectorAll('body *')].map((e) => e.getBoundingClientRect());
  return {
    over: Math.max(document.documentElement.scrollWidth, ...boxes.map((b) => b.right)) - width,
    empty: [...document.images].filter((image) => image.naturalWidth === 0).length,
    ran: 'pwned' in window,
  };
})()`;

describe.each([
  ['mixed', mixedAudit()],
  ['unproven', unprovenAudit()],
  ['hostile', hostileAudit()],
  ['crowded', crowdedAudit()],
  ['kept', keptAudit()],
  ['empty', anAudit({ deployments: [] })],
])('the page of an audit that is %s', (name, audit) => {
  it('fits phone and desktop, never scrolls sideways, makes no network requests', async () => {
    const address = await filed(name, audit);
    const requests: string[] = [];
    const page = await browser.newPage({ viewport: { width: 900, height: 800 } });
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(address);
    for (const width of [900, 700, 541, 375, 320]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate(MEASURE), `${width} px`).toEqual({
        over: 0,
        empty: 0,
        ran: false,
      });
    }
    const own = address.replace('report.html', '');
    expect(requests.filter((url) => !url.startsWith(own))).toEqual([]);
    expect(requests.length).toBe(1 + Number(await page.evaluate('document.images.length')));
    await page.close();
  });
});

/** Runs in the page: the lowest contrast of any text with its background. */
const CONTRAST = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const texts = [...document.querySelectorAll('body *')].filter((e) =>
    e.offsetParent !== null &&
    [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== ''));
  return Math.min(...texts.map((e) => {
    const pair = [light(parse(getComputedStyle(e).color)), light(behind(e))];
    const [a, b] = pair.sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  }));
})()`;

type Scheme = 'light' | 'dark';

async function opened(
  address: string,
  { width, colorScheme }: { width: number; colorScheme: Scheme },
) {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
  await page.goto(address);
  return page;
}

describe('the page in light and dark', () => {
  it.each(['light', 'dark'] as const)(
    'has enough contrast for small text: %s',
    async (colorScheme) => {
      const corrects = { number: 1, audit: keptAudit() };
      const late = { dueMs: 0, madeMs: 1 };
      const address = await filed('contrast', mixedAudit(), { edition: 2, corrects, late });
      const page = await opened(address, { width: 900, colorScheme });
      expect(await page.evaluate(CONTRAST)).toBeGreaterThan(4.5);
      await page.close();
    },
  );
});

/** Accessibility violations from axe-core: rule and place. */
const SERIOUS = `axe.run().then(({ violations }) => violations
  .filter(({ impact }) => impact === 'serious' || impact === 'critical')
  .map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 120)))`;

describe('assistive technology', () => {
  const readers = ['report', 'owner', 'finance'] as const;

  it.each([
    ['mixed', mixedAudit()],
    ['hostile', hostileAudit()],
    ['crowded', crowdedAudit()],
    ['unproven', unprovenAudit()],
  ])('meets no serious obstacle: %s', async (name, audit) => {
    const address = await filed(`axe-${name}`, audit);
    for (const reader of readers) {
      for (const [width, colorScheme] of [
        [375, 'light'],
        [900, 'dark'],
      ] as const) {
        const url = address.replace('report.html', `${reader}.html`);
        const page = await opened(url, { width, colorScheme });
        await page.evaluate(axe.source);
        expect(await page.evaluate(SERIOUS), `${reader} at ${width} px`).toEqual([]);
        await page.close();
      }
    }
  });

  it('gets the numbers of every chart as text, inside the page', async () => {
    const address = await filed('off', mixedAudit());
    for (const width of [320, 900]) {
      const page = await browser.newPage({ viewport: { width, height: 800 } });
      await page.route('**/*.png', (route) => route.abort());
      await page.goto(address);
      const measured = (await page.evaluate(MEASURE)) as { over: number; empty: number };
      expect(measured).toMatchObject({ over: 0 });
      expect(measured.empty).toBeGreaterThan(3);
      const alts = (await page.evaluate('[...document.images].map(({ alt }) => alt)')) as string[];
      for (const alt of alts) expect(alt).toMatch(/\d/);
      await page.close();
    }
  });
});
