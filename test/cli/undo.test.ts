/** `rentcheck import --undo` in a terminal: its output, its refusals, its effects. */

import { beforeAll, expect, it } from 'vitest';
import { filesIn, rentcheck, temporaryFolder } from '../support/cli.ts';
import { expectRefusal, fillFolder, LAST_START, steersTerminal } from './cliFixture.ts';

const folder = temporaryFolder().path;
const run = (...args: string[]) => rentcheck(folder, args);
const HOSTILE = 'evil\u001b[2J\u202e-1';
const WRONG = [
  'id,resource_id,category,start,end,billed_cost,currency',
  `${HOSTILE},pod,compute,${LAST_START}T00:00:00Z,${LAST_START}T01:00:00Z,7.50,USD`,
];

beforeAll(async () => {
  await fillFolder(folder);
  await filesIn(folder, { 'wrong.csv': `${WRONG.join('\n')}\n` });
  const ran = await run('import', 'charges', 'wrong.csv');
  if (!ran.stdout.endsWith('(fetch 4)\n')) throw new Error(ran.stdout + ran.stderr);
});

it('an import is undone by the number that it printed, and reported fact by fact', async () => {
  const ran = await run('import', '--undo', '4');
  expect(ran).toMatchObject({
    code: 0,
    stdout:
      'wrong.csv (fetch 4) no longer counts: 1 withdrawn, 0 restored; charges changed from ' +
      '$7.50 to $0.00 (fetch 5)\n',
  });
  expect(ran.stderr).toMatch(/^ {2}charge \(id evil.*billed_cost from 7\.50 to none$/m);
  expect(ran.stderr).toContain('note: To reverse this undo: rentcheck import --undo 5\n');
  expect(steersTerminal(ran.stdout + ran.stderr)).toBe(false);
  const again = await run('import', '--undo', '4', '--json');
  expect(again.code).toBe(0);
  expect(JSON.parse(again.stdout)).toEqual({
    outcome: 'already',
    undone: { fetch: 4, file: 'wrong.csv' },
    by: { fetch: 5, file: 'import.undo' },
  });
});

it('an unknown import is refused with what to do, and so is a file with --undo', async () => {
  expectRefusal(
    await run('import', '--undo', '99'),
    2,
    'unknown fetch 99',
    '4 (charges wrong.csv)',
  );
  expectRefusal(await run('import', '--undo', 'four'), 2, 'Invalid fetch number for --undo');
  expectRefusal(
    await run('import', 'charges', '--undo', '4'),
    2,
    '--undo takes a number and no other argument',
  );
  expectRefusal(await run('import', 'charges'), 2, 'Missing file to import');
});
