/** Renders a whole edition from one audit: messages, page, text, charts and tables. */

import { type ChartPlan, drawCharts } from './charts/chart.ts';
import { chartFile, chartFiles, textFile, attachable, dataFiles, tooLargeNotes } from './files.ts';
import { renderHtml, toFileHtml } from './html.ts';
import type {
  ReportBrief,
  ReportFile,
  ReportMessage,
  MessageCorrection,
} from '../domain/edition.ts';
import type { ReportInput } from './input.ts';
import { renderText } from './text.ts';
import { type PageText, buildReportText, renderSubject, type ReportText } from './reportText.ts';
import { ZERO } from '../domain/exact.ts';
import { findMaterialChanges } from '../verdict/materialChanges.ts';
import { planCharts } from './charts/chartPlans.ts';
import { computeWeekLoad, planWeekHoursChart } from './charts/weekHours.ts';
import { chartFigures, findFigureChanges } from './figures/catalog.ts';
import type { OwnFindings } from './figures/page.ts';
import { type AuditFindings, readFindings } from './findings.ts';
import type { CorrectedEdition, Correction } from './sections/correction.ts';
import { buildFinanceText } from './sections/finance.ts';
import { readAudit } from './sections/completeAudit.ts';
import { parseDetail } from './sections/storedAmounts.ts';
import { buildOwnerText, type OwnerText, WEEK_TITLE } from './sections/owner.ts';
import { type Reader, toReader } from './locale.ts';

export interface Report {
  readonly subject: string;
  /** The verdict in one sentence. */
  readonly headline: string;
  readonly brief: ReportBrief;
  /** Messages for the leader, for finance, and for each deployment in `owners`. */
  readonly letters: readonly ReportMessage[];
  readonly files: readonly ReportFile[];
  /** Every printable figure by id: `stack.saving`, `chat-70b.utilization`. */
  readonly figures: readonly { readonly id: string; readonly text: string }[];
}

/**
 * Renders the report. The same input gives the same bytes: it uses no clock, network or browser.
 */
export async function renderReport(input: ReportInput): Promise<Report> {
  const texts = buildReportParts(input);
  const { subject, copy, brief, data, attachments, figures, plans, owners } = texts;
  const corrects = pickCorrection(texts);
  // Other threads draw the pictures while this one renders the pages.
  const [pictures, leader, finance, ...own] = await Promise.all([
    drawCharts([...plans, ...owners.flatMap((owner) => owner.plans)]),
    renderMessage({ role: 'leader', ...corrects }, { copy, subject, plans, attachments }),
    financeLetter(texts),
    ...owners.map((owner) => ownerLetter(owner, attachments)),
  ]);
  return {
    subject,
    headline: copy.headline,
    brief,
    letters: [leader, finance, ...own],
    files: [
      textFile('report.html', toFileHtml(leader.html, plans)),
      textFile('report.txt', leader.text),
      ...data,
      ...chartFiles(pictures),
    ],
    figures,
  };
}

function pickCorrection({
  corrects,
}: Pick<ReportParts, 'corrects'>): Pick<ReportMessage, 'corrects'> {
  return corrects === undefined ? {} : { corrects };
}

function financeLetter(texts: ReportParts): Promise<ReportMessage> {
  const { finance, subject } = texts;
  const recipient = { role: 'finance', ...pickCorrection(texts) } as const;
  const attachments = texts.attachments.filter((name) => name.endsWith('.csv'));
  return renderMessage(recipient, { copy: finance, subject, plans: [], attachments });
}

const OWNER_FILES: readonly string[] = ['options.csv', 'report.json'];
const CHANGES_FILE = 'changes.csv';

/** An owner's message. Its picture shows this deployment only. */
function ownerLetter(owner: OwnerParts, attached: readonly string[]): Promise<ReportMessage> {
  const { deployment, subject, copy, plans, isListed } = owner;
  const files = isListed ? [...OWNER_FILES, CHANGES_FILE] : OWNER_FILES;
  const attachments = files.filter((name) => attached.includes(name));
  const recipient = { role: 'owner', deployment, ...pickCorrection(owner) } as const;
  return renderMessage(recipient, { copy, subject, plans, attachments });
}

interface MessageContent {
  readonly copy: PageText;
  readonly subject: string;
  /** All plans, with or without a picture. */
  readonly plans: readonly ChartPlan[];
  readonly attachments: readonly string[];
}

/** Renders a page as text and HTML, with the file names of its pictures. */
export async function renderMessage(
  recipient: Pick<ReportMessage, 'role' | 'deployment' | 'corrects'>,
  { copy, subject, plans, attachments }: MessageContent,
): Promise<ReportMessage> {
  return {
    ...recipient,
    subject,
    text: renderText(copy, plans),
    html: await renderHtml({ copy, subject, charts: plans }),
    pictures: plans
      .filter(({ spec }) => spec !== undefined)
      .map((plan) => ({ cid: plan.id, file: chartFile(plan) })),
    attachments,
  };
}

export interface ReportParts {
  readonly subject: string;
  readonly copy: ReportText;
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
  readonly copy: OwnerText;
  readonly plans: readonly ChartPlan[];
  readonly corrects?: MessageCorrection;
  /** Whether changes.csv is about the edition that this message corrects. */
  readonly isListed: boolean;
}

