/** Builds all texts and chart plans of a report, before pictures and layout. */

import { ZERO } from '../domain/exact.ts';
import type { MessageCorrection, ReportBrief, ReportFile } from '../domain/letter.ts';
import type { Audit } from '../verdict/audit.ts';
import type { AuditDeployment } from '../verdict/auditDeployment.ts';
import { findMaterialChanges, type MaterialChange } from '../verdict/moves.ts';
import { buildBrief } from './brief.ts';
import type { ChartPlan } from './charts/chart.ts';
import { planCharts } from './charts/charts.ts';
import { planWeekHoursChart } from './charts/weekHours.ts';
import { computeWeekLoad } from './charts/weekLoad.ts';
import { listFigures } from './figures/catalog.ts';
import { chartFigures } from './figures/charts.ts';
import { attachable, dataFiles, tooLargeNotes } from './files.ts';
import type { ReportInput } from './input.ts';
import { renderSubject } from './subject.ts';
import type { CorrectedEdition } from './words/correction.ts';
import { buildFinanceText } from './words/finance.ts';
import { completeAudit } from './words/older.ts';
import { type OwnerText, buildOwnerText, WEEK_TITLE } from './words/owner.ts';
import { type PageText, type ReportText, buildReportText } from './words.ts';
import { toReader } from './locale.ts';

export interface ReportParts {
  readonly subject: string;
  readonly words: ReportText;
  readonly plans: readonly ChartPlan[];
  readonly finance: PageText;
  readonly owners: readonly OwnerParts[];
  /** Correction that the messages to leaders and finance make. */
  readonly corrects?: MessageCorrection;
  readonly brief: ReportBrief;
  readonly data: readonly ReportFile[];
  /** Names of the attached data files. */
  readonly attachments: readonly string[];
  readonly figures: readonly { readonly id: string; readonly text: string }[];
}

export interface OwnerParts {
  readonly deployment: string;
  readonly subject: string;
  readonly words: OwnerText;
  readonly plans: readonly ChartPlan[];
  readonly corrects?: MessageCorrection;
  /** Whether changes.csv is about the edition that this message corrects. */
  readonly isListed: boolean;
}

/** Builds the texts of all messages, the chart plans and the data files. */
export function buildReportParts(input: ReportInput): ReportParts {
  const reader = toReader('leader', input.format?.locale);
  const audit = completeAudit(input.audit);
  const { detail, history = [], previous, edition, corrects, late, notes } = input;
  const moves = movesSince(corrects, input);
  const plans = planCharts({ audit, detail, history }, reader);
  const data = dataFiles({ stored: input.audit, audit, corrected: corrects?.audit, plans }, reader);
  const attachments = data.map(({ name }) => name).filter((name) => attachable(data).has(name));
  const tooLarge = tooLargeNotes(data, reader);
  const context = { previous, edition, corrects, moves, late, plans };
  const words = buildReportText(audit, reader, {
    ...context,
    notes: [...(notes ?? []), ...tooLarge],
  });
  const subject = renderSubject(words, edition);
  const owners = findOwned(audit, input.owners ?? []).map((deployment) =>
    composeOwner(audit, deployment, { ...input, notes: tooLarge }),
  );
  return {
    subject,
    words,
    plans,
    ...letterCorrection(corrects, moves),
    finance: buildFinanceText(audit, words, attachments, { ...reader, role: 'finance' }),
    owners,
    brief: buildBrief(words, subject),
    data,
    attachments,
    figures: [
      ...listFigures(audit, reader),
      ...chartFigures(plans),
      ...owners.flatMap(weekFigures),
    ].map(({ id, text }) => ({ id, text })),
  };
}

/** Audited deployments among those of `owners`. */
function findOwned({ deployments }: Audit, owners: readonly string[]): AuditDeployment[] {
  return deployments.filter(({ id }) => owners.includes(id));
}

function composeOwner(audit: Audit, deployment: AuditDeployment, input: ReportInput): OwnerParts {
  const reader = toReader('owner', input.format?.locale);
  const { edition, late, detail, notes } = input;
  const { id } = deployment;
  const corrects = input.correctsOwners?.get(id) ?? input.corrects;
  const isListed = corrects?.number === input.corrects?.number;
  const moves = movesSince(corrects, input).filter((move) => move.deployment === id);
  const context = { edition, late, corrects, moves, isListed, notes };
  const week = computeWeekLoad(detail.load.find((load) => load.deployment === id));
  const words = buildOwnerText({ audit, deployment, week, ...context }, reader);
  const plan = planWeekHoursChart(id, week, reader);
  return {
    deployment: id,
    isListed,
    ...letterCorrection(corrects, moves),
    subject: renderSubject(words, edition),
    words,
    plans: plan.spec === undefined ? [] : [{ ...plan, filename: ownerChartFile(plan, id) }],
  };
}

/** Figures of the weekly load. The picture and its table share an id. */
function weekFigures({ deployment, words }: OwnerParts) {
  const tables = words.sections.flatMap(({ title, tables }) =>
    title === WEEK_TITLE ? tables : [],
  );
  return tables.map(({ rows }) => ({
    id: `chart.${deployment}/week-hours`,
    text: rows.flatMap(({ cells }) => cells).join(' '),
  }));
}

/** Material changes since the corrected edition. Empty for a first edition. */
function movesSince(
  corrects: CorrectedEdition | undefined,
  { audit, minMoveUsd }: ReportInput,
): MaterialChange[] {
  if (corrects === undefined) return [];
  return findMaterialChanges(corrects.audit, audit, minMoveUsd ?? ZERO);
}

function letterCorrection(
  corrects: CorrectedEdition | undefined,
  moves: readonly MaterialChange[],
): { readonly corrects?: MessageCorrection } {
  if (corrects === undefined) return {};
  return { corrects: { edition: corrects.number, isMaterial: moves.length > 0 } };
}

/** File name in the deployment's folder: `chat-70b/week-hours.png`. */
function ownerChartFile({ filename }: ChartPlan, deployment: string): string {
  const folder = deployment.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^\.+/, '-');
  return `${folder}/${filename}`;
}
