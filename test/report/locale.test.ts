/** Knows how a report reads in other places: its digits, money and days, never its words. */

import { describe, expect, it } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { dateText, dayOfMonth, dollars, percent, tokenCount } from '../../src/report/format.ts';
import { shownText } from '../../src/report/label.ts';
import { toReader } from '../../src/report/locale.ts';
import { aDetail } from '../support/auditFixture.ts';
import { hostileAudit, keptAudit, mixedAudit } from '../support/audits.ts';
import { crowdedAudit } from '../support/crowdedAudit.ts';
import { visibleWords } from '../support/reading.ts';
import { rendered, textOf } from '../support/rendered.ts';
import { LEADER } from '../support/readers.ts';

const JULY = Date.UTC(2026, 6, 1);
const readable = (text: string) => text.replaceAll('\u00a0', ' ');

describe('a place', () => {
  it.each([
    ['en-US', ['$41,214', '9.6%', '15.6M', 'Jul 1, 2026', 'Jul 1']],
    ['en-GB', ['US$41,214', '9.6%', '15.6M', '1 Jul 2026', '1 Jul']],
    ['de-DE', ['41.214 $', '9,6 %', '15,6M', '1. Jul 2026', '1. Jul']],
    ['fr-FR', ['41 214 $US', '9,6 %', '15,6M', '1 Jul 2026', '1 Jul']],
    ['en-IN', ['$41,214', '9.6%', '15.6M', '1 Jul 2026', '1 Jul']],
    ['ja-JP', ['$41,214', '9.6%', '15.6M', '2026-07-01', '07-01']],
  ])('%s writes as it does there', (locale, expected) => {
    const reader = toReader('leader', locale);
    const told = [
      dollars(decimal('41213.61'), reader),
      percent(decimal('0.096'), reader),
      tokenCount(15_600_000, reader),
      dateText(JULY, reader),
      dayOfMonth(JULY, reader),
    ];
    expect(told.map(readable)).toEqual(expected);
  });

  it('of other digits writes those that the words around them are read with', () => {
    for (const locale of ['ar-EG', 'fa-IR', 'hi-IN-u-nu-deva']) {
      expect(dollars(decimal('12'), toReader('leader', locale))).toMatch(/12[.,]00/);
    }
  });

  it('keeps every digit of an amount that no double holds', () => {
    const usd = dollars(decimal('12345678901234567890'), toReader('leader', 'de-DE'));
    expect(readable(usd)).toBe('12.345.678.901.234.567.890 $');
  });
});

describe('what another room wrote', () => {
  const german = (text: string) => readable(shownText(text, 400, toReader('leader', 'de-DE')));

  it('has its figures and days written as the place does, its names left alone', () => {
    expect(
      german('Cap llama-3.3 v1.5x at $4,500.50 (-$3 or 62.5 %) by 2026-12-31, 1,204 starts'),
    ).toBe('Cap llama-3.3 v1.5x at 4.500,50 $ (-3 $ or 62,5 %) by 31. Dec 2026, 1.204 starts');
    expect(german('Sat–Sun 18:00–24:00, 30–40 %, 10.0.0.1, a/1.5, 5.5 h')).toBe(
      'Sat–Sun 18:00–24:00, 30–40 %, 10.0.0.1, a/1.5, 5,5 h',
    );
  });

  it('is as it was where no place is named, but for the blank before a percent', () => {
    expect(shownText('$4,500.50 and 62.5 % of 1,204', 99, LEADER)).toBe(
      '$4,500.50 and 62.5% of 1,204',
    );
  });
});

/** `1. Jul`, over the end of a line too. */
const GERMAN_DAY = /(\d{1,2})\.(\s+)(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b/g;

describe('a report in German style', () => {
  const told = (audit: Parameters<typeof aDetail>[0]) =>
    rendered({ audit, detail: aDetail(audit), manner: { language: 'en', locale: 'de-DE' } });

  it.each([
    ['mixed', mixedAudit()],
    ['kept', keptAudit()],
    ['hostile', hostileAudit()],
    ['crowded', crowdedAudit()],
  ])('has no amount or share of another style, in letters or charts: %s', async (_, audit) => {
    const { text, html, subject, brief } = await told(audit);
    for (const words of [text, visibleWords(html), subject, JSON.stringify(brief)]) {
      expect(words.match(/\$\d|\d%/g)).toBeNull();
    }
  });

  it('says the same words and figures as the one without a place', async () => {
    const audit = mixedAudit();
    const plain = await rendered({ audit, detail: aDetail(audit) });
    const german = await told(audit);
    // Some of the lines break elsewhere.
    const digits = (text: string) => text.replace(/[^\p{L}\d]+/gu, '');
    const days = (text: string) => text.replace(GERMAN_DAY, '$3$2$1');
    expect(digits(days(german.text))).toBe(digits(plain.text));
  });

  it('keeps tables and data as they are for machines', async () => {
    const audit = mixedAudit();
    const plain = await rendered({ audit, detail: aDetail(audit) });
    const german = await told(audit);
    for (const name of ['report.json', 'deployments.csv', 'options.csv']) {
      expect(textOf(german.files, name)).toBe(textOf(plain.files, name));
    }
  });
});
