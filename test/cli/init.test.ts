import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderConfigFromAnswers } from '../../src/cli/starter.ts';
import { loadConfig } from '../../src/config/load.ts';
import { folderWith, rentcheck } from '../support/cli.ts';
import { expectRefusal } from './cliFixture.ts';

describe('init', () => {
  it('writes a config that loads, and the next steps name what it lacks', async () => {
    const folder = await folderWith({});
    const ran = await rentcheck(folder, ['init', '--yes']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('Wrote rentcheck.yaml and .env.example');

    expectRefusal(await rentcheck(folder, ['audit']), 1, 'no ledger at', 'rentcheck pull');

    const yaml = join(folder, 'rentcheck.yaml');
    const text = await readFile(yaml, 'utf8');
    // The test uses no network: Prometheus, which needs no key, is at a closed port.
    const offline = text.replace('http://prometheus:9090', 'http://127.0.0.1:9');
    await writeFile(yaml, `http: { retries: 0 }\n${offline}`);
    const pulled = await rentcheck(folder, ['pull']);
    expect(pulled.code).toBe(1);
    for (const name of ['RUNPOD_API_KEY', 'OPENROUTER_KEY']) {
      expect(pulled.stderr).toContain(`the secret \${${name}} is not set`);
      expect(await readFile(join(folder, '.env.example'), 'utf8')).toContain(`${name}=`);
    }
    expect(pulled.stderr).toContain('cannot reach http://127.0.0.1:9');
  });

  it("writes both files to the config's folder, and keeps existing files", async () => {
    const folder = await folderWith({});
    const args = ['init', '--yes', '-c', 'deep/er/rent.yaml', '--json'];
    const ran = await rentcheck(folder, args);
    const written = ['deep/er/rent.yaml', join('deep/er', '.env.example')];
    expect(JSON.parse(ran.stdout)).toEqual({ written });
    const config = await loadConfig(join(folder, 'deep/er/rent.yaml'), { env: {} });
    expect(config.deployments.map(({ id }) => id)).toEqual(['chat-70b']);
    expectRefusal(await rentcheck(folder, args), 2, 'deep/er/rent.yaml already exists', '--config');
  });

  it('writes examples that load too when they are used', async () => {
    const folder = await folderWith({});
    await rentcheck(folder, ['init', '--yes']);
    const path = join(folder, 'rentcheck.yaml');
    const taken = (await readFile(path, 'utf8')).replace(/^# ?(?=[a-z]+:| {2})/gm, '');
    await writeFile(path, taken);
    const { market, migration, commitments, ops } = await loadConfig(path, { env: {} });
    expect(market.tiers).toEqual(['hyperscaler', 'neocloud']);
    expect(migration).toMatchObject({ stated: true, amortizationQuarters: 4 });
    expect(commitments).toHaveLength(1);
    expect(ops.services).toEqual([{ pattern: 'chat-70b-*', deployment: 'chat-70b' }]);
  });

  it.each([
    ['ml-platform', 'ml-platform'],
    ['Ann "ops": {{model}} #1', 'Ann "ops": {{model}} #1'],
    ['', undefined],
  ])('writes the owner %j and the days within which to act', async (owner, found) => {
    const starter = await readFile('templates/starter.yaml', 'utf8');
    const answers = new Map([
      ['deployment', 'chat'],
      ['model', 'author/chat'],
      ['gpuType', 'H100-80GB'],
      ['gpuCount', '1'],
      ['prometheusUrl', 'http://prometheus:9090'],
      ['hostedModel', 'author/chat'],
      ['owner', owner],
    ]);
    const folder = await folderWith({
      'rentcheck.yaml': renderConfigFromAnswers(starter, answers),
    });
    const config = await loadConfig(join(folder, 'rentcheck.yaml'), { env: {} });
    expect(config.owner).toBe(found);
    expect(config.policy.actWithinDays).toBe(30);
  });

  it('prompts nobody without a terminal', async () => {
    const folder = await folderWith({});
    expectRefusal(
      await rentcheck(folder, ['init']),
      2,
      'standard input is not a terminal',
      'init --yes',
    );
  });

  it('names the folder that it may not write', async () => {
    const folder = await folderWith({ file: '' });
    const ran = await rentcheck(folder, ['init', '--yes', '-c', 'file/rentcheck.yaml']);
    expectRefusal(ran, 2, 'cannot write ', 'file/rentcheck.yaml: ', 'use another path');
  });
});
