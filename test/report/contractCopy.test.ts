/** The copy for a contract that delays a change. */

import { describe, expect, it } from 'vitest';
import { contractEndSentences } from '../../src/report/copy/changes.ts';
import { PLAIN_FORMAT } from '../../src/report/locale.ts';
import { parseAmounts } from '../../src/report/sections/storedAmounts.ts';
import type { AuditContractEnd } from '../../src/verdict/auditDecision.ts';

const END: AuditContractEnd = {
  source: 'coreweave',
  id: null,
  until: '2026-12-31',
  noticeBy: '2026-12-01',
  decideBy: '2026-12-01',
  deployments: ['chat'],
  plan: [{ deployment: 'chat', option: 'delete' }],
  savingUsd: '4100.000000',
  todayUsd: '-1900.000000',
};

const say = (end: Partial<AuditContractEnd>, per: 'quarter' | 'period' = 'quarter') =>
  contractEndSentences(parseAmounts({ ...END, ...end }), PLAIN_FORMAT, per);

describe('a contract that delays a change', () => {
  it('is printed with its saving, the current cost of the change, and the notice date', () => {
    expect(say({})).toBe(
      'From Jan 1, 2027, after the coreweave contract ends, deleting chat saves $4,100 a ' +
        'quarter. The same change made now costs $1,900 more than keeping. Give notice by Dec 1, ' +
        '2026.',
    );
  });

  it('says that notice is no longer possible, and that a contract has ended', () => {
    expect(say({ decideBy: '2026-12-31', todayUsd: '1200.000000' })).toMatch(
      /made now saves \$1,200\. Notice was due on Dec 1, 2026\. Decide by Dec 31, 2026\.$/,
    );
    expect(say({ decideBy: null })).toMatch(
      /^The coreweave contract ended on Dec 31, 2026. From then on, deleting chat saves/,
    );
    expect(say({ noticeBy: null, decideBy: '2026-12-31' })).toMatch(/keeping\. Decide by Dec 31/);
  });

  it('has no date if the contract renews', () => {
    expect(say({ until: null, noticeBy: null, decideBy: null }, 'period')).toBe(
      'After notice ends the coreweave contract, deleting chat saves $4,100 in a period like ' +
        'this one. The same change made now costs $1,900 more than keeping. The contract runs ' +
        'until notice is given.',
    );
  });

  it('names every deployment with what it changes to', () => {
    const planned = (option: AuditContractEnd['plan'][number]['option'], deployment: string) => ({
      deployment,
      option,
    });
    const plan = [
      planned('delete', 'a'),
      planned('right-size', 'b'),
      planned('delete', 'c'),
      planned('move', 'd'),
    ];
    expect(say({ plan })).toContain(
      'deleting a and c and right-sizing b and moving d to cheaper GPUs save $4,100 a quarter.',
    );
    const each = (['hybrid', 'serverless', 'bring-back', 'spot', 'keep'] as const).map((option) =>
      say({ plan: [planned(option, 'x')] }),
    );
    expect(each.map((text) => /ends, (.*) saves/.exec(text)?.[1])).toEqual([
      'buying the peaks of x from hosted APIs',
      'running x serverless',
      'serving x without hosted APIs',
      'moving x to cheaper GPUs',
      'keeping x',
    ]);
  });
});
