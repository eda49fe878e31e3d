/** Errors, hints, rejects and warnings use the words of the field, in sentences that are short. */

import { expect, it } from 'vitest';
import { listedWords, sentencesOf, wordsOf } from '../support/voice.ts';
import { textsIn } from './prose.ts';
import { filesMatching, type OurFile } from './tree.ts';

/** Rooms that say what is wrong; reports, pages and the terminal have tests of their own. */
const SPEAKING =
  /^src\/((config|domain|sources|ledger|platform|delivery|schedule)\/.*\.ts|[^/]+\.[jt]s)$/;
/** Of code, as of lists over several lines, no sentence is read. */
const CODE = /\b(?:SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|ORDER BY|UNION|ATTACH)\b|redis\.call/;
/** A computer on a network is a host, and Kubernetes and RunPod rent out pods. */
const OTHER_SENSE = ['host', 'hosts', 'pods'];
const MOST_WORDS = 25;

function said(file: OurFile): { where: string; text: string }[] {
  return textsIn(file)
    .filter(({ text }) => !CODE.test(text) && !text.trim().includes('\n'))
    .map(({ line, text }) => ({
      where: `${file.path}:${line}`,
      text: text.replaceAll('\u0000', 'X'),
    }));
}

function strangeWords(file: OurFile): string[] {
  return said(file).flatMap(({ where, text }) =>
    listedWords(text, { except: OTHER_SENSE }).map((found) => `${where} ${found}`),
  );
}

function longSentences(file: OurFile): string[] {
  return said(file).flatMap(({ where, text }) =>
    sentencesOf(text)
      .filter((sentence) => wordsOf(sentence).length > MOST_WORDS)
      .map((sentence) => `${where} ${sentence}`),
  );
}

it('no message has a word that is listed as not ours', () => {
  const files = filesMatching(SPEAKING);
  expect(files.flatMap(said).length).toBeGreaterThan(1_000);
  expect(files.flatMap(strangeWords)).toEqual([]);
});

it(`no sentence of a message has more than ${MOST_WORDS} words`, () => {
  expect(filesMatching(SPEAKING).flatMap(longSentences)).toEqual([]);
});

it('a planted word and a planted sentence are found', () => {
  const long = `${'word '.repeat(MOST_WORDS)}end`;
  const text = `throw new Error('mend ' + \`the file \${name}\`);\nconst long = '${long}';`;
  const planted = { path: 'src/x.ts', text, lines: text.split('\n') };
  expect(strangeWords(planted)).toEqual(['src/x.ts:1 mend (write: fix)']);
  expect(longSentences(planted)).toEqual([`src/x.ts:2 ${long}`]);
});
