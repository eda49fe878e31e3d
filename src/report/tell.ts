/** Builds all texts and chart plans of a report, before pictures and layout. */

import { ZERO } from '../domain/exact.ts';
import type { LetterCorrection, ReportBrief, ReportFile } from '../domain/letter.ts';
import type { Audit } from '../verdict/audit.ts';
import type { AuditDeployment } from '../verdict/auditDeployment.ts';
import { materialMoves, type Move } from '../verdict/moves.ts';
import { briefOf } from './brief.ts';
import type { ChartPlan } from './charts/chart.ts';
import { chartPlans } from './charts/charts.ts';
import { weekHoursPlan } from './charts/weekHours.ts';
import { weekLoad } from './charts/weekLoad.ts';
import { figuresOf } from './figures/catalog.ts';
import { chartFigures } from './figures/charts.ts';
import { attachable, dataFiles, tooLargeNotes } from './files.ts';
import type { ReportInput } from './input.ts';
import { renderSubject } from './subject.ts';
import type { Corrected } from './words/correction.ts';
import { financeWords } from './words/finance.ts';
import { complete } from './words/older.ts';
import { type OwnerWords, ownerWords, WEEK_TITLE } from './words/owner.ts';
import { type PageWords, type ReportWords, reportWords } from './words.ts';
import { toReader } from './locale.ts';

export interface Told {
  readonly subject: string;
  readonly words: ReportWords;
  readonly plans: readonly ChartPlan[];
  readonly finance: PageWords;
  readonly owners: readonly ToldOwner[];
  /** Correction that the messages to leaders and finance make. */
  readonly corrects?: LetterCorrection;
  readonly brief: ReportBrief;
  readonly data: readonly ReportFile[];
  /** Names of the attached data files. */
  readonly attachments: readonly string[];
  readonly figures: readonly { readonly id: string; readonly text: string }[];
}

export interface ToldOwner {
  readonly deployment: string;
  readonly subject: string;
  readonly words: OwnerWords;
  readonly plans: readonly ChartPlan[];
  readonly corrects?: LetterCorrection;
  /** Whether changes.csv is about the edition that this message corrects. */
  readonly isListed: boolean;
}

/** Builds the texts of all messages, the chart plans and the data files. */
export function tell(input: ReportInput): Told {
  const reader = toReader('leader', input.manner?.locale);
  const audit = complete(input.audit);
  const { detail, history = [], previous, edition, corrects, late, notes } = input;
  const moves = movesSince(corrects, input);
  const plans = chartPlans({ audit, detail, history }, reader);
  const data = dataFiles({ stored: input.audit, audit, corrected: corrects?.audit, plans }, reader);
  const attachments = data.map(({ name }) => name).filter((name) => attachable(data).has(name));
  const tooLarge = tooLargeNotes(data, reader);
  const context = { previous, edition, corrects, moves, late, plans };
  const words = reportWords(audit, reader, { ...context, notes: [...(notes ?? []), ...tooLarge] });
  const subject = renderSubject(words, edition);
  const owners = findOwned(audit, input.owners ?? []).map((deployment) =>
    composeOwner(audit, deployment, { ...input, notes: tooLarge }),
  );
  return {
    subject,
    words,
    plans,
    ...letterCorrection(corrects, moves),
    finance: financeWords(audit, words, attachments, { ...reader, role: 'finance' }),
    owners,
    brief: briefOf(words, subject),
    data,
    attachments,
    figures: [
      ...figuresOf(audit, reader),
      ...chartFigures(plans),
      ...owners.flatMap(weekFigures),
    ].map(({ id, text }) => ({ id, text })),
  };
}

/** Audited deployments among those of `owners`. */
function findOwned({ deployments }: Audit, owners: readonly string[]): AuditDeployment[] {
  return deployments.filter(({ id }) => owners.includes(id));
}

function composeOwner(audit: Audit, deployment: AuditDeployment, input: ReportInput): ToldOwner {
  const reader = toReader('owner', input.manner?.locale);
  const { edition, late, detail, notes } = input;
  const { id } = deployment;
  const corrects = input.correctsOwners?.get(id) ?? input.corrects;
  const isListed = corrects?.number === input.corrects?.number;
  const moves = movesSince(corrects, input).filter((move) => move.deployment === id);
  const context = { edition, late, corrects, moves, isListed, notes };
  const week = weekLoad(detail.load.find((load) => load.deployment === id));
  const words = ownerWords({ audit, deployment, week, ...context }, reader);
  const plan = weekHoursPlan(id, week, reader);
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
function weekFigures({ deployment, words }: ToldOwner) {
  const tables = words.sections.flatMap(({ title, tables }) =>
    title === WEEK_TITLE ? tables : [],
  );
  return tables.map(({ rows }) => ({
    id: `chart.${deployment}/week-hours`,
    text: rows.flatMap(({ cells }) => cells).join(' '),
  }));
}

/** Material changes since the corrected edition. Empty for a first edition. */
function movesSince(corrects: Corrected | undefined, { audit, minMoveUsd }: ReportInput): Move[] {
  if (corrects === undefined) return [];
  return materialMoves(corrects.audit, audit, minMoveUsd ?? ZERO);
}

function letterCorrection(
  corrects: Corrected | undefined,
  moves: readonly Move[],
): { readonly corrects?: LetterCorrection } {
  if (corrects === undefined) return {};
  return { corrects: { edition: corrects.number, isMaterial: moves.length > 0 } };
}

/** File name in the deployment's folder: `chat-70b/week-hours.png`. */
function ownerChartFile({ filename }: ChartPlan, deployment: string): string {
  const folder = deployment.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^\.+/, '-');
  return `${folder}/${filename}`;
}
