/** Engineering hours entered by hand become facts once, with their author, or are refused. */

import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY_MS, dayText } from '../../src/domain/period.ts';
import { folderWith, rentcheck } from '../support/cli.ts';
import { expectRefusal, WORKED_EXAMPLE_FILES, LAST_START, steersTerminal } from './cliFixture.ts';

const add = (folder: string, ...args: readonly string[]) =>
  rentcheck(folder, ['ops', 'add', ...args]);

async function rows(folder: string, query: string): Promise<Record<string, unknown>[]> {
  const ran = await rentcheck(folder, ['sql', query, '--json']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(ran.stdout) as Record<string, unknown>[];
}

describe('ops add', () => {
  it('records an entry, creates the ledger if there is none, and says so', async () => {
    const folder = await folderWith(WORKED_EXAMPLE_FILES);
    const args = ['--hours', '1.5', '--deployment', 'example', '--note', 'driver upgrade'];
    const ran = await add(folder, '--date', '2026-07-01', ...args);
    expect(ran).toEqual({
      code: 0,
      stdout: 'added  2026-07-01     1.50 h  example  driver upgrade\n',
      stderr: '',
    });
    const entries = await rows(
      folder,
      `SELECT source_id, day_ms, deployment, worked_ms, note, kind, url, f.added
       FROM ops_entry JOIN fetch f USING (fetch_ref, source_id)`,
    );
    expect(entries).toEqual([
      {
        source_id: 'import',
        day_ms: Date.UTC(2026, 6, 1),
        deployment: 'example',
        worked_ms: 5_400_000,
        note: 'driver upgrade',
        kind: 'ops.add',
        url: 'command:ops add',
        added: 1,
      },
    ]);
  });

  it('defaults to today and the whole stack, and reports it as JSON', async () => {
    const folder = await folderWith(WORKED_EXAMPLE_FILES);
    const before = dayText(Date.now());
    const ran = await add(folder, '--hours', '.25', '--json');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const entry = JSON.parse(ran.stdout) as Record<string, unknown>;
    expect([before, dayText(Date.now())]).toContain(entry['date']);
    expect(entry).toMatchObject({ deployment: null, hours: 0.25, note: null, outcome: 'added' });
  });

  it('twice is two entries; twice with one id is one, and another amount restates it', async () => {
    const folder = await folderWith(WORKED_EXAMPLE_FILES);
    const flags = ['--hours', '2', '--date', LAST_START];
    expect((await add(folder, ...flags)).stdout).toMatch(/^added /);
    expect((await add(folder, ...flags)).stdout).toMatch(/^added /);
    expect((await add(folder, ...flags, '--id', 'T-1')).stdout).toMatch(/^added /);
    expect((await add(folder, ...flags, '--id', 'T-1')).stdout).toMatch(/^unchanged /);
    expect((await add(folder, '--hours', '3', '--date', LAST_START, '--id', 'T-1')).stdout).toMatch(
      /^restated /,
    );
    const listed = await rentcheck(folder, ['ops', 'list', '--json']);
    const hours = (JSON.parse(listed.stdout) as { hours: number }[]).map((entry) => entry.hours);
    expect(hours.sort((a, b) => a - b)).toEqual([2, 2, 3]);
  });

  it('stores the author in the bytes behind the entry', async () => {
    const folder = await folderWith(WORKED_EXAMPLE_FILES);
    const words = ['ops', 'add', '--hours', '1', '--id', 'T-2'];
    expect(await rentcheck(folder, words, { USER: 'ada' })).toMatchObject({ code: 0 });
    const [body] = await rows(folder, 'SELECT plain_bytes, digest FROM raw_body');
    const entered = `{"by":"ada","id":"T-2","date":"${dayText(Date.now())}","workedMs":3600000}\n`;
    expect(body?.['plain_bytes']).toBe(entered.length);
  });

  it.each([
    [['--hours', '0'], 'Invalid value "0" for --hours'],
    [['--hours=-1'], 'Invalid value "-1" for --hours'],
    [['--hours', 'two'], 'Invalid value "two" for --hours'],
    [['--hours', '1e999'], 'Invalid value "1e999" for --hours'],
    [['--hours', '10001'], 'up to 10,000'],
    [['--hours', '0.00000001'], 'Invalid value "0.00000001" for --hours'],
    [['--hours', '1', '--date', '2026-02-30'], 'Invalid value "2026-02-30" for --date'],
    [
      ['--hours', '1', '--date', '2026-02-03T12:00Z'],
      'Invalid value "2026-02-03T12:00Z" for --date',
    ],
    [['--hours', '1', '--date', '1970-01-01'], 'from 2000 on'],
    [['--hours', '1', '--date', dayText(Date.now() + 2 * DAY_MS)], 'is in the future'],
    [['--hours', '1', '--note', 'x'.repeat(501)], '--note is too long: 501 characters'],
  ])('refuses %j, and leaves no ledger behind', async (args, saying) => {
    const folder = await folderWith(WORKED_EXAMPLE_FILES);
    expectRefusal(await add(folder, ...args), 2, saying);
    expect((await readdir(folder)).sort()).toEqual(Object.keys(WORKED_EXAMPLE_FILES).sort());
  });

  it('refuses a deployment missing from config, and suggests which was meant', async () => {
    const folder = await folderWith(WORKED_EXAMPLE_FILES);
    const ran = await add(folder, '--hours', '1', '--deployment', 'exmaple');
    expectRefusal(ran, 2, 'Unknown deployment "exmaple"', 'did you mean "example"?');
    expect((await add(folder)).code).toBe(2);
    expect((await add(folder)).stderr).toContain('--hours');
  });

  it('refuses an empty id, under which nothing could be restated', async () => {
    const folder = await folderWith(WORKED_EXAMPLE_FILES);
    expectRefusal(await add(folder, '--hours', '1', '--id', ' '), 2, 'Empty --id');
  });

  it('shows the content of a note without obeying it', async () => {
    const folder = await folderWith(WORKED_EXAMPLE_FILES);
    const ran = await add(folder, '--hours', '1', '--note', '\u001b[2Jgone\u202e');
    expect(ran).toMatchObject({ code: 0 });
    expect(steersTerminal(ran.stdout + ran.stderr)).toBe(false);
  });
});

describe('ops list', () => {
  it('says if there is nothing to list, and how to record', async () => {
    const folder = await folderWith(WORKED_EXAMPLE_FILES);
    await writeFile(join(folder, 'ops.csv'), 'date,hours\nnever,1\n');
    await rentcheck(folder, ['import', 'ops', 'ops.csv']);
    expect(await rentcheck(folder, ['ops', 'list'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'note: No hours are recorded yet. Record some: rentcheck ops add --hours 1.5\n',
    });
  });

  it('ends with a total for each deployment, the whole stack, and all', async () => {
    const folder = await folderWith(WORKED_EXAMPLE_FILES);
    const csv = 'date,deployment,hours,note\n2026-07-02,b,1,x\n2026-07-01,,2,\n2026-07-01,b,.5,\n';
    await writeFile(join(folder, 'ops.csv'), `${csv}2026-07-01,a,3,\n`);
    await rentcheck(folder, ['import', 'ops', 'ops.csv']);
    const listed = await rentcheck(folder, ['ops', 'list']);
    expect(listed.stdout.split('\n').slice(-5)).toEqual([
      'total          3.00 h  a',
      'total          1.50 h  b',
      'total          2.00 h  (whole stack)',
      'total          6.50 h  (all)',
      '',
    ]);
    expect(listed.stdout.split('\n')).toHaveLength(9);
  });
});
