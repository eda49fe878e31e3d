/** Audits that an older version stored are still rendered, with the data they have. */

import { describe, expect, it } from 'vitest';
import { buildReportText } from '../../src/report/reportText.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { aDetail } from '../support/auditFixture.ts';
import { keptAudit, mixedAudit } from '../support/audits.ts';
import { ownerCopy } from '../support/ownerCopy.ts';
import { numbersIn, visibleWords } from '../support/visibleText.ts';
import { renderCached } from '../support/renderedReport.ts';
import { LEADER, findingsForLeader } from '../support/readers.ts';

const NEWER = new Set(
  (
    'hangsOn leaning standing steps outlook lookBack commitments credits unattributed ' +
    'reentryUsd draws change ' +
    'cacheShare gpuUsd storageUsd otherUsd migrationUsd billedUsd afterCommitments'
  ).split(' '),
);

/**
 * The audit as the first version stored it: no probabilities, three options, and no later fields.
 */
function asStoredBefore(audit: Audit): Audit {
  const older = JSON.parse(
    JSON.stringify(audit, (key, value: unknown) => {
      if (NEWER.has(key)) return undefined;
      return ['probability', 'low', 'high'].includes(key) ? null : value;
    }),
  ) as Audit;
  const { verdict, savingUsd } = older.stack.withoutLabor;
  const bare = {
    ...older,
    stack: {
      ...older.stack,
      options: undefined,
      flips: [],
      withoutLabor: { verdict, savingUsd },
    },
    sensitivity: [],
    deployments: older.deployments.map((each) => ({
      ...each,
      savingUsd: undefined,
      withoutLabor: undefined,
      flips: [],
      options: each.options.filter(({ option }) => ['keep', 'delete', 'hybrid'].includes(option)),
    })),
  };
  return JSON.parse(JSON.stringify(bare)) as Audit;
}

describe('an audit of the first version', () => {
  const audit = asStoredBefore(mixedAudit());

  it('is rendered without probabilities, and says that it has none', async () => {
    const { subject, text, html } = await renderCached({ audit, detail: aDetail(audit) });
    expect(subject).toMatch(/save \$41,214 a quarter$/);
    expect(text).not.toMatch(/undefined|NaN|null|% likely/);
    expect(text.replace(/\s+/g, ' ')).toContain('No range was computed.');
    expect(numbersIn(visibleWords(html))).toEqual(numbersIn(text));
  });

  it('takes its steps from its plan', () => {
    expect(findingsForLeader(audit).steps[0]?.what).toBe(
      'Delete chat-70b and send its tokens to deepinfra/fp8',
    );
  });

  it('prints only the data it has', () => {
    const titles = buildReportText(findingsForLeader(audit), LEADER).sections.map(
      ({ title }) => title,
    );
    expect(titles).not.toContain('The next quarter');
    expect(titles).toContain('Deployments');
    const own = ownerCopy(audit, 'chat-70b').sections.map(({ title }) => title);
    expect(own).toContain('The options');
  });

  it('can be the previous audit', async () => {
    const previous = { ...audit, quarter: '2026-Q2' };
    const { text } = await renderCached({
      audit: keptAudit(),
      detail: aDetail(keptAudit()),
      previous,
    });
    expect(text).toContain('CHANGES SINCE Q2 2026');
  });
});
