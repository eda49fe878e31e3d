/**
 * Knows how the page must stand in a real browser: no sideways scrolling, nothing fetched from
 * outside.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/report.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { aDetail } from '../support/auditFixture.ts';
import { hostileAudit, mixedAudit, unprovenAudit } from '../support/audits.ts';
import { launchChromium } from '../support/chromium.ts';
import { crowdedAudit } from '../support/crowdedAudit.ts';

const folder = mkdtempSync(join(tmpdir(), 'rentcheck-page-'));
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
}, 300_000);

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

async function filed(name: string, audit: Audit): Promise<string> {
  const report = await renderReport({ audit, detail: aDetail(audit) });
  mkdirSync(join(folder, name, 'charts'), { recursive: true });
  for (const file of report.files) writeFileSync(join(folder, name, file.name), file.bytes);
  return pathToFileURL(join(folder, name, 'report.html')).href;
}

/** Runs in the page: how far anything reaches past the right edge, and which pictures are empty. */
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
])('the page of an audit that is %s', (name, audit) => {
  it('fits phone and desk, scrolls nowhere sideways, asks the outside for nothing', async () => {
    const address = await filed(name, audit);
    const requests: string[] = [];
    for (const width of [320, 375, 900]) {
      const page = await browser.newPage({ viewport: { width, height: 800 } });
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(address);
      expect(await page.evaluate(MEASURE), `${width} px`).toEqual({
        over: 0,
        empty: 0,
        ran: false,
      });
      await page.close();
    }
    const own = address.replace('report.html', '');
    expect(requests.filter((url) => !url.startsWith(own))).toEqual([]);
    // The page itself at each of three widths, and its pictures.
    const pictures = requests.filter((url) => url.endsWith('.png'));
    expect(requests).toHaveLength(3 + pictures.length);
    expect(new Set(pictures).size).toBeGreaterThanOrEqual(2);
  });
});

/** Runs in the page: the lowest contrast of any text against what lies behind it. */
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

describe('the page in light and dark', () => {
  it.each(['light', 'dark'] as const)(
    'has contrast enough for small letters: %s',
    async (colorScheme) => {
      const address = await filed('contrast', mixedAudit());
      const page = await browser.newPage({ colorScheme, viewport: { width: 900, height: 800 } });
      await page.goto(address);
      expect(await page.evaluate(CONTRAST)).toBeGreaterThan(4.5);
      await page.close();
    },
  );
});
