/** Pages write numbers and dates by the locale of the reports. */

import { expect, test } from 'vitest';
import { toReader } from '../../src/report/locale.ts';
import { serveSite } from './siteFixture.ts';

async function textOf(locale: string | undefined, url: string): Promise<string> {
  const { app } = await serveSite({ reader: toReader('page', locale) });
  const { body, statusCode } = await app.inject({ url, headers: { accept: 'text/html' } });
  expect(statusCode).toBe(200);
  const main = body.slice(body.indexOf('<main'));
  return main.replace(/<svg.*?<\/svg>/gs, ' ').replace(/<[^>]+>/g, ' ');
}

test.each(['/', '/reports', '/reports/2026-Q3.1', '/sources', '/due'])(
  'dates on %s are in the order of the locale',
  async (url) => {
    expect(await textOf(undefined, url)).toMatch(/\b(?:Jul|Aug|Oct) \d+, 2026\b/);
    expect(await textOf('en-GB', url)).toMatch(/\b\d+ (?:Jul|Aug|Oct) 2026\b/);
    expect(await textOf('en-GB', url)).not.toMatch(/\b(?:Jul|Aug|Oct) \d+, 2026\b/);
  },
);

test('amounts on pages have the marks of the locale', async () => {
  const [plain, german] = [await textOf(undefined, '/'), await textOf('de-DE', '/')];
  const amounts = [...plain.matchAll(/\$(\d{1,3}(?:,\d{3})+)/g)].map(([, digits]) => digits ?? '');
  expect(amounts.length).toBeGreaterThan(3);
  for (const digits of amounts.slice(-3)) expect(german).toContain(digits.replaceAll(',', '.'));
});
