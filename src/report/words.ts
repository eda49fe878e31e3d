/** Builds the whole report as text. Subject, plain text and HTML only lay it out. */

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

/** A report for any role: one page, a rule, then the appendix. */
export interface PageWords {
  /** Line above the headline: `Rent check Q3 2026, edition 2`. */
  readonly kicker: string;
  /** The verdict in one sentence. */
  readonly headline: string;
  /** Notices before the text, one short sentence each: a correction, a delay. */
  readonly notices: readonly string[];
  /** One or two sentences before the actions. */
  readonly lead: readonly string[];
  readonly actions: Actions;
  /** The rest of the page, in reading order. */
  readonly page: readonly Section[];
  /** The appendix below the rule. Sections without content are left out. */
  readonly sections: readonly Section[];
  readonly identity: readonly string[];
}

export interface ReportWords extends PageWords {
  /** `Q3 2026`. */
  readonly period: string;
  /** The verdict in the subject line, without the period. */
  readonly finding: string;
  /** Variants with fewer names, for shorter subjects. */
  readonly findings?: readonly string[];
  /** Prices, utilization and saving, for chat and the front page. */
  readonly figures: Figures;
  readonly why: readonly string[];
  readonly steps: readonly Step[];
  readonly rows: readonly Row[];
}

/** Builds the report. Audits of older versions are accepted: what they lack is left out. */
export function reportWords(stored: Audit, reader: Reader, context: Told = {}): ReportWords {
  const audit = complete(stored);
  const situation = situationOf(audit);
  const why = whyOf(audit, situation, reader);
  const steps = stepsOf(audit, situation, reader);
  const rows = rowsOf(audit, reader);
  const kicker = toKicker(audit, context, reader);
  const answer = answerOf(audit, situation, reader);
  const { plans = [] } = context;
  return {
    period: periodName(audit, reader),
    kicker,
    ...answer,
    ...leaderPage(audit, { situation, kicker, headline: answer.headline, ...context }, reader),
    figures: figuresOf(audit, situation, reader),
    why,
    steps,
    rows,
    sections: [
      ...editionSections(audit, context, reader),
      ...sectionsOf(
        {
          audit,
          previous: context.previous,
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
      ...(context.notes ?? []).map((each) => shownSentence(each, reader)),
    ],
  };
}

/** The section on a corrected or late edition. */
function editionSections(audit: Audit, context: Told, reader: Reader): Section[] {
  const { corrects, moves = [] } = context;
  const sentences = noticesOf(audit, context, reader);
  const tables =
    corrects === undefined
      ? []
      : correctionTable({ before: corrects.audit, after: audit, moves, isListed: true }, reader);
  if (sentences.length === 0) return [];
  return [section(EDITION_TITLE, { sentences, tables })];
}

function toKicker(audit: Audit, { edition, corrects }: Told, reader: Reader): string {
  const kicker = `Rent check ${periodName(audit, reader)}`;
  if (edition === undefined) return kicker;
  return `${kicker}, edition ${edition}${corrects === undefined ? '' : ': a correction'}`;
}
