/** Builds the whole report as text. Subject, plain text and HTML only lay it out. */

import type { Audit } from '../verdict/audit.ts';
import { shownSentence } from './displayText.ts';
import type { ActionList } from './sections/actions.ts';
import { correctionTable, editionNotices } from './sections/correction.ts';
import { type MainFigures, mainFigures } from './sections/mainFigures.ts';
import { renderHeadline } from './sections/headline.ts';
import { identityLines } from './sections/method.ts';
import { completeAudit } from './sections/completeAudit.ts';
import { buildLeaderPage, type ReportContext } from './sections/leaderPage.ts';
import { periodName } from './sections/period.ts';
import { findSituation } from './sections/auditReading.ts';
import { type DeploymentRow, deploymentRows } from './sections/deploymentRows.ts';
import {
  EDITION_TITLE,
  section,
  type ReportSection,
  appendixSections,
} from './sections/appendix.ts';
import { type NumberedStep, numberedSteps } from './sections/steps.ts';
import { whyLines } from './sections/why.ts';
import type { Reader } from './locale.ts';

/** A report for any role: one page, a rule, then the appendix. */
export interface PageText {
  /** Line above the headline: `Rent check Q3 2026, edition 2`. */
  readonly kicker: string;
  /** The verdict in one sentence. */
  readonly headline: string;
  /** Notices before the text, one short sentence each: a correction, a delay. */
  readonly notices: readonly string[];
  /** One or two sentences before the actions. */
  readonly lead: readonly string[];
  readonly actions: ActionList;
  /** The rest of the page, in reading order. */
  readonly page: readonly ReportSection[];
  /** The appendix below the rule. Sections without content are left out. */
  readonly sections: readonly ReportSection[];
  readonly identity: readonly string[];
}

export interface ReportText extends PageText {
  /** `Q3 2026`. */
  readonly period: string;
  /** The verdict in the subject line, without the period. */
  readonly finding: string;
  /** Variants with fewer names, for shorter subjects. */
  readonly findings?: readonly string[];
  /** Prices, utilization and saving, for chat and the front page. */
  readonly figures: MainFigures;
  readonly why: readonly string[];
  readonly steps: readonly NumberedStep[];
  readonly rows: readonly DeploymentRow[];
}

/** Builds the report. Audits of older versions are accepted: what they lack is left out. */
export function buildReportText(
  stored: Audit,
  reader: Reader,
  context: ReportContext = {},
): ReportText {
  const audit = completeAudit(stored);
  const situation = findSituation(audit);
  const why = whyLines(audit, situation, reader);
  const steps = numberedSteps(audit, situation, reader);
  const rows = deploymentRows(audit, reader);
  const kicker = toKicker(audit, context, reader);
  const answer = renderHeadline(audit, situation, reader);
  const { plans = [] } = context;
  return {
    period: periodName(audit, reader),
    kicker,
    ...answer,
    ...buildLeaderPage(audit, { situation, kicker, headline: answer.headline, ...context }, reader),
    figures: mainFigures(audit, situation, reader),
    why,
    steps,
    rows,
    sections: [
      ...editionSections(audit, context, reader),
      ...appendixSections(
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
      ...identityLines(audit, reader),
      ...(context.notes ?? []).map((each) => shownSentence(each, reader)),
    ],
  };
}

/** The section on a corrected or late edition. */
function editionSections(audit: Audit, context: ReportContext, reader: Reader): ReportSection[] {
  const { corrects, moves = [] } = context;
  const sentences = editionNotices(audit, context, reader);
  const tables =
    corrects === undefined
      ? []
      : correctionTable({ before: corrects.audit, after: audit, moves, isListed: true }, reader);
  if (sentences.length === 0) return [];
  return [section(EDITION_TITLE, { sentences, tables })];
}

function toKicker(audit: Audit, { edition, corrects }: ReportContext, reader: Reader): string {
  const kicker = `Rent check ${periodName(audit, reader)}`;
  if (edition === undefined) return kicker;
  return `${kicker}, edition ${edition}${corrects === undefined ? '' : ': a correction'}`;
}
