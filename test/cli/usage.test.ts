import { beforeAll, describe, expect, it } from 'vitest';
import { rentcheck, temporaryFolder } from '../support/cli.ts';
import { expectRefusal, readFactsBySql, fillFolder } from './cliFixture.ts';

const folder = temporaryFolder().path;
const run = (...args: string[]) => rentcheck(folder, args);
let before: string;

beforeAll(async () => {
  await fillFolder(folder);
  before = await readFactsBySql(folder);
});

describe('an invalid command line', () => {
  it('without a command lists the commands, and ends with 2', async () => {
    const ran = await run();
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain('Commands:');
  });

  it('gets a suggestion for the command', async () => {
    const ran = await run('audti');
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain("Unknown command 'audti'");
    expect(ran.stderr).toContain('Did you mean audit?');
    expect(ran.stderr).toContain('list the commands with: rentcheck --help');
  });

  it('gets a suggestion for the option', async () => {
    const ran = await run('audit', '--jsno');
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain('Did you mean --json?');
  });

  it.each([
    [['audit', '2026-Q5'], '"2026-Q5"', '2026-Q3'],
    [['audit', 'yesterday'], '"yesterday"', 'last'],
    [['audit', '2999-Q1'], 'has not started yet', 'last'],
    [['worker', '--role', 'hands'], 'no worker with --role hands', 'docs/machines.md'],
    [['audit', '--from', '2026-07-01'], 'needs --from and --to', '--to'],
    [['audit', 'last', '--from', '2026-07-01', '--to', '2026-07-02'], 'no quarter', '--from'],
    [['audit', '--from', '2026-07-02', '--to', '2026-07-01'], 'ends before it starts', 'swap'],
    [['audit', '--from', '0050-01-01', '--to', '0051-01-01'], 'starts before 2000', '2026'],
    [['audit', '--from', '2026-02-30', '--to', '2026-07-01'], '"2026-02-30"', '2026-07-01'],
    [['audit', '--as-of', 'noon'], '--as-of', 'ISO 8601'],
    [['report', '2026-Q0'], '"2026-Q0"', '2026-Q3'],
    [['pull', '--from', '2026-07-02', '--to', '2026-07-01'], 'ends before it starts', '--from'],
    [['pull'], 'No source to pull', 'sources'],
    [['pull', 'nobody'], 'Unknown source "nobody"', 'do:'],
    [['import', 'bills', 'charges.csv'], 'Unknown kind of import "bills"', 'charges, focus, usage'],
    [['import', 'chargs', 'charges.csv'], 'Unknown kind', 'did you mean "charges"?'],
    [['import', 'charges', 'nothing.csv'], 'Cannot read nothing.csv', 'no such file'],
    [['import', 'charges', 'charges.csv', '--source', 'a b'], '--source', 'letters'],
    [['sql', 'SELECT 1', '--format', 'xml'], 'Unknown format "xml"', 'csv'],
    [['sql', 'SELEC 1'], 'near "SELEC": syntax error', 'line 1, column 1'],
    [['sql', 'SELECT * FROM nowhere'], 'no such table: nowhere', 'list the views'],
    [['sql', 'DELETE FROM charge'], 'only statements that read', 'SELECT'],
    [['sql', 'SELECT 1; DROP TABLE charge'], 'one', 'do:'],
    [['sql', 'PRAGMA user_version = 9'], 'only statements that read', 'SELECT'],
    [['sql', "ATTACH 'other.db' AS other"], 'only statements that read', 'SELECT'],
  ])('%j is refused with what to do', async (args, what, expected) => {
    expectRefusal(await run(...args), 2, what, expected);
  });

  it('is reported for too many and too few arguments', async () => {
    expect(await run('audit', 'last', 'more')).toMatchObject({ code: 2, stdout: '' });
    const ran = await run('import', 'charges');
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain('Missing file to import');
  });

  it('has changed no stored data', async () => {
    expect(await readFactsBySql(folder)).toBe(before);
  });
});
