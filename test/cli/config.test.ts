import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, rentcheck } from '../support/cli.ts';
import { expectRefusal } from './cliFixture.ts';

describe('a config that cannot be used', () => {
  it('is named when missing, with the command that writes one', async () => {
    const folder = await folderWith({});
    const ran = await rentcheck(folder, ['audit']);
    expectRefusal(ran, 2, 'cannot read rentcheck.yaml: no such file', 'rentcheck init');
  });

  it('is named when it is a folder', async () => {
    const folder = await folderWith({});
    await mkdir(join(folder, 'there'));
    expectRefusal(await rentcheck(folder, ['pull', '-c', 'there']), 2, 'there', 'it is a folder');
  });

  it('is reported with line and column when it is not YAML', async () => {
    const folder = await folderWith({ 'rentcheck.yaml': 'ledger: [./rentcheck.db\nsources: {' });
    expectRefusal(
      await rentcheck(folder, ['audit']),
      2,
      'rentcheck.yaml has',
      'line 2, column 1: invalid YAML',
    );
  });

  it('is reported as not text when it is binary', async () => {
    const folder = await folderWith({});
    await writeFile(join(folder, 'rentcheck.yaml'), Buffer.from([0xff, 0xfe, 0x00, 0x81]));
    expectRefusal(await rentcheck(folder, ['audit']), 2, 'is not UTF-8 text', 'save the file');
  });

  it('has all its faults listed at once: where, what was found, what was meant', async () => {
    const folder = await folderWith({
      'rentcheck.yaml': `
ledgr: ./rentcheck.db
http: { retries: 99 }
sources:
  main: { kind: runpods, apiKey: "\${KEY}" }
deployments:
  chat:
    model: m
    gpu: { type: A100-80GB, cout: 1 }
    resources: [{ source: man, match: { id: pod-1 } }]
`,
    });
    const ran = await rentcheck(folder, ['audit', '--json']);
    expectRefusal(
      ran,
      2,
      'rentcheck.yaml has 5 errors:',
      'did you mean "ledger"?',
      'http.retries (line 3, column 18): found 99, expected a whole number from 0 to 10',
      'did you mean "runpod"?',
      'did you mean "count"?',
      'did you mean "main"?',
      'fix rentcheck.yaml and run the same command again',
    );
  });

  it('has its control characters shown instead of obeyed', async () => {
    const folder = await folderWith({ 'rentcheck.yaml': '"\\e[31mledger": x\n' });
    const ran = await rentcheck(folder, ['audit']);
    expectRefusal(ran, 2, 'rentcheck.yaml has 1 error');
    expect(ran.stderr).not.toContain('\u001b');
  });
});
