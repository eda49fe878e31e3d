/**
 * Compares the leader's report of the demo with the approved one: one audit, so all figures agree.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { rentcheck, temporaryFolder } from '../support/cli.ts';
import { expectGolden } from '../support/golden.ts';
import { type Readability, measureReadability } from '../support/readability.ts';
import { splitWords } from '../support/voice.ts';

const folder = temporaryFolder();
let html: string;
let text: string;
let read: Readability;

beforeAll(async () => {
  await rentcheck(folder.path, ['demo']);
  const file = (name: string) => readFileSync(join(folder.path, 'out/demo', name), 'utf8');
  [html, text] = [file('report.html'), file('report.txt')];
  read = measureReadability({ html, text });
});

/** The ids of the run are in the footer, and change with the code. */
function withoutIds(report: string): string {
  return report.replace(/Run [0-9a-f]{16}, rentcheck \S+/g, 'Run …').replace(/[0-9a-f]{64}/g, '…');
}

describe('the leader’s report of the demo', () => {
  it('matches the approved text', () => {
    expectGolden('demo.golden.txt', withoutIds(text));
    expectGolden('demo.golden.html', withoutIds(html));
  });

  it('is short: page, sentences and bytes', () => {
    expect(read.page.words).toBeLessThanOrEqual(300);
    expect(read.page.numbers).toBeLessThanOrEqual(30);
    expect(read.actions.length).toBeGreaterThan(1);
    expect(read.bytes).toBeLessThan(90_000);
    const lengths = read.sentences.map((sentence) => splitWords(sentence).length);
    const mean = lengths.reduce((all, length) => all + length, 0) / lengths.length;
    expect(mean).toBeLessThanOrEqual(18);
    const long = read.sentences.filter((sentence) => splitWords(sentence).length > 25);
    expect(long.length).toBeLessThanOrEqual(lengths.length * 0.05);
  });
});
