import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { filesIn, rentcheck, temporaryFolder } from '../support/cli.ts';
import {
  WORKED_EXAMPLE_FILES,
  fillFolder,
  LAST_QUARTER,
  LAST_START,
  expectSuccess,
} from './cliFixture.ts';

/** In the worked example: 15.6M tokens served by the replicas in four hours, for $6. */
const BOUGHT =
  'id,resource_id,category,start,end,billed_cost,currency,quantity,unit,model,token_class';

function bought(): string {
  const day = `${LAST_START}T00:00:00Z,${LAST_START}T01:00:00Z`;
  return [
    BOUGHT,
    `in,arn:1,hosted,${day},10,USD,4000,1K tokens,gpt-oss-120b,input`,
    `out,arn:1,hosted,${day},2,USD,1000,1K tokens,gpt-oss-120b,output`,
    `other,arn:2,hosted,${day},5,USD,,,closed-1,`,
    '',
  ].join('\n');
}

describe('a stack with part of its traffic on hosted APIs already', () => {
  const folder = temporaryFolder().path;
  const run = (...args: string[]) => rentcheck(folder, args);

  beforeAll(async () => {
    await fillFolder(folder);
    const config = (WORKED_EXAMPLE_FILES['rentcheck.yaml'] ?? '').replace(
      'hosted: { equivalents:',
      'hosted: { alreadySpent: [{ source: import, model: "gpt-oss-*" }], equivalents:',
    );
    await filesIn(folder, { 'rentcheck.yaml': config, 'bought.csv': bought() });
    expectSuccess(await run('import', 'charges', 'bought.csv'));
  });

  it('is reported by model, with its capture rate, and priced as if moved back', async () => {
    const audit = JSON.parse((await run('audit', LAST_QUARTER, '--json')).stdout);
    expect(audit.totals).toMatchObject({
      spendUsd: '6.000000',
      hostedSpendUsd: '17.000000',
      // $12 of $17 are for models with known tokens.
      hostedSpend: { captureRate: '0.705882', unattributedUsd: '5.000000' },
    });
    expect(audit.totals.hostedSpend.models).toEqual([
      {
        source: 'import',
        model: 'gpt-oss-120b',
        deployment: 'example',
        usd: '12.000000',
        tokens: 5_000_000,
        isSecondHand: false,
      },
      {
        source: 'import',
        model: 'closed-1',
        deployment: null,
        usd: '5.000000',
        tokens: null,
        isSecondHand: false,
      },
    ]);
    const [deployment] = audit.deployments;
    // 15.6M of 20.6M.
    expect(deployment.alreadyHosted).toEqual({
      tokens: 5_000_000,
      usd: '12.000000',
      servedHere: '0.757282',
      models: [{ source: 'import', model: 'gpt-oss-120b' }],
    });
    const back = deployment.options.find((one: { option: string }) => one.option === 'bring-back');
    // They fit into the free 5.04M of the first hour.
    expect(back).toMatchObject({
      gpuUsd: '6.000000',
      hostedUsd: '-12.000000',
      savingUsd: '12.000000',
      detail: { broughtTokens: 5_000_000, extraReplicaHours: '0.000000', grain: 'hour' },
    });
  });

  it('is audited the same again, and matches SQL', async () => {
    const digest = async () =>
      JSON.parse((await run('audit', LAST_QUARTER, '--json')).stdout).inputsDigest;
    expect(await digest()).toBe(await digest());
    const sql = 'SELECT model, tokens, spend_usd FROM hosted_spend_by_day ORDER BY model';
    const { stdout } = expectSuccess(await run('sql', sql, '--format', 'json'));
    expect(JSON.parse(stdout)).toEqual([
      { model: 'closed-1', tokens: null, spend_usd: 5 },
      { model: 'gpt-oss-120b', tokens: 5_000_000, spend_usd: 12 },
    ]);
    const options = "SELECT saving_usd FROM option_by_deployment WHERE option = 'bring-back'";
    const answer = expectSuccess(await run('sql', options, '--format', 'json'));
    expect(JSON.parse(answer.stdout)).toEqual([{ saving_usd: 12 }]);
  });

  it('is reported: the option is listed among the others', async () => {
    expectSuccess(await run('report', LAST_QUARTER, '--out', 'out'));
    const report = await readFile(join(folder, 'out', 'report.html'), 'utf8');
    expect(report).toContain('Bring back');
  });
});
