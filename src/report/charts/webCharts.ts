/** Draws charts for web pages: the report's specs as SVG with focusable marks. */

import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Audit, AuditDetail } from '../../verdict/audit.ts';
import { singleDeploymentAudit, singleDeploymentDetail } from '../sections/singleDeployment.ts';
import { readAudit } from '../sections/completeAudit.ts';
import { type DetailReading, parseDetail } from '../sections/storedAmounts.ts';
import type { ReportTable } from '../sections/table.ts';
import type { ChartPlan } from './chart.ts';
import { type ChartInput, planCharts } from './chartPlans.ts';
import { THEME } from './theme.ts';
import { type Reader, toReader } from '../locale.ts';
import {
  dateText,
  dollars,
  percentOf,
  shortNumber,
  tokenCount,
  wholeText,
  orUnknown,
} from '../format.ts';
import { priceText } from '../sections/mainFigures.ts';
import { effectLabel, effectRange } from '../copy/inputs.ts';
import { shownName, capital } from '../displayText.ts';
import { MOST_PANELS, computeLoadCurves } from './loadCurves.ts';
import { computeQuarterTrend } from './quarters.ts';
import { GPU_SPEND_PARTS, type GpuSpendPart, splitPaidHours } from './paidHours.ts';
import { listStackOptions } from './options.ts';
import { computeWeeklyPrices } from './weeklyPrices.ts';
import type { AuditReading } from '../sections/auditReading.ts';

/**
 * Input of the charts. JSON texts as stored in the ledger, because they are passed to a worker
 * thread.
 */
export interface PageChartsRequest {
  readonly auditJson: string;
  readonly detailJson: string;
  /** Audits of earlier quarters, for the trend. */
  readonly history: readonly string[];
  /** BCP 47, `de-DE`; without one, as in reports without a locale. */
  readonly locale?: string;
  /** Draws this deployment only. */
  readonly deployment?: string;
}

export interface PageChart {
  /** `weekly-price`. */
  readonly name: string;
  readonly title: string;
  /** Text alternative: the title and the numbers as text. */
  readonly alt: string;
  /** Absent if there is nothing to draw. The title then states why. */
  readonly svg?: string;
  readonly table?: ReportTable;
}

/** Draws every chart of the stack, or of one deployment. Empty for an unknown deployment. */
export async function drawPageCharts(request: PageChartsRequest): Promise<PageChart[]> {
  const reader = toReader('page', request.locale);
  const charted = chartedOf(request, reader);
  if (charted === undefined) return [];
  const drawn: PageChart[] = [];
  for (const plan of plansOf(charted, request, reader)) {
    drawn.push(await drawnPlan(plan, charted, reader));
  }
  return drawn;
}

function chartedOf(
  { auditJson, detailJson, history, deployment }: PageChartsRequest,
  reader: Reader,
): ChartInput | undefined {
  const audit = readAudit(JSON.parse(auditJson) as Audit, reader);
  const detail = parseDetail(JSON.parse(detailJson) as AuditDetail);
  if (deployment === undefined) {
    return {
      audit,
      detail,
      history: history.map((text) => readAudit(JSON.parse(text) as Audit, reader)),
    };
  }
  const own = audit.deployments.find(({ id }) => id === deployment);
  if (own === undefined) return undefined;
  return {
    audit: singleDeploymentAudit(audit, own, reader),
    detail: singleDeploymentDetail(detail, deployment),
  };
}

/** Charts that exist only for the whole stack. */
const OF_THE_STACK: readonly string[] = ['tornado', 'quarters'];

function plansOf(
  charted: ChartInput,
  { deployment }: PageChartsRequest,
  reader: Reader,
): ChartPlan[] {
  const plans = planCharts(charted, reader);
  if (deployment === undefined) return plans;
  return plans.filter((plan) => plan.spec !== undefined && !OF_THE_STACK.includes(nameOf(plan)));
}

function nameOf({ filename }: ChartPlan): string {
  return filename.replace(/\.png$/, '');
}

async function drawnPlan(plan: ChartPlan, charted: ChartInput, reader: Reader): Promise<PageChart> {
  const { title, alt, spec } = plan;
  const name = nameOf(plan);
  if (spec === undefined) return { name, title, alt };
  const table = CHART_TABLES[name]?.(charted, reader);
  const svg = focusable(await plainSvg(spec));
  return { name, title, alt, svg, ...(table === undefined ? {} : { table }) };
}

interface Layered {
  readonly layer?: readonly Layer[];
}

interface Layer {
  readonly data?: { readonly values?: readonly Readonly<Record<string, unknown>>[] };
  readonly mark?: { readonly type?: string };
  readonly encoding?: Readonly<Record<string, unknown>>;
}

/** Only these marks show a single figure and get a description. Lines and areas show many. */
const SINGLE: readonly (string | undefined)[] = ['rect', 'bar', 'point'];

