/** A report in other locales: the digits, money and days change, the words do not. */

import { describe, expect, it } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { dateText, dayOfMonth, dollars, percent, tokenCount } from '../../src/report/format.ts';
import { shownText } from '../../src/report/displayText.ts';
import { toReader } from '../../src/report/locale.ts';
import { aDetail } from '../support/auditFixture.ts';
import { hostileAudit, keptAudit, mixedAudit } from '../support/audits.ts';
import { crowdedAudit } from '../support/crowdedAudit.ts';
import { visibleWords } from '../support/visibleText.ts';
import { renderCached, fileText } from '../support/renderedReport.ts';
import { LEADER } from '../support/readers.ts';

const JULY = Date.UTC(2026, 6, 1);
const readable = (text: string) => text.replaceAll('\u00a0', ' ');

describe('a locale', () => {
  it.each([
    ['en-US', ['$41,214', '9.6%', '15.6M', 'Jul 1, 2026', 'Jul 1']],
    ['en-GB', ['US$41,214', '9.6%', '15.6M', '1 Jul 2026', '1 Jul']],
    ['de-DE', ['41.214 $', '9,6 %', '15,6M', '1. Jul 2026', '1. Jul']],
    ['fr-FR', ['41 214 $US', '9,6 %', '15,6M', '1 Jul 2026', '1 Jul']],
    ['en-IN', ['$41,214', '9.6%', '15.6M', '1 Jul 2026', '1 Jul']],
    ['ja-JP', ['$41,214', '9.6%', '15.6M', '2026-07-01', '07-01']],
  ])('%s has its own format', (locale, expected) => {
    const reader = toReader('leader', locale);
    const formatted = [
      dollars(decimal('41213.61'), reader),
      percent(decimal('0.096'), reader),
      tokenCount(15_600_000, reader),
      dateText(JULY, reader),
      dayOfMonth(JULY, reader),
    ];
    expect(formatted.map(readable)).toEqual(expected);
  });

  it('with other digits uses those of the surrounding words', () => {
    for (const locale of ['ar-EG', 'fa-IR', 'hi-IN-u-nu-deva']) {
      expect(dollars(decimal('12'), toReader('leader', locale))).toMatch(/12[.,]00/);
    }
  });

  it('keeps every digit of an amount that no double represents', () => {
    const usd = dollars(decimal('12345678901234567890'), toReader('leader', 'de-DE'));
    expect(readable(usd)).toBe('12.345.678.901.234.567.890 $');
  });
});

describe('text from other rooms', () => {
  const german = (text: string) => readable(shownText(text, 400, toReader('leader', 'de-DE')));

  it('has figures and days in the format of the locale, and names unchanged', () => {
    expect(
      german('Cap llama-3.3 v1.5x at $4,500.50 (-$3 or 62.5 %) by 2026-12-31, 1,204 starts'),
    ).toBe('Cap llama-3.3 v1.5x at 4.500,50 $ (-3 $ or 62,5 %) by 31. Dec 2026, 1.204 starts');
    expect(german('Sat–Sun 18:00–24:00, 30–40 %, 10.0.0.1, a/1.5, 5.5 h')).toBe(
      'Sat–Sun 18:00–24:00, 30–40 %, 10.0.0.1, a/1.5, 5,5 h',
    );
  });

  it('is unchanged without a locale, except for the space before a percent sign', () => {
    expect(shownText('$4,500.50 and 62.5 % of 1,204', 99, LEADER)).toBe(
      '$4,500.50 and 62.5% of 1,204',
    );
  });
});

/** `1. Jul`, also across a line break. */
const GERMAN_DAY = /(\d{1,2})\.(\s+)(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b/g;

describe('a report in German format', () => {
  const inGerman = (audit: Parameters<typeof aDetail>[0]) =>
    renderCached({ audit, detail: aDetail(audit), format: { language: 'en', locale: 'de-DE' } });

  it.each([
    ['mixed', mixedAudit()],
    ['kept', keptAudit()],
    ['hostile', hostileAudit()],
    ['crowded', crowdedAudit()],
  ])('has no amount or share in another format, in messages or charts: %s', async (_, audit) => {
    const { text, html, subject, brief } = await inGerman(audit);
    for (const words of [text, visibleWords(html), subject, JSON.stringify(brief)]) {
      expect(words.match(/\$\d|\d%/g)).toBeNull();
    }
  });

  it('has the same words and figures as the one without a locale', async () => {
    const audit = mixedAudit();
    const plain = await renderCached({ audit, detail: aDetail(audit) });
    const german = await inGerman(audit);
    // Some of the lines break elsewhere.
    const digits = (text: string) => text.replace(/[^\p{L}\d]+/gu, '');
    const days = (text: string) => text.replace(GERMAN_DAY, '$3$2$1');
    expect(digits(days(german.text))).toBe(digits(plain.text));
  });

  it('keeps tables and data machine-readable', async () => {
    const audit = mixedAudit();
    const plain = await renderCached({ audit, detail: aDetail(audit) });
    const german = await inGerman(audit);
    for (const name of ['report.json', 'deployments.csv', 'options.csv']) {
      expect(fileText(german.files, name)).toBe(fileText(plain.files, name));
    }
  });
});
