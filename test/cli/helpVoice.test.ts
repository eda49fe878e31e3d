/** Help pages and the answers to a new user's mistakes are plain sentences, each readable alone. */

import { describe, expect, it, test } from 'vitest';
import { folderWith, rentcheck } from '../support/cli.ts';
import { findListedWords, splitSentences, splitWords } from '../support/voice.ts';
import { expectRefusal, steersTerminal } from './cliFixture.ts';

const PAGES = [
  [],
  ['init'],
  ['doctor'],
  ['pull'],
  ['import'],
  ['audit'],
  ['report'],
  ['send'],
  ['what-if'],
  ['plan'],
  ['prices'],
  ['rates'],
  ['sql'],
  ['ops'],
  ['ops', 'add'],
  ['ops', 'list'],
  ['worker'],
  ['enqueue'],
  ['jobs'],
  ['demo'],
];

const MOST_WORDS = 25;

/** The descriptions of a page, each on one line, without the names of options. */
function descriptionsOf(page: string): string[] {
  return page
    .replaceAll(/\n {10,}(?=\S)/g, ' ')
    .split('\n')
    .map((line) => line.replace(/^ {2}\S.*? {2,}/, '').trim())
    .filter((line) => line !== '' && !/^(?:Usage|Options|Arguments|Commands):/.test(line));
}

function expectPlain(text: string): void {
  expect(findListedWords(text)).toEqual([]);
  expect(splitSentences(text).filter((each) => splitWords(each).length > MOST_WORDS)).toEqual([]);
}

test('every page that the program lists is covered', async () => {
  const { stdout } = await rentcheck(await folderWith({}), ['--help']);
  const listed = [...(stdout.split('Commands:')[1] ?? '').matchAll(/^ {2}([\w-]+)/gm)];
  const named = new Set(PAGES.flatMap(([name]) => name ?? []));
  expect(new Set(listed.map(([, name]) => name).filter((name) => name !== 'help'))).toEqual(named);
});

describe('help', () => {
  it.each(PAGES.map((args) => [args]))('of %j is in plain words, line by line', async (args) => {
    const { stdout, code } = await rentcheck(await folderWith({}), [...args, '--help']);
    expect(code).toBe(0);
    const descriptions = descriptionsOf(stdout);
    expect(descriptions.length).toBeGreaterThan(1);
    for (const description of descriptions) expectPlain(description);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});

/** What a user types in an empty folder, and what the answer must name. */
const MISTAKES: [args: string[], ...named: string[]][] = [
  [['audit'], 'rentcheck.yaml', 'rentcheck init'],
  [['doctr'], 'doctor'],
  [['audit', '--jsno'], '--json', 'rentcheck audit --help'],
  [['import'], 'kind of import', 'charges'],
  [['import', 'charges'], 'file', 'rentcheck import charges'],
  [['import', 'chargs', 'x.csv'], 'chargs', 'charges'],
  [['import', 'charges', 'x.csv', '--preview'], 'focus and prices'],
  [['import', 'prices', 'x.csv', '--quarter', '2026-Q3'], '--preview'],
  [['import', 'ops', 'x.csv', '--format', 'xml'], 'xml', 'pagerduty'],
  [['import', '--undo', 'last'], '--undo', 'pull_history'],
  [['report', '--from', '1 July'], '1 July', '2026-07-01'],
  [['plan'], '--model', '--gpu', '--tokens-per-day'],
  [['plan', '--model', 'm', '--gpu', 'H100-80GB', '--tokens-per-day', 'many'], 'many', '10M'],
  [['what-if'], 'override', '--hosted-price'],
  [['what-if', '--utilization', '60'], '60%'],
  [['ops', 'add', '--hours', 'two'], 'two', '--hours 1.5'],
  [['ops', 'add', '--hours', '1', '--date', 'monday'], 'monday', '--date'],
  [['send', '--dry-run', '--test'], '--dry-run', '--test'],
  [['send', '--as', 'sent'], '--resolve'],
  [['sql', 'SELECT 1', '--format', 'xml'], 'xml', 'csv'],
  [['enqueue', 'audit', '--payload', '{'], '--payload', 'JSON'],
  [['init'], '--yes'],
];

describe('a mistake in an empty folder', () => {
  it.each(MISTAKES)('%j is answered with what is wrong and what to do', async (args, ...named) => {
    const ran = await rentcheck(await folderWith({}), args);
    expectRefusal(ran, 2, ...named);
    expect(steersTerminal(ran.stderr)).toBe(false);
    for (const line of ran.stderr.trimEnd().split('\n')) {
      expectPlain(line.replace(/^(?:rentcheck| {2}(?:where|expected|do)): +/, ''));
    }
  });
});
