/**
 * Knows the whole report in finished words; subject, text and HTML print these and add none of
 * their own.
 */

import type { Audit } from '../verdict/audit.ts';
import { shownSentence } from './label.ts';
import { doubtsOf } from './words/doubts.ts';
import { type Figures, figuresOf } from './words/figures.ts';
import { answerOf } from './words/headline.ts';
import { identityOf, methodOf } from './words/method.ts';
import { periodName } from './words/period.ts';
import { type Situation, situationOf } from './words/reading.ts';
import { reasonsOf } from './words/reasons.ts';
import { type Row, rowsOf } from './words/rows.ts';
import { changesSince } from './words/since.ts';
import { type Step, stepsOf } from './words/steps.ts';
import { surenessOf } from './words/sureness.ts';
import { waiversOf } from './words/waivers.ts';
import { whyOf } from './words/why.ts';

export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

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
  /** In order of reading; a section without lines is not there. */
  readonly sections: readonly Section[];
  readonly identity: readonly string[];
}

export function reportWords(audit: Audit, previous?: Audit): ReportWords {
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

interface Telling {
  readonly audit: Audit;
  readonly previous: Audit | undefined;
  readonly situation: Situation;
  readonly why: readonly string[];
}

function sectionsOf({ audit, previous, situation, why }: Telling): Section[] {
  const isActed = situation === 'change' || situation === 'keep';
  const sections = [
    { title: 'What could change our mind', lines: doubtsOf(audit, situation) },
    { title: 'What is missing', lines: isActed ? audit.stack.missing.map(shownSentence) : [] },
    { title: 'The reasons', lines: reasonsOf(audit, why) },
    { title: 'Who must stay', lines: waiversOf(audit) },
    { title: 'How sure we are', lines: surenessOf(audit) },
    { title: sinceTitle(previous), lines: changesSince(previous, audit) },
    { title: 'How this was computed', lines: methodOf(audit) },
  ];
  return sections.filter(({ lines }) => lines.length > 0);
}

function sinceTitle(previous: Audit | undefined): string {
  return previous === undefined ? '' : `Since ${periodName(previous)}`;
}
