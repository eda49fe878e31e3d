/** The text of an audit on a terminal. */

import { describe, expect, it } from 'vitest';
import { renderVerdict } from '../../src/cli/verdictText.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import { nearestBreakEvens } from '../../src/report/sections/breakEvens.ts';
import { renderHeadline } from '../../src/report/sections/headline.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import type { Missing } from '../../src/verdict/reason.ts';
import { aDeployment, anAudit } from '../support/auditFixture.ts';
import { hostileAudit, keptAudit, mixedAudit, unprovenAudit } from '../support/audits.ts';
import { steersTerminal } from './cliFixture.ts';
import { LEADER, readForLeader } from '../support/readers.ts';

function evidence(missing: Missing) {
  return { code: 'get-evidence', missing } as const;
}

/** All of it, or what fits a screen. */
const all = (audit: Audit) => renderVerdict(audit, { screen: WIDE, all: true });
const short = (audit: Audit) => renderVerdict(audit, { screen: WIDE, all: false });
const WIDE = { columns: 200, rows: 40 };

describe('the verdict on a terminal', () => {
  it('is the headline of the report, its range, and the saving without engineering time', () => {
    const audit = mixedAudit();
    const { headline } = renderHeadline(readForLeader(audit), LEADER);
    expect(short(audit).split('\n').slice(0, 2)).toEqual([
      `Rent check Q3 2026. ${headline}`,
      'The 90% range of the saving is $12,364 to $61,900. ' +
        'Without engineering time, the saving is $39,600 and the verdict is the same.',
    ]);
  });

  it('prints the other verdict of a deployment if engineering time makes the difference', () => {
    const textOf = (verdict: 'delete' | 'keep') => {
      const withoutLabor = { verdict, savingUsd: '0.000000', probability: null };
      const deployment = aDeployment({ id: 'chat', verdict: 'delete', withoutLabor });
      return short(anAudit({ deployments: [deployment] }));
    };
    expect(textOf('keep')).toMatch(/^deployment .* without engineering time/m);
    expect(textOf('keep')).toMatch(/^chat +delete +\$54,000 .* keep /m);
    expect(textOf('delete')).not.toContain('without engineering time  ');
  });

  it('claims no saving and no probability if it keeps, or knows none', () => {
    expect(short(keptAudit())).toMatch(/^Rent check Q3 2026\. Keep /);
    expect(short(keptAudit())).not.toMatch(/saving +likely|^deployment .* saving/m);
    expect(short(unprovenAudit())).toMatch(/^Rent check Q3 2026\. Not enough evidence /);
    const unsure = { verdict: 'not certain enough', probability: '0.620000' } as const;
    expect(short(anAudit({ stack: unsure }))).toMatch(/^Rent check Q3 2026\. Keep .*, 62% likely/);
  });

  it('prints three actions and counts the others; with --all, all and the break-evens', () => {
    const actions = (text: string) => text.match(/^\d+\. /gm) ?? [];
    expect(actions(short(mixedAudit()))).toHaveLength(3);
    expect(short(mixedAudit())).toMatch(/^ {3}3 more actions: /m);
    expect(actions(all(mixedAudit()))).toHaveLength(6);
    expect(all(mixedAudit())).not.toContain('more action');
    const [, breakEven = ''] = all(mixedAudit()).split('\nBreak-even\n');
    expect(breakEven.match(/^ {2}- .+/gm)).toHaveLength(
      nearestBreakEvens(readForLeader(mixedAudit()), 99, LEADER).length,
    );
  });

  const LACKING = {
    code: 'stack-coverage',
    share: '0.000000',
    neededShare: '0.900000',
  } as const;

  it.each([
    ['facts', { missingDetails: [LACKING] }, { detail: evidence(LACKING), text: 'in words' }],
    ['older sentences', {}, { text: AUDIT_SENTENCES.missing(LACKING) }],
  ])('says once what is missing by %s, with no saving without evidence', (_, details, step) => {
    const stack = {
      verdict: 'not enough evidence',
      missing: [AUDIT_SENTENCES.missing(LACKING)],
      ...details,
      steps: [
        { action: 'get-evidence', deployment: null, savingUsd: '0.000000', by: null, ...step },
      ],
      withoutLabor: { ...anAudit().stack.withoutLabor, verdict: 'not enough evidence' },
    } as const;
    const text = all(anAudit({ stack }));
    expect(text).toMatch(/^Rent check Q3 2026\. Not enough evidence /);
    expect(text.split('Usage covers 0')).toHaveLength(2);
  });

  it('lets no name control the terminal', () => {
    expect(steersTerminal(short(hostileAudit()) + all(hostileAudit()))).toBe(false);
  });
});
