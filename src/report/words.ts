/** The whole report in finished words: subject, text and HTML print these and add none. */

import type { Audit } from '../verdict/audit.ts';
import { shownSentence } from './label.ts';
import type { Actions } from './words/actions.ts';
import { correctionTable, noticesOf } from './words/correction.ts';
import { type Figures, figuresOf } from './words/figures.ts';
import { answerOf } from './words/headline.ts';
import { identityOf } from './words/method.ts';
import { complete } from './words/older.ts';
import { leaderPage, type Told } from './words/page.ts';
import { periodName } from './words/period.ts';
import { situationOf } from './words/reading.ts';
import { type Row, rowsOf } from './words/rows.ts';
import { EDITION_TITLE, section, type Section, sectionsOf } from './words/sections.ts';
import type { Step } from './words/stepLines.ts';
import { stepsOf } from './words/steps.ts';
import { whyOf } from './words/why.ts';
import type { Reader } from './locale.ts';

/** A page of a report, whoever reads it: one page, then a rule, then the appendix. */
export interface PageWords {
  /** What this is, above the answer: `Rent check Q3 2026, edition 2`. */
  readonly kicker: string;
  /** The answer in one sentence. */
  readonly headline: string;
  /** What must be known before reading on, in a short sentence each: a correction, a delay. */
  readonly notices: readonly string[];
  /** One or two sentences before the actions. */
  readonly lead: readonly string[];
  readonly actions: Actions;
  /** The rest of the page, in order of reading. */
  readonly page: readonly Section[];
  /** The appendix, below the rule; a section without content is left out. */
  readonly sections: readonly Section[];
  readonly identity: readonly string[];
}

export interface ReportWords extends PageWords {
  /** `Q3 2026`. */
  readonly period: string;
  /** The answer in the subject line, without the period. */
  readonly finding: string;
  /** The same with ever fewer names, for subjects with less room. */
  readonly findings?: readonly string[];
  /** Price, utilization and saving, for a chat and a front page. */
  readonly figures: Figures;
  readonly why: readonly string[];
  readonly steps: readonly Step[];
  readonly rows: readonly Row[];
}

/** Audits of older versions too: what they do not state is left out. */
export function reportWords(stored: Audit, reader: Reader, told: Told = {}): ReportWords {
  const audit = complete(stored);
  const situation = situationOf(audit);
  const why = whyOf(audit, situation, reader);
  const steps = stepsOf(audit, situation, reader);
  const rows = rowsOf(audit, reader);
  const kicker = kickerOf(audit, told, reader);
  const answer = answerOf(audit, situation, reader);
  const { plans = [] } = told;
  return {
    period: periodName(audit, reader),
    kicker,
    ...answer,
    ...leaderPage(audit, { situation, kicker, headline: answer.headline, ...told }, reader),
    figures: figuresOf(audit, situation, reader),
    why,
    steps,
    rows,
    sections: [
      ...editionSections(audit, told, reader),
      ...sectionsOf(
        {
          audit,
          previous: told.previous,
          situation,
          why,
          steps,
          rows,
          charted: new Set(plans.map(({ slot }) => slot)),
        },
        reader,
      ),
    ],
    identity: [
      ...identityOf(audit, reader),
      ...(told.notes ?? []).map((each) => shownSentence(each, reader)),
    ],
  };
}

/** What another edition said, line by line, and why this one is late. */
function editionSections(audit: Audit, told: Told, reader: Reader): Section[] {
  const { corrects, moves = [] } = told;
  const sentences = noticesOf(audit, told, reader);
  const tables =
    corrects === undefined
      ? []
      : correctionTable({ before: corrects.audit, after: audit, moves, isListed: true }, reader);
  if (sentences.length === 0) return [];
  return [section(EDITION_TITLE, { sentences, tables })];
}

function kickerOf(audit: Audit, { edition, corrects }: Told, reader: Reader): string {
  const kicker = `Rent check ${periodName(audit, reader)}`;
  if (edition === undefined) return kicker;
  return `${kicker}, edition ${edition}${corrects === undefined ? '' : ': a correction'}`;
}
