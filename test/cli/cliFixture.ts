/** Fixtures for tests of the command line: a company's folder, and the content of its ledger. */

import { expect } from 'vitest';
import { dayText } from '../../src/domain/period.ts';
import { parseQuarter, quarterPeriod, quarterText } from '../../src/calendar/quarter.ts';
import { filesIn, type CliResult, rentcheck } from '../support/cli.ts';
import { WORKED_FILES } from '../support/workedExample.ts';

/** The previous quarter at the time of the test, since the program uses the real clock. */
const LAST = parseQuarter('last', Date.now(), 1);
export const LAST_QUARTER = quarterText(LAST);
export const LAST_START = dayText(quarterPeriod(LAST, 1).startMs);
export const LAST_END = dayText(quarterPeriod(LAST, 1).endMs);

/** The worked example, moved to the first four hours of the last quarter. */
export const WORKED_EXAMPLE_FILES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(WORKED_FILES).map(([name, text]) => [
    name,
    text.replaceAll('2026-07-01', LAST_START).replaceAll('2026-06-01', '2020-01-01'),
  ]),
);

/** Writes the files, imports all three, and returns the folder. */
export async function fillFolder(folder: string): Promise<string> {
  await filesIn(folder, WORKED_EXAMPLE_FILES);
  for (const kind of ['charges', 'usage', 'prices']) {
    expect(await rentcheck(folder, ['import', kind, `${kind}.csv`])).toMatchObject({ code: 0 });
  }
  return folder;
}

/** All facts and their sources, so that a lost, added or changed row is visible. */
const FACTS: Readonly<Record<string, string>> = {
  charge: 'charge_key, version, billed_nano_usd, start_ms, end_ms, tags_json, withdrawn, fetch_ref',
  usage: 'series_ref, start_ms, version, end_ms, uncached_prompt_tokens, output_tokens, withdrawn',
  hosted_price: 'source_id, model, host, valid_from_ms, version, input_nano_usd_per_mtok',
  ops_entry: '*',
  resource_seen: 'source_id, resource_id, seen_at_ms, version, name',
  fetch: 'fetch_ref, source_id, kind, url, digest, finished, failure_code, body_ref',
  reject: 'fetch_ref, position, reason, excerpt',
  raw_chunk: 'body_ref, chunk, plain_bytes, hex(zstd)',
};

/** All facts as text, read by the program itself. Equal before and after if nothing was lost. */
export async function readFactsBySql(folder: string): Promise<string> {
  const queries = Object.entries(FACTS).map(([table, columns]) => {
    const row = columns === '*' ? 'count(*)' : `json_group_array(json_array(${columns}))`;
    return `SELECT '${table}' AS name, ${row} AS held FROM ${table}`;
  });
  const ran = await rentcheck(folder, ['sql', queries.join(' UNION ALL '), '--format', 'json']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(ran.stdout)).toHaveLength(queries.length);
  return ran.stdout;
}

/** The rows of one table in the output of {@link readFactsBySql}. */
export function readFactTable(facts: string, table: string): unknown[] {
  const all: { name: string; held: string }[] = JSON.parse(facts);
  return JSON.parse(all.find(({ name }) => name === table)?.held ?? 'null');
}

/** A failed request is recorded next to the existing facts, and removes nothing. */
export function expectNothingLost(before: string, after: string): void {
  for (const table of ['charge', 'usage', 'hosted_price']) {
    expect(readFactTable(after, table)).toEqual(readFactTable(before, table));
  }
  for (const table of ['fetch', 'reject', 'raw_chunk', 'resource_seen']) {
    expect(readFactTable(after, table)).toEqual(
      expect.arrayContaining(readFactTable(before, table)),
    );
  }
}

/** Whether the text has a character that a terminal would obey, or show as nothing. */
export function steersTerminal(text: string): boolean {
  return /[\p{Cc}\p{Cf}]/u.test(text.replaceAll('\n', ''));
}

/** Throws the program's output if a step that a test depends on has failed. */
export function expectSuccess(ran: CliResult): CliResult {
  expect(ran).toMatchObject({ code: 0 });
  return ran;
}

/** Expects a refusal: nothing on standard output, and a message that says what to do. */
export function expectRefusal(ran: CliResult, code: 1 | 2 | 3, ...saying: readonly string[]): void {
  expect(ran).toMatchObject({ code, stdout: '' });
  // A message begins with a capital when printed, and may be embedded elsewhere.
  const embedded = ran.stderr.replace(/^rentcheck: \w/m, (start) => start.toLowerCase());
  for (const words of saying) expect(`${ran.stderr}${embedded}`).toContain(words);
  expect(ran.stderr).toMatch(/^rentcheck: \S.*$/m);
  expect(ran.stderr).toMatch(/^ {2}do: {7}\S.*$/m);
  expect(ran.stderr).not.toContain('Internal error');
}
