/**
 * Knows the whole report in finished words; subject, text and HTML print these and add none of
 * their own.
 */

import type { Audit } from '../verdict/audit.ts';
import type { Move } from '../verdict/moves.ts';
import type { ChartSlot } from './charts/chart.ts';
import { shownSentence } from './label.ts';
import { type Corrected, correctionTable, type Late, noticesOf } from './words/correction.ts';
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
import type { Table } from './words/table.ts';
import { whyOf } from './words/why.ts';

/** A page of a letter, whoever reads it. */
export interface PageWords {
  /** What this is, above the answer: `Rent check Q3 2026, edition 2`. */
  readonly kicker: string;
  /** The answer in one sentence. */
  readonly headline: string;
  /** What must be known before reading on: that it corrects another, that it is late. */
  readonly notices: readonly string[];
  /** What another edition said, line by line. */
  readonly corrections: readonly Table[];
  readonly figures: Figures;
  /** In order of reading; a section that has nothing to tell is not there. */
  readonly sections: readonly Section[];
  readonly identity: readonly string[];
}

export interface ReportWords extends PageWords {
  /** `Q3 2026`. */
  readonly period: string;
  /** The answer in the subject line, without the period. */
  readonly finding: string;
  readonly why: readonly string[];
  readonly steps: readonly Step[];
  readonly rows: readonly Row[];
}

export interface Told {
  readonly previous?: Audit | undefined;
  readonly edition?: number | undefined;
  readonly corrects?: Corrected | undefined;
  /** What moved since the edition that is corrected. */
  readonly moves?: readonly Move[] | undefined;
  readonly late?: Late | undefined;
  readonly notes?: readonly string[] | undefined;
  readonly charted?: ReadonlySet<ChartSlot> | undefined;
}

/** Audits of older versions too: what they do not tell is not told. */
export function reportWords(stored: Audit, told: Told = {}): ReportWords {
  const audit = complete(stored);
  const situation = situationOf(audit);
  const why = whyOf(audit, situation);
  const steps = stepsOf(audit, situation);
  const rows = rowsOf(audit);
  return {
    period: periodName(audit),
    kicker: kickerOf(audit, told),
    ...answerOf(audit, situation),
    notices: noticesOf(audit, told),
    corrections: correctionsOf(audit, told),
    figures: figuresOf(audit, situation),
    why,
    steps,
    rows,
    sections: sectionsOf({
      audit,
      previous: told.previous,
      situation,
      why,
      steps,
      rows,
      charted: told.charted ?? new Set(),
    }),
    identity: [...identityOf(audit), ...(told.notes ?? []).map(shownSentence)],
  };
}

function correctionsOf(audit: Audit, { corrects, moves = [] }: Told): Table[] {
  if (corrects === undefined) return [];
  return correctionTable({ before: corrects.audit, after: audit, moves, isListed: true });
}

function kickerOf(audit: Audit, { edition, corrects }: Told): string {
  const kicker = `Rent check ${periodName(audit)}`;
  if (edition === undefined) return kicker;
  return `${kicker}, edition ${edition}${corrects === undefined ? '' : ': a correction'}`;
}
