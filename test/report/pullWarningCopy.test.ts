/** Every code of a pull's warning has sentences with all of its figures, and keeps them as JSON. */

import { expect, it } from 'vitest';
import { type PullWarning, parsePullWarnings } from '../../src/domain/pullWarning.ts';
import { pullRemarkSentence, pullWarningSentence } from '../../src/report/copy/pullWarnings.ts';
import { PULL_REMARKS, PULL_WARNINGS, pullWarnings } from '../support/pullWarningSamples.ts';

const ALL = pullWarnings();

it.each(ALL)('a warning of code $code contains each of its texts', (warning) => {
  const sentence = pullWarningSentence(warning);
  expect(sentence).not.toMatch(/undefined|\[object|NaN|null/);
  const { code: _, ...figures } = warning;
  for (const [key, value] of Object.entries(figures)) {
    if (typeof value !== 'string' || CODES.has(key)) continue;
    expect(sentence).toContain(DAYS.test(value) || value.endsWith('.000000') ? '' : value);
  }
});

/** Fields that select a sentence, and dollars, which have their own format. */
const CODES = new Set(['by', 'side', 'bill', 'unreadable', 'price', 'usd', 'wasUsd', 'nowUsd']);
for (const name of [
  'statedUsd',
  'foundUsd',
  'accountUsd',
  'productUsd',
  'mostUsdPerHour',
  'text',
]) {
  CODES.add(name);
}
/** A date is in the format of the locale. */
const DAYS = /^\d{4}-\d{2}-\d{2}$/;

it('the ledger stores each warning unchanged', () => {
  expect(parsePullWarnings(JSON.stringify(ALL))).toEqual(ALL);
});

it('a sentence stored by an earlier version is shown unchanged', () => {
  const [old] = parsePullWarnings('["chat: server: results may be incomplete"]');
  expect(old).toEqual({ code: 'text', text: 'chat: server: results may be incomplete' });
  expect(old && pullWarningSentence(old)).toBe('Chat: server: results may be incomplete.');
});

it('a code stored by a newer version is shown as JSON', () => {
  const [newer] = parsePullWarnings('[{"code":"of-tomorrow","rows":2}]');
  expect(newer && pullWarningSentence(newer)).toBe('{"code":"of-tomorrow","rows":2}');
});

it.each<[PullWarning, string]>([
  [
    { code: 'total-differs', bill: 'runpod', statedUsd: '12.5', foundUsd: '12' },
    'RunPod states a total of $12.50, but its records add up to $12.00.',
  ],
  [
    { code: 'total-differs', bill: 'deepinfra', period: '2026.07', statedUsd: '1', foundUsd: '2' },
    'The lines of 2026.07 add up to $2.00, but its total is $1.00. Compare both with the invoice.',
  ],
  [
    { code: 'account-total-differs', statedUsd: '12.5', foundUsd: '12' },
    "RunPod's bill of the whole account states a total of $12.50, but its records add up to " +
      '$12.00. The bills of its products are not checked against it.',
  ],
  [
    { code: 'replicas-not-reported', endpoint: 'chat', least: 0, most: 4 },
    'The endpoint "chat" has 0 to 4 replicas, and Together does not report how many. It is ' +
      'stored without a number of GPUs and without a rate.',
  ],
  [
    { code: 'response-not-used', unreadable: 'request-times' },
    'Some requests have an unreadable time, so nothing of their day was used.',
  ],
])('the figures of a code decide its sentence', (warning, sentence) => {
  expect(pullWarningSentence(warning)).toBe(sentence);
});

it('a section of a bill says what was selected from it', () => {
  const section = { code: 'section-read', ...PULL_REMARKS['section-read'] } as const;
  expect(pullRemarkSentence(section)).toBe(
    '2026-07: The option take selected 12 rows of 2,317 rows, $1.50 of $20.00 and 0 EUR of ' +
      '3.25 EUR billed.',
  );
  const scraped = { code: 'replicas-scraped', ...PULL_REMARKS['replicas-scraped'] } as const;
  expect(pullRemarkSentence(scraped)).toBe('3 replicas scraped.');
});

it('each code has its own sentence', () => {
  expect(new Set(ALL.map(pullWarningSentence)).size).toBe(Object.keys(PULL_WARNINGS).length);
});
