/** Decisions are data: code that decides makes no sentences, and no sentence decides. */

import { describe, expect, it } from 'vitest';
import { decidedByProse, type FoundSentence, sentencesIn, sentencesInFacts } from './prose.ts';
import { filesMatching, type SourceFile } from './tree.ts';

/** Rooms that decide. */
const DECIDING = /^src\/(economics|verdict)\/.*\.ts$/;
/** Rooms that return facts, which other rooms turn into sentences. */
const YIELDING = /^src\/(domain|sources|ledger|jobs)\/.*\.ts$/;
/** Rooms that read only our own data. The others read data of providers. */
const READING = /^src\/(economics|verdict|report|jobs|cli|web|delivery)\/.*\.ts$/;

/** Counts by file, without files that have none. */
function counted(
  pattern: RegExp,
  find: (file: SourceFile) => FoundSentence[],
): Record<string, number> {
  const found = filesMatching(pattern).map((file) => [file.path, find(file).length] as const);
  return Object.fromEntries(found.filter(([, count]) => count > 0));
}

const planted = (text: string) => ({ path: 'src/x.ts', text, lines: text.split('\n') });
const textsIn = (text: string, find: (file: SourceFile) => FoundSentence[]) =>
  find(planted(text)).map((prose) => prose.text);

describe('sentences', () => {
  it('are made in report/copy, from codes and figures, and by nothing that decides', () => {
    expect(counted(DECIDING, sentencesIn)).toEqual({});
  });

  it('are in no warning or other fact of a source, the ledger or a job', () => {
    expect(counted(YIELDING, sentencesInFacts)).toEqual({});
  });

  it('in facts are found in objects with a code, in warnings and in remarks', () => {
    const found = textsIn(
      [
        "const a = { code: 'total-differs', why: `the total of ${day} is another` };",
        "const b = { ...facts, warnings: ['no replica was found'] };",
        "const c = { remarks: [isOne ? 'one replica was scraped' : x] };",
        "const d = { code: 'no-total', bill: 'RunPod' };",
        "const e = { reason: 'the row has no amount' };",
        "throw new Failure('no-data', 'the manifest lists no file', { code: 'it is empty' });",
      ].join('\n'),
      sentencesInFacts,
    );
    expect(found).toEqual([
      'the total of \u0000 is another',
      'no replica was found',
      'one replica was scraped',
    ]);
  });

  it('decide nothing: no text of three words is compared or searched for', () => {
    expect(counted(READING, decidedByProse)).toEqual({});
  });

  it('are found in strings and templates, but not in types, codes and thrown errors', () => {
    const found = textsIn(
      [
        "const a = 'nothing was billed';",
        'const b = `${a} of the spend is ${a}`;',
        "type C = 'one two three';",
        "const d = ['not enough evidence', 'kebab-case-code', 'bill only'];",
        "throw new BrokenInvariant('this can never be');",
        "invariant(a === b, 'parts sum to the whole');",
        'const e = `${a}, ${b}: ${a} left`;',
      ].join('\n'),
      sentencesIn,
    );
    expect(found).toEqual(['nothing was billed', '\u0000 of the spend is \u0000']);
  });

  it('that decide are found in comparisons, searches, cases and patterns', () => {
    const found = textsIn(
      [
        "if (says === 'no token was served') stop();",
        "says.includes('is a lower bound');",
        'const known = /belongs to no deployment/;',
        "switch (says) { case 'the host asks more': break; }",
        "const fine = code === 'not enough evidence' || says.includes('billed');",
      ].join('\n'),
      decidedByProse,
    );
    expect(found).toEqual([
      'no token was served',
      'is a lower bound',
      'belongs to no deployment',
      'the host asks more',
    ]);
  });
});
