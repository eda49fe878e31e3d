/**
 * Spend that is not attributed is listed with a line to paste, which attributes exactly that spend.
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { dayText } from '../../src/domain/period.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { filesIn, rentcheck, temporaryFolder } from '../support/cli.ts';
import {
  WORKED_EXAMPLE_FILES,
  fillFolder,
  LAST_QUARTER,
  LAST_START,
  steersTerminal,
  expectSuccess,
} from './cliFixture.ts';

const HOSTILE = [
  'node: 7 # "x"',
  'star*',
  '${HOME}',
  String.raw`back\slash\*`,
  "it's {nested}, [all]",
  '\u202egnp.exe\u{e0041}',
];

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const HEAD =
  'id,resource_id,resource_name,category,pricing_class,start,end,billed_cost,currency,team';
const row = (
  id: string,
  usd: string,
  more: Partial<Record<'start' | 'until' | 'name' | 'team', string>>,
) => {
  const { start = LAST_START, until = '04:00:00', name = '', team = '' } = more;
  const end = `${start}T${until}Z`;
  const cells = [quoted(`${id}/${usd}`), quoted(id), quoted(name), 'compute', 'on-demand'];
  return [...cells, start, end, usd, 'USD', team].join(',');
};

/** Stars and similar names, which a careless pattern would match too. */
const NEIGHBORS = ['starry', 'star', 'node: 8'];

const MORE = [
  HEAD,
  ...HOSTILE.map((id, at) => row(id, `${at + 2}.25`, {})),
  ...NEIGHBORS.map((id) => row(id, '0.5', {})),
  // Of one pod the team's charges are attributed, the others are not.
  row('both', '3', { team: 'chat' }),
  row('both', '4', {}),
  row('late', '9', { start: dayText(Date.now()), name: 'late\u001b[31m', until: '00:00:01' }),
].join('\n');

const CONFIG = WORKED_EXAMPLE_FILES['rentcheck.yaml'] ?? '';
const OWN = 'resources: [{ source: import, match: { id: pod-1 } }';
const TEAM = '{ source: import, match: { tags: { team: chat } } }';

const folder = temporaryFolder().path;

/** Audits the config with the team's charges, and one more deployment with these resources. */
async function audited(resources: readonly string[]): Promise<Audit> {
  const list = resources.map((item) => `\n      - ${item}`).join('');
  const other = `  other:\n    model: m\n    gpu: { type: A100-80GB }\n    resources:${list}\n`;
  const config = CONFIG.replace(OWN, `${OWN}, ${TEAM}`).replace('labor:', () => `${other}labor:`);
  await writeFile(join(folder, 'rentcheck.yaml'), config);
  const { stdout } = await rentcheck(folder, ['audit', LAST_QUARTER, '--json']);
  return JSON.parse(stdout) as Audit;
}

const NOTHING = '{ source: import, match: { id: nothing } }';

const spends = ({ deployments, totals }: Audit) => ({
  ...Object.fromEntries(deployments.map(({ id, spendUsd }) => [id, spendUsd])),
  nobody: totals.unattributedUsd,
});

beforeAll(async () => {
  await fillFolder(folder);
  await filesIn(folder, { 'more.csv': MORE });
  expectSuccess(await rentcheck(folder, ['import', 'charges', 'more.csv']));
});

test('once pasted, each line attributes exactly the spend it was listed with', async () => {
  const before = await audited([NOTHING]);
  const listed = before.stack.unattributed;
  // Six of $2.25 to $7.25, three of $0.50, and $4.00 of what the team has in part.
  expect(spends(before)).toEqual({ example: '9.000000', other: '0.000000', nobody: '34.000000' });
  expect(listed.map(({ resource }) => resource)).toEqual(
    [...HOSTILE.toReversed(), ...NEIGHBORS.toReversed()].toSpliced(4, 0, 'both'),
  );
  for (const { match, usd, resource } of listed) {
    const { stack, ...after } = await audited([match ?? '']);
    expect(spends({ stack, ...after })).toMatchObject({ example: '9.000000', other: usd });
    expect(stack.unattributed.map((each) => each.resource)).not.toContain(resource);
  }
});

test('all lines pasted together leave no unattributed spend', async () => {
  const { stack } = await audited([NOTHING]);
  const after = await audited(stack.unattributed.map(({ match }) => match ?? ''));
  expect(spends(after)).toEqual({ example: '9.000000', other: '34.000000', nobody: '0.000000' });
  expect(after.stack.unattributed).toEqual([]);
});

test('the terminal lists the same lines, which are YAML after their dash', async () => {
  const { stack } = await audited([NOTHING]);
  const { stdout } = await rentcheck(folder, ['audit', LAST_QUARTER, '--all']);
  const lines = stdout.split('\n').filter((line) => line.startsWith('  - { source: '));
  expect(lines).toHaveLength(stack.unattributed.length);
  expect(steersTerminal(stdout)).toBe(false);
  const after = await audited(lines.map((line) => line.slice('  - '.length)));
  expect(spends(after)).toMatchObject({ other: '34.000000', nobody: '0.000000' });
});

test('the doctor lists recent charges, and its line works as well', async () => {
  await audited([NOTHING]);
  const looked = async () => (await rentcheck(folder, ['doctor'])).stdout;
  const doctorText = await looked();
  expect(doctorText).toContain('Charges of $9.00 from import for late');
  const line = /Paste this under resources of .* serves: - (.*)/.exec(doctorText)?.[1] ?? '';
  expect(line).toBe('{ source: "import", match: { id: "late", rest: true } }');
  await audited([line]);
  expect(await looked()).not.toContain('not attributed');
});