/** Builds the texts of all messages, the chart plans and the data files. */
export function buildReportParts(input: ReportInput): ReportParts {
  const reader = toReader('leader', input.format?.locale);
  const findings = readFindings(input.audit, reader);
  const history = (input.history ?? []).map((each) => readAudit(each, reader));
  const corrects = input.corrects && readCorrection(input.corrects, { input, findings, reader });
  const { detail, previous, edition, late } = input;
  const plans = planCharts({ audit: findings.audit, detail: parseDetail(detail), history }, reader);
  const data = dataFiles({ stored: input.audit, findings, corrects, plans });
  const attached = attachable(data);
  const attachments = data.map(({ name }) => name).filter((name) => attached.has(name));
  const tooLarge = tooLargeNotes(data, reader);
  const notes = [...(input.notes ?? []), ...tooLarge];
  const context = { previous, edition, corrects, late, plans, notes };
  const copy = buildReportText(findings, reader, context);
  const subject = renderSubject(copy, edition);
  const materials = { input, findings, reader, corrects, notes: tooLarge };
  const ownCorrects = readOwnCorrections(materials);
  const owners = findOwned(findings, input.owners ?? []).map((own) =>
    composeOwner(own, { ...materials, ownCorrects }),
  );
  return {
    subject,
    copy,
    plans,
    ...letterCorrection(corrects),
    finance: buildFinanceText(findings, copy, attachments, { ...reader, role: 'finance' }),
    owners,
    brief: buildBrief(findings, copy, subject),
    data,
    attachments,
    figures: [...findings.figures, ...chartFigures(plans), ...owners.flatMap(weekFigures)].map(
      ({ id, text }) => ({ id, text }),
    ),
  };
}

interface Materials {
  readonly input: ReportInput;
  readonly findings: AuditFindings;
  readonly reader: Reader;
}

/** Compares with the edition that is corrected. */
function readCorrection(
  edition: CorrectedEdition,
  { input, findings, reader }: Materials,
): Correction {
  const before = readFindings(edition.audit, reader);
  return {
    number: edition.number,
    findings: before,
    moves: findMaterialChanges(edition.audit, input.audit, input.minMoveUsd ?? ZERO),
    changes: findFigureChanges(before.figures, findings.figures),
  };
}

/** Audited deployments among those of `owners`. */
function findOwned({ own }: AuditFindings, owners: readonly string[]): OwnFindings[] {
  return own.filter(({ deployment }) => owners.includes(deployment.id));
}

interface OwnerMaterials extends Materials {
  /** The correction in the messages to leaders and finance. */
  readonly corrects: Correction | undefined;
  /** Corrections of other editions, by the number of the edition. */
  readonly ownCorrects: ReadonlyMap<number, Correction>;
  readonly notes: readonly string[];
}

/** Reads each edition that an owner's message corrects once. */
function readOwnCorrections(materials: Materials): Map<number, Correction> {
  const editions = materials.input.correctsOwners?.values() ?? [];
  const byNumber = new Map([...editions].map((edition) => [edition.number, edition]));
  return new Map(
    [...byNumber].map(([number, edition]) => [number, readCorrection(edition, materials)]),
  );
}

function composeOwner(own: OwnFindings, materials: OwnerMaterials): OwnerParts {
  const { input, findings, notes } = materials;
  const { edition, late, detail } = input;
  const { id } = own.deployment;
  const reader: Reader = { ...materials.reader, role: 'owner' };
  const corrects = ownCorrection(id, materials);
  const isListed = corrects?.number === materials.corrects?.number;
  const week = computeWeekLoad(detail.load.find((load) => load.deployment === id));
  const context = { edition, late, corrects, isListed, notes, week };
  const copy = buildOwnerText({ whole: findings.audit, own, ...context }, reader);
  const plan = planWeekHoursChart(id, week, reader);
  return {
    deployment: id,
    isListed,
    ...letterCorrection(corrects),
    subject: renderSubject(copy, edition),
    copy,
    plans: plan.spec === undefined ? [] : [{ ...plan, filename: ownerChartFile(plan, id) }],
  };
}

/** The correction in an owner's message, with the changes of that deployment. */
function ownCorrection(id: string, materials: OwnerMaterials): Correction | undefined {
  const edition = materials.input.correctsOwners?.get(id);
  const corrects =
    edition === undefined ? materials.corrects : materials.ownCorrects.get(edition.number);
  if (corrects === undefined) return undefined;
  return { ...corrects, moves: corrects.moves.filter(({ deployment }) => deployment === id) };
}

/** Figures of the weekly load. The picture and its table share an id. */
function weekFigures({ deployment, copy }: OwnerParts) {
  const tables = copy.sections.flatMap(({ title, tables }) => (title === WEEK_TITLE ? tables : []));
  return tables.map(({ rows }) => ({
    id: `chart.${deployment}/week-hours`,
    text: rows.flatMap(({ cells }) => cells).join(' '),
  }));
}

function letterCorrection(corrects: Correction | undefined): {
  readonly corrects?: MessageCorrection;
} {
  if (corrects === undefined) return {};
  const { number, moves } = corrects;
  return { corrects: { edition: number, isMaterial: moves.length > 0 } };
}

/** File name in the deployment's folder: `chat-70b/week-hours.png`. */
function ownerChartFile({ filename }: ChartPlan, deployment: string): string {
  const folder = deployment.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^\.+/, '-');
  return `${folder}/${filename}`;
}

const MOST_ACTIONS = 3;

function buildBrief(
  { headline, main }: AuditFindings,
  { actions }: ReportText,
  subject: string,
): ReportBrief {
  return {
    title: subject,
    headline: headline.headline,
    figures: main.map(({ label, value }) => ({ label, value })),
    steps: actions.listed
      .slice(0, MOST_ACTIONS)
      .map(
        ({ what, owner, dollars, deadline }) =>
          `${what}: ${dollars} (owner: ${owner}, due: ${deadline})`,
      ),
  };
}
