/** Every sentence of every code: short, plain, one idea, and no listed word. */

import { describe, expect, it, test } from 'vitest';
import type { Finding } from '../../src/domain/finding.ts';
import type { LedgerRowFault } from '../../src/domain/ledgerFaults.ts';
import type { SpendTier } from '../../src/economics/planned/result.ts';
import type { PlannedLack, HostLack, Lack } from '../../src/economics/lack.ts';
import type { UptimeNote } from '../../src/domain/billWarning.ts';
import type { Warning } from '../../src/economics/warning.ts';
import { planLackSentence, groundsSentence, tierName } from '../../src/report/copy/planOptions.ts';
import { uptimeNote } from '../../src/report/copy/bills.ts';
import { sentence } from '../../src/report/displayText.ts';
import { findingText } from '../../src/report/copy/findings.ts';
import { clockGapSentence, ledgerWrongText } from '../../src/report/copy/ledgerFindings.ts';
import { hostLackClause, lackClause } from '../../src/report/copy/lacks.ts';
import { pullWarningSentence } from '../../src/report/copy/pullWarnings.ts';
import { warningSentence } from '../../src/report/copy/warnings.ts';
import { STORED_FORMAT } from '../../src/report/locale.ts';
import {
  FORECAST_LACKS,
  FINDINGS,
  LEDGER_WRONGS,
  UPTIME_NOTES,
} from '../support/findingSamples.ts';
import { pullWarnings } from '../support/pullWarningSamples.ts';
import { REASONS } from '../support/reasonSamples.ts';
import { NOTES, STEPS } from '../support/stepSamples.ts';
import { findListedWords, splitSentences, splitWords } from '../support/voice.ts';
import { HOST_LACKS, LACKS, WARNINGS } from '../support/warningSamples.ts';

const factsOf = <Fact>(samples: object) =>
  Object.entries(samples).map(([code, figures]) => ({ code, ...(figures as object) }) as Fact);

const findings = factsOf<Finding>(FINDINGS).map(findingText);

const TIERS: Readonly<Record<SpendTier['tier'], true>> = {
  'hosted-or-marketplace': true,
  'on-demand': true,
  'on-demand-until-known': true,
  'reserved-base': true,
  reserved: true,
};
const GROUNDS: Readonly<Record<SpendTier['grounds'], true>> = {
  'less-than-one-gpu': true,
  'less-than-one-node': true,
  'node-under-contract': true,
  'reserved-cheapest': true,
  'reserved-uncompared': true,
  'on-demand-cheaper': true,
};

/** By kind. Clauses are shown in the sentences around them. */
const TEXTS = {
  reasons: Object.values(REASONS).map(({ stored }) => stored),
  warnings: factsOf<Warning>(WARNINGS).map((fact) => warningSentence(fact, STORED_FORMAT)),
  lacks: factsOf<Lack>(LACKS).map((fact) => sentence(lackClause(fact, STORED_FORMAT))),
  providers: factsOf<HostLack>(HOST_LACKS).map((fact) =>
    sentence(hostLackClause(fact, STORED_FORMAT)),
  ),
  steps: Object.entries(STEPS).flatMap(([code, [, stored]]) =>
    code === 'attribute' ? [] : stored,
  ),
  advice: Object.values(NOTES).map(([, stored]) => stored),
  ahead: factsOf<PlannedLack>(FORECAST_LACKS).map((fact) => planLackSentence(fact, STORED_FORMAT)),
  tiers: (Object.keys(TIERS) as SpendTier['tier'][]).map((tier) => sentence(tierName(tier))),
  grounds: (Object.keys(GROUNDS) as SpendTier['grounds'][]).map(groundsSentence),
  findings: findings.map(({ says }) => says),
  fixes: findings.flatMap(({ fix }) => (fix === undefined ? [] : [fix])),
  wrongs: factsOf<LedgerRowFault>(LEDGER_WRONGS).map((wrong) => sentence(ledgerWrongText(wrong))),
  uptime: factsOf<UptimeNote>(UPTIME_NOTES).map((note) => uptimeNote(note, STORED_FORMAT)),
  pulls: pullWarnings().map(pullWarningSentence),
  clock: [clockGapSentence(FINDINGS['clock-gap'] as never)],
} as const;

const kinds = Object.entries(TEXTS);
const all = kinds.flatMap(([, texts]) => texts);
const sentences = all.flatMap(splitSentences);

describe.each(kinds)('of %s', (kind, texts) => {
  it('no sentence has more than 25 words', () => {
    const long = texts.flatMap(splitSentences).filter((each) => splitWords(each).length > 25);
    expect(long).toEqual([]);
  });

  it('no sentence has a listed word, a semicolon or a dash', () => {
    // Pods are a product of RunPod.
    const except = kind === 'pulls' ? ['pods'] : [];
    const odd = texts.filter((text) => {
      return findListedWords(text, { except }).length > 0 || /[;\u2014]/.test(text);
    });
    expect(odd).toEqual([]);
  });

  it('each begins with a capital and ends with a period, or with text to type', () => {
    const odd = texts
      .flatMap(splitSentences)
      .filter((each) => !/^[\p{Lu}\d`"[].*[.\]]$/su.test(each));
    expect(odd.filter((each) => kind !== 'fixes' || !TYPED.test(each))).toEqual([]);
  });
});

/** Commands and lines of YAML end as they are typed. */
const TYPED = /(?:run: |\brentcheck |: [-{]|[}\]]$|include_usage$|stack\.unattributed$)/i;

test('sentences have 18 words or fewer on average', () => {
  const words = sentences.reduce((sum, each) => sum + splitWords(each).length, 0);
  expect(words / sentences.length).toBeLessThanOrEqual(18);
});

test('no two codes of a kind have the same text', () => {
  for (const [, texts] of kinds.filter(([kind]) => kind !== 'fixes')) {
    expect(new Set(texts).size).toBe(texts.length);
  }
});
