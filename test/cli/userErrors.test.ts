/** Messages after a user error: what is wrong, what was expected, what to do. */

import { beforeAll, describe, expect, it } from 'vitest';
import { filesIn, rentcheck, temporaryFolder } from '../support/cli.ts';
import { expectRefusal, WORKED_EXAMPLE_FILES, fillFolder } from './cliFixture.ts';

const folder = temporaryFolder().path;
const run = (...args: string[]) => rentcheck(folder, args);

beforeAll(async () => {
  await fillFolder(folder);
  const declared = 'sources: { vast: { kind: import } }\n';
  await filesIn(folder, {
    'rentcheck.yaml': `${declared}${WORKED_EXAMPLE_FILES['rentcheck.yaml'] ?? ''}`,
  });
});

describe('a user error', () => {
  it('in a pull of a declared source that is filled by files is reported as that', async () => {
    expect(await run('pull', 'vast')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'rentcheck: Cannot pull "vast": its kind is import, so its data comes from files\n' +
        '  expected: a source whose kind is not import\n' +
        '  do:       import a file: rentcheck import charges FILE --source vast\n',
    });
  });

  it('in arguments is reported like any other, with the usage of the command', async () => {
    expect(await run('enqueue')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        "rentcheck: Missing required argument 'job'\n" +
        '  expected: rentcheck enqueue [options] <job>\n' +
        '  do:       list the options with: rentcheck enqueue --help\n',
    });
    expect(await run('ops', 'add')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('  expected: rentcheck ops add [options]\n'),
    });
    expect(await run('--json', 'audit')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('with all options after the command\n'),
    });
  });

  it.each([
    [['audit', '2026-Q5'], 'unknown quarter "2026-Q5"'],
    [['report', 'Q3'], 'unknown quarter "Q3"'],
    [['send', '2026-Q33'], 'unknown quarter "2026-Q33"'],
    [['what-if', '2026-13', '--gpu-rate', '2'], 'unknown quarter "2026-13"'],
    [['audit', '--from', '01/07/2026', '--to', '2026-08-01'], ' for --from'],
    [['pull', '--to', 'now'], ' for --to'],
  ])('in %j is reported before a missing config', async (args, what) => {
    expectRefusal(await run(...args, '--config', 'nowhere.yaml'), 2, what);
  });

  it('with an impossible folder is refused at once, with its path and what to do', async () => {
    await run('audit', 'last');
    const ran = await run('report', '--out', '/proc/x');
    expectRefusal(ran, 2, '/proc/x', 'cannot write', 'use another path');
    const demo = await run('demo', '--out', '/proc/x');
    expectRefusal(demo, 2, 'cannot write /proc/x: a folder cannot be created there');
  });
});
