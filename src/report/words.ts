/**
 * Knows the whole report in finished words; subject, text and HTML print these and add none of
 * their own.
 */

import type { Audit } from '../verdict/audit.ts';
import { type Figures, figuresOf } from './words/figures.ts';
import { answerOf } from './words/headline.ts';
import { identityOf } from './words/method.ts';
import { complete } from './words/older.ts';
import { periodName } from './words/period.ts';
import { situationOf } from './words/reading.ts';
import { type Row, rowsOf } from './words/rows.ts';
import { type Section, sectionsOf } from './words/sections.ts';
import type { Step } from './words/stepLines.ts';
import { stepsOf } from './words/steps.ts';
import { whyOf } from './words/why.ts';

export interface ReportWords {
  /** `Q3 2026`. */
  readonly period: string;
  /** The answer in the subject line, without the period. */
  readonly finding: string;
  /** The answer in one sentence. */
  readonly headline: string;
  readonly figures: Figures;
  readonly why: readonly string[];
  readonly steps: readonly Step[];
  readonly rows: readonly Row[];
  /** In order of reading; a section that has nothing to tell is not there. */
  readonly sections: readonly Section[];
  readonly identity: readonly string[];
}

/** Audits of older versions too: what they do not tell is not told. */
export function reportWords(stored: Audit, previous?: Audit): ReportWords {
  const audit = complete(stored);
  const situation = situationOf(audit);
  const why = whyOf(audit, situation);
  return {
    period: periodName(audit),
    ...answerOf(audit, situation),
    figures: figuresOf(audit, situation),
    why,
    steps: stepsOf(audit, situation),
    rows: rowsOf(audit),
    sections: sectionsOf({ audit, previous, situation, why }),
    identity: identityOf(audit),
  };
}
