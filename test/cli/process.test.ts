/** How the program starts and ends as a process: its `.env` and its exit codes. */

import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderWith, temporaryFolder } from '../support/cli.ts';
import { spawnRentcheck } from '../support/runProgram.ts';
import { expectRefusal, WORKED_EXAMPLE_FILES, fillFolder } from './cliFixture.ts';

const folder = temporaryFolder().path;

beforeAll(async () => {
  await fillFolder(folder);
});

describe('the process ends with', () => {
  it.each([
    [0, ['audit']],
    [1, ['report', '2020-Q1']],
    [2, ['audit', 'yesterday']],
    [3, ['import', 'charges', 'charges.csv', '-c', 'nowhere.yaml']],
  ])('%i after %j', async (code, args) => {
    const lost = 'ledger: ./no/such/folder/rentcheck.db\n';
    await appendFile(join(folder, 'nowhere.yaml'), code === 3 ? lost : '');
    expect(await spawnRentcheck(folder, args)).toMatchObject({ code });
  });
});

describe('a .env file', () => {
  const config = `
http: { retries: 0 }
sources: { prom: { kind: prometheus, url: "http://127.0.0.1:9", bearerToken: "\${KEY}" } }
deployments:
  chat:
    model: m
    gpu: { type: A100-80GB, count: 1 }
    resources: [{ source: import, match: { name: chat } }]
    usage: { source: prom, match: { model_name: m } }
`;
  const window = ['--from', '2026-07-01', '--to', '2026-07-02'];

  it('is read from the working directory; variables of the environment override it', async () => {
    const own = await folderWith({ 'rentcheck.yaml': config, '.env': 'KEY=from-the-file\n' });
    const read = await spawnRentcheck(own, ['pull', ...window]);
    expect(read.stderr).not.toContain('KEY');
    expect(read.stderr).toContain('http://127.0.0.1:9');
    const emptied = await spawnRentcheck(own, ['pull', ...window], { KEY: '' });
    expect(emptied.stderr).toContain('KEY');
  });

  it('that cannot be read is refused in one sentence, without a stack trace', async () => {
    const own = await folderWith(WORKED_EXAMPLE_FILES);
    await mkdir(join(own, '.env'));
    expectRefusal(await spawnRentcheck(own, ['audit']), 2, '.env', 'cannot read .env');
  });
});
