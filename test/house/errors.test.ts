/** Errors, hints, rejects and warnings use the words of the field, in sentences that are short. */

import { expect, it } from 'vitest';
import { findListedWords, splitSentences, splitWords } from '../support/voice.ts';
import { textsIn } from './prose.ts';
import { filesMatching, type SourceFile } from './tree.ts';

/** Rooms with error messages. Reports, pages and the terminal have tests of their own. */
const SPEAKING =
  /^src\/((config|domain|sources|ledger|platform|delivery|schedule)\/.*\.ts|[^/]+\.[jt]s)$/;
/** No sentence is read in code, or in lists over several lines. */
const CODE = /\b(?:SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|ORDER BY|UNION|ATTACH)\b|redis\.call/;
/** A computer on a network is a host, and Kubernetes and RunPod have pods. */
const OTHER_SENSE = ['host', 'hosts', 'pods'];
const MOST_WORDS = 25;

function messagesIn(file: SourceFile): { where: string; text: string }[] {
  return textsIn(file)
    .filter(({ text }) => !CODE.test(text) && !text.trim().includes('\n'))
    .map(({ line, text }) => ({
      where: `${file.path}:${line}`,
      text: text.replaceAll('\u0000', 'X'),
    }));
}

function strangeWords(file: SourceFile): string[] {
  return messagesIn(file).flatMap(({ where, text }) =>
    findListedWords(text, { except: OTHER_SENSE }).map((found) => `${where} ${found}`),
  );
}

function longSentences(file: SourceFile): string[] {
  return messagesIn(file).flatMap(({ where, text }) =>
    splitSentences(text)
      .filter((sentence) => splitWords(sentence).length > MOST_WORDS)
      .map((sentence) => `${where} ${sentence}`),
  );
}

it('no message has a listed word', () => {
  const files = filesMatching(SPEAKING);
  expect(files.flatMap(messagesIn).length).toBeGreaterThan(1_000);
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
