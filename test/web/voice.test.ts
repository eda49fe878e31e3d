/** The text of the pages themselves, without that of reports and jobs, is plain English. */

import { expect, test } from 'vitest';
import { findListedWords, splitSentences, splitWords } from '../support/voice.ts';
import { serveSite } from './siteFixture.ts';

const PAGES = [
  '/reports',
  '/reports/2026-Q3.1',
  '/sources',
  '/rejects',
  '/rejects?source=prom',
  '/due',
  '/jobs',
  '/jobs/quarter/1',
  '/rerun',
  '/sign-in',
  '/nowhere',
  '/jobs/nothing',
  '/reports/nothing',
  '/deployments/nothing',
];

/** Text between tags. Code is left out as names, and table cells as no sentences. */
function textOf(body: string): string {
  const [, main = ''] = /<main[^>]*>([^]*)<\/main>/.exec(body) ?? [];
  return main
    .replace(/<code>[^]*?<\/code>|<pre[^]*?<\/pre>|<time[^]*?<\/time>/g, '')
    .replace(/<\/(?:p|li|h1|h2|dd|dt|th|td|span|label|summary|legend|a)>/g, '\n\n')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'");
}

test.each(PAGES)('%s', async (url) => {
  const { app, board } = await serveSite();
  const { id } = await board.enqueue({ name: 'quarter', payload: { quarter: '2026-Q3' } });
  board.change(id, { state: 'done', tries: 1, mostTries: 8 });
  const { body } = await app.inject({ url, headers: { accept: 'text/html' } });
  const text = textOf(body);
  expect(text.trim()).not.toBe('');
  expect(findListedWords(text)).toEqual([]);
  expect(splitSentences(text).filter((sentence) => splitWords(sentence).length > 25)).toEqual([]);
});