async function plainSvg(spec: TopLevelSpec): Promise<string> {
  const { layer = [] } = spec as Layered;
  const described = { ...spec, layer: layer.map(withDescription) } as unknown as TopLevelSpec;
  // The page has its own background.
  const { spec: full } = compile({ ...described, config: { ...THEME, background: 'transparent' } });
  const view = new vega.View(vega.parse(full), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

/** Prefix of a mark's description, to tell it from vega's own labels. */
const SAYS = 'says:';

function withDescription(layer: Layer): Layer {
  const { data, mark, encoding } = layer;
  const isSaid = data?.values?.some(({ says }) => typeof says === 'string') === true;
  if (!isSaid || !SINGLE.includes(mark?.type)) return layer;
  const values = data.values.map(({ says, ...row }) => ({
    ...row,
    says: `${SAYS}${typeof says === 'string' ? says : ''}`,
  }));
  const description = { field: 'says', type: 'nominal' };
  return { ...layer, data: { values }, encoding: { ...encoding, description } };
}

const TAG = /<([a-zA-Z]+)([^<>]*?)(\/?)>/g;
/** Vega escapes quotes and brackets in descriptions. */
const SAID = new RegExp(` aria-label="${SAYS}([^"]+)"`);
const ITS_WORDS = / (?:role|class|aria-[a-z]+)="[^"]*"/g;
const LONG_NUMBER = /\d+\.\d{3,}/g;

/**
 * Makes marks with a description focusable, with a title. Vega's own labels and the fixed size are
 * removed.
 */
function focusable(svg: string): string {
  const marked = svg.replace(TAG, (whole) => {
    const [, tag = '', attributes = '', end = ''] = new RegExp(TAG.source).exec(whole) ?? [];
    const says = SAID.exec(attributes)?.[1];
    const plain = attributes
      .replace(ITS_WORDS, '')
      .replace(LONG_NUMBER, (long) => String(Number(Number(long).toFixed(2))));
    if (says === undefined || end === '') return `<${tag}${plain}${end}>`;
    const shown = `class="point" role="img" tabindex="0" aria-label="${says}"`;
    return `<${tag} ${shown}${plain}><title>${says}</title></${tag}>`;
  });
  return marked.replace(/^<svg [^>]*?(viewBox="[^"]*")[^>]*>/, '<svg class="drawn" $1>');
}

/** Tables by chart name. Other charts have only their text alternative. */
const CHART_TABLES: Readonly<Record<string, (charted: ChartInput, reader: Reader) => ReportTable>> =
  {
    'weekly-price': ({ detail }, reader) => weekTable(detail, reader),
    'paid-hours': ({ audit }, reader) => hoursTable(audit, reader),
    options: ({ audit }, reader) => wayTable(audit, reader),
    'load-duration': ({ audit, detail }, reader) => loadTable(audit, detail, reader),
    tornado: ({ audit }, reader) => effectTable(audit, reader),
    quarters: ({ audit, history = [] }, reader) => quarterTable(audit, history, reader),
  };

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): ReportTable {
  return { title: '', head, rows: rows.map((cells) => ({ cells, note: '' })), foot: '' };
}

function weekTable(detail: DetailReading, reader: Reader): ReportTable {
  const head = ['Week from', 'Self-hosted, $ per million tokens', 'Hosted, $', 'Tokens'];
  const rows = computeWeeklyPrices(detail).weeks.map(({ mondayMs, selfHosted, hosted, tokens }) => [
    dateText(mondayMs, reader),
    tokens === 0 ? 'no tokens' : priceText(selfHosted, reader),
    tokens === 0 ? 'no tokens' : priceText(hosted, reader),
    tokenCount(tokens, reader),
  ]);
  return tableOf(head, rows);
}

const PART_NAMES: Readonly<Record<GpuSpendPart, string>> = {
  full: 'Full',
  underfilled: 'Under-filled',
  idle: 'Idle',
  unknown: 'Unknown',
};

function hoursTable(audit: AuditReading, reader: Reader): ReportTable {
  const { rows, rest } = splitPaidHours(audit);
  const all = rest === undefined ? rows : [...rows, rest];
  const head = [
    'Deployment',
    'GPU spend',
    ...GPU_SPEND_PARTS.map((part) => PART_NAMES[part]),
    'Paid hours',
  ];
  return tableOf(
    head,
    all.map(({ name, rent, parts, hours }) => [
      name,
      dollars(rent, reader),
      ...GPU_SPEND_PARTS.map((part) => dollars(parts[part], reader)),
      shortNumber(hours, reader),
    ]),
  );
}

function wayTable(audit: AuditReading, reader: Reader): ReportTable {
  const head = ['Option', 'Cost', 'Saving', '90% range of the cost'];
  const rows = listStackOptions(audit).map(({ name, cost, saving, interval, isKeep }) => [
    name,
    dollars(cost, reader),
    isKeep ? '' : dollars(saving, reader),
    interval?.map((each) => dollars(each, reader)).join(' to ') ?? '',
  ]);
  return tableOf(head, rows);
}

function loadTable(audit: AuditReading, detail: DetailReading, reader: Reader): ReportTable {
  const head = ['Deployment', 'Busiest hour', 'Median hour', 'Hours', 'Hours without tokens'];
  const { curves } = computeLoadCurves({ audit, detail }, MOST_PANELS);
  const rows = curves.map(({ deployment, shares }) => [
    shownName(deployment),
    percentOf(shares[0] ?? 0, reader),
    percentOf(shares[Math.floor(shares.length / 2)] ?? 0, reader),
    wholeText(shares.length, reader),
    wholeText(shares.filter((share) => share === 0).length, reader),
  ]);
  return tableOf(head, rows);
}

function effectTable(audit: AuditReading, reader: Reader): ReportTable {
  const head = ['Input', 'Low end', 'Saving there', 'High end', 'Saving there'];
  const rows = audit.sensitivity.map((effect) => {
    const { low, high } = effectRange(effect, reader);
    return [
      capital(effectLabel(effect)),
      low,
      dollars(effect.savingAtLowUsd, reader),
      high,
      dollars(effect.savingAtHighUsd, reader),
    ];
  });
  return tableOf(head, rows);
}

function quarterTable(
  audit: AuditReading,
  history: readonly AuditReading[],
  reader: Reader,
): ReportTable {
  const rows = computeQuarterTrend(audit, history).map(({ name, keep, saving }) => [
    name,
    keep === undefined ? 'not audited' : dollars(keep, reader),
    orUnknown(dollars, saving, reader),
  ]);
  return tableOf(['Quarter', 'Cost of keeping all', 'Saving of the plan'], rows);
}
