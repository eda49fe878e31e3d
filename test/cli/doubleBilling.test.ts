/** One purchase billed by two sources: it is reported, and config names the bill that counts. */

import { beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, dayText } from '../../src/domain/period.ts';
import { filesIn, rentcheck, temporaryFolder } from '../support/cli.ts';
import {
  WORKED_EXAMPLE_FILES,
  fillFolder,
  LAST_QUARTER,
  LAST_START,
  expectSuccess,
} from './cliFixture.ts';

const HEAD =
  'id,resource_id,category,start,end,billed_cost,currency,quantity,unit,model,token_class';

/** Dollars by day, for four days of the last quarter. */
const USD = [10, 12.5, 9, 20];

function bill(lines: readonly (readonly [string, string, readonly number[]])[]): string {
  const rows = lines.flatMap(([id, model, amounts]) =>
    amounts.map((usd, day) => {
      const startMs = Date.parse(`${LAST_START}T00:00:00Z`) + (day + 10) * DAY_MS;
      const span = `${dayText(startMs)}T00:00:00Z,${dayText(startMs + DAY_MS)}T00:00:00Z`;
      return `${id}-${day},${model},hosted,${span},${usd},USD,1000000,Tokens,${model},input`;
    }),
  );
  return [HEAD, ...rows, ''].join('\n');
}

const CONFIG = `${WORKED_EXAMPLE_FILES['rentcheck.yaml']}
sources:
  openai: { kind: import }
  finance: { kind: import }
`;
const RULE = (match: string) =>
  `billOfRecord: [{ source: openai, insteadOf: finance, match: ${match} }]\n`;

describe('a purchase that two sources bill', () => {
  const folder = temporaryFolder().path;
  const run = (...args: string[]) => rentcheck(folder, args);
  const audited = async () => JSON.parse((await run('audit', LAST_QUARTER, '--json')).stdout);
  const doubts = async () => {
    const { findings } = JSON.parse((await run('doctor', '--json')).stdout);
    return findings.filter(({ says }: { says: string }) => says.includes('is counted twice'));
  };

  beforeAll(async () => {
    await fillFolder(folder);
    await filesIn(folder, {
      'rentcheck.yaml': CONFIG,
      'openai.csv': bill([['api', 'gpt-4o', USD]]),
      'finance.csv': bill([
        ['line', 'gpt-4o', USD],
        ['other', 'mistral-large', [1, 2, 3, 4]],
      ]),
    });
    expectSuccess(await run('import', 'charges', 'openai.csv', '--source', 'openai'));
    expectSuccess(await run('import', 'charges', 'finance.csv', '--source', 'finance'));
  });

  it('counts twice, and the audit says so with both sources and the money', async () => {
    const audit = await audited();
    // Both bills of $51.50, and $10 of another model.
    expect(audit.totals.hostedSpendUsd).toBe('113.000000');
    expect(audit.evidence.doubleBilled).toEqual([
      {
        sources: ['finance', 'openai'],
        category: 'hosted',
        evidence: 'same-resources',
        resources: ['gpt-4o'],
        days: 4,
        usd: '51.500000',
      },
    ]);
    const warnings = audit.stack.reasons.filter((reason: string) =>
      reason.includes('is counted twice'),
    );
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('finance and openai bill the same hosted purchases (gpt-4o)');
    expect(warnings[0]).toContain('`billOfRecord`');
  });

  it('is one finding of the doctor', async () => {
    expect(await doubts()).toMatchObject([
      { area: 'bill', subject: 'finance and openai', state: 'warn' },
    ]);
  });

  it('counts once if config names the bill of record, and reports the excluded part', async () => {
    const before = await audited();
    const rule = RULE('{ id: gpt-4o, category: hosted }');
    await filesIn(folder, { 'rentcheck.yaml': CONFIG + rule });
    const audit = await audited();
    expect(audit.totals.hostedSpendUsd).toBe('61.500000');
    expect(audit.evidence.doubleBilled).toBeUndefined();
    expect(audit.evidence.leftOut).toEqual([
      { source: 'finance', billOfRecord: 'openai', categories: ['hosted'], usd: '51.500000' },
    ]);
    expect(audit.totals.hostedSpend.models).toMatchObject([
      { source: 'openai', model: 'gpt-4o', usd: '51.500000', tokens: 4_000_000 },
      { source: 'finance', model: 'mistral-large', usd: '10.000000', tokens: 4_000_000 },
    ]);
    expect(audit.stack.reasons.join(' ')).toContain(
      'Charges of $51.50 from finance (hosted) are left out. The bill of record is openai, with ' +
        '$51.50 of the same.',
    );
    expect(audit.inputsDigest).not.toBe(before.inputsDigest);
    expect(await doubts()).toEqual([]);
    await filesIn(folder, { 'rentcheck.yaml': CONFIG + RULE('{}') });
    expect((await audited()).totals.hostedSpendUsd).toBe('51.500000');
  });

  it.each([
    ['insteadOf: finance', 'insteadOf: nobody', 'nobody'],
    ['insteadOf: finance', 'insteadOf: openai', 'a source other than'],
    ['}]', '}, { source: finance, insteadOf: openai }]', 'neither would count'],
  ])('is refused as a rule with %s changed to %s', async (from, to, says) => {
    const rule = RULE('{ category: hosted }').replace(from, to);
    await filesIn(folder, { 'rentcheck.yaml': CONFIG + rule });
    const { code, stderr } = await run('audit', LAST_QUARTER);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});
