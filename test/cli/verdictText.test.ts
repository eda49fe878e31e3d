/** Knows how a verdict reads on a terminal. */

import { describe, expect, it } from 'vitest';
import { verdictText } from '../../src/cli/verdictText.ts';
import { SENTENCES } from '../../src/report/copy/sentences.ts';
import type { Missing } from '../../src/verdict/reason.ts';
import { aDeployment, anAudit } from '../support/auditFixture.ts';
import { hostileAudit, keptAudit, mixedAudit, unprovenAudit } from '../support/audits.ts';
import { steersTerminal } from './stage.ts';

function evidence(missing: Missing) {
  return { code: 'get-evidence', missing } as const;
}

describe('the verdict on a terminal', () => {
  it('is one line with saving, interval and odds, then the same without people’s time', () => {
    expect(verdictText(mixedAudit()).split('\n').slice(0, 3)).toEqual([
      'Rent check 2026-Q3',
      'Verdict: delete, saving $41,214 (90% range $12,364 to $61,900, 96% likely)',
      "Without people's time: delete, saving $39,600 (93% likely)",
    ]);
  });

  it('tells both verdicts of a deployment where people’s time makes the difference', () => {
    const of = (verdict: 'delete' | 'keep') => {
      const withoutLabor = { verdict, savingUsd: '0.000000', probability: null };
      const deployment = aDeployment({ id: 'chat', verdict: 'delete', withoutLabor });
      return verdictText(anAudit({ deployments: [deployment] }));
    };
    expect(of('keep')).toMatch(/^chat +delete \(keep without people's time\) +\$54,000/m);
    expect(of('delete')).toMatch(/^chat +delete +\$54,000/m);
  });

  it('claims no saving and no odds where it keeps, or knows none', () => {
    expect(verdictText(keptAudit())).toContain("Verdict: keep\nWithout people's time: keep\n");
    expect(verdictText(unprovenAudit())).toMatch(/^Verdict: not enough evidence$/m);
    const unsure = { verdict: 'not certain enough', probability: '0.620000' } as const;
    expect(verdictText(anAudit({ stack: unsure }))).toMatch(
      /^Verdict: not certain enough, possibly saving/m,
    );
  });

  it('says the first three things to do and the three nearest flips', () => {
    const text = verdictText(mixedAudit());
    const [, next = ''] = text.split('What to do next\n');
    expect(next.split('\n').slice(0, 9)).toEqual([
      '  - Delete chat-70b and buy its tokens from deepinfra/fp8 through ' + 'openrouter: $30,214',
      '  - Cap bursty-code-32b at 2 replicas and send the overflow to ' +
        'deepinfra/fp8 through openrouter: $12,200',
      '  - Set up hosted API access. It takes fixed engineering time for keys, ' +
        'limits and billing: -$1,200',
      '  - and 3 more, in the report',
      '',
      'What would change it',
      "  - GPU price: break-even at $0.91 an hour, 39% below today's $1.50",
      "  - Tokens a day: break-even at 24.5B, 79% above today's 13.7B",
      "  - Hosted price: break-even at $0.240 per Mtok, 2.7× today's $0.0892",
    ]);
  });

  const LACKING = {
    code: 'stack-coverage',
    share: '0.000000',
    neededShare: '0.900000',
  } as const;

  it.each([
    ['facts', { missingDetails: [LACKING] }, { detail: evidence(LACKING), text: 'in words' }],
    ['older sentences', {}, { text: SENTENCES.missing(LACKING) }],
  ])('says once what is missing by %s, with no saving without evidence', (_, details, step) => {
    const stack = {
      verdict: 'not enough evidence',
      missing: [SENTENCES.missing(LACKING)],
      ...details,
      steps: [
        { action: 'get-evidence', deployment: null, savingUsd: '0.000000', by: null, ...step },
      ],
      withoutLabor: { ...anAudit().stack.withoutLabor, verdict: 'not enough evidence' },
    } as const;
    const text = verdictText(anAudit({ stack }));
    expect(text).toMatch(/^Verdict: not enough evidence$/m);
    expect(text).not.toContain("Without people's time");
    expect(text.split('Usage covers 0')).toHaveLength(2);
  });

  it('lets no name steer the terminal', () => {
    expect(steersTerminal(verdictText(hostileAudit()))).toBe(false);
  });
});
