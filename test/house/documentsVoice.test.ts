/** The prose of README and docs in plain words: no listed words, few long sentences. */

import { describe, expect, it } from 'vitest';
import { findListedWords, splitSentences, splitWords } from '../support/voice.ts';
import { filesMatching } from './tree.ts';

const PAGES = filesMatching(/^(README|CONTRIBUTING|CHANGELOG|docs\/.+)\.md$/);

/** Words with another meaning on these pages. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  'CHANGELOG.md': ['machines', 'pods'],
  'README.md': ['good', 'machines'],
  'docs/decision.md': ['pods'],
  'docs/decisions/0001-one-ledger-file.md': ['machines'],
  'docs/decisions/0007-own-csv-reader.md': ['reader'],
  'docs/decisions/0012-one-worker-leads.md': ['machines'],
  'docs/economics.md': ['pods'],
  'docs/faults.md': ['pods'],
  'docs/operations.md': ['machines'],
  'docs/performance.md': ['machines', 'pods'],
  'docs/rules-of-thumb.md': ['pods'],
  'docs/scale.md': ['machines', 'pods'],
  'docs/sources/hyperstack.md': ['machines'],
  'docs/sources/prometheus.md': ['pods'],
  'docs/sources/runpod.md': ['pods'],
  'docs/sources/scrape.md': ['pods'],
  'docs/sources/vast.md': ['machines'],
};

/** The text of a page without code, tables, headings, URLs and code names. */
function proseOf(text: string): string {
  return text
    .replace(/^ *```[^]*?^ *```$/gm, '')
    .replace(/^(?:\||#).*$/gm, '')
    .replace(/^- `[\w-]+`(?: \(.*\))?: /gm, '- ')
    .replace(/\]\([^)]*\)/g, '')
    .replace(/[[*]/g, '');
}

function longSentences(prose: string): string[] {
  return splitSentences(prose).filter((sentence) => splitWords(sentence).length > 25);
}

describe('the prose of', () => {
  it.each(PAGES)('$path has none of the listed words', ({ path, text }) => {
    expect(findListedWords(proseOf(text), { except: ELSEWHERE[path] ?? [] })).toEqual([]);
  });

  it.each(PAGES)('$path has at most one sentence in twenty over 25 words', ({ text }) => {
    const prose = proseOf(text);
    const long = longSentences(prose);
    const most = Math.floor(splitSentences(prose).length / 20);
    expect(long.length > most ? long : []).toEqual([]);
  });

  it('needs each of its exceptions', () => {
    const needless = Object.entries(ELSEWHERE).flatMap(([page, words]) => {
      const prose = proseOf(PAGES.find(({ path }) => path === page)?.text ?? '');
      const found = findListedWords(prose).join('\n');
      return words.filter((word) => !found.includes(`${word} (`)).map((word) => `${page}: ${word}`);
    });
    expect(needless).toEqual([]);
  });

  it('a page with a listed word or long sentences is found', () => {
    const page = `# Title\n\n\`\`\`\nodds\n\`\`\`\n\nThe odds are ${'very '.repeat(25)}high.\n`;
    expect(findListedWords(proseOf(page))).toHaveLength(1);
    expect(longSentences(proseOf(page))).toHaveLength(1);
  });
});
