/** Builds a table of each chart's data, for pages without the picture. */

import { decimal } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditDetail } from '../../verdict/auditDetail.ts';
import {
  dateText,
  dollars,
  percent,
  plainNumber,
  tokenCount,
  UNKNOWN,
  wholeNumber,
} from '../format.ts';
import { shownName } from '../label.ts';
import { priceText } from '../words/figures.ts';
import { effectLabel, effectRange } from '../words/inputs.ts';
import { capital } from '../copy/figures.ts';
import type { ReportTable } from '../words/table.ts';
import type { ChartInput } from './charts.ts';
import { computeLoadCurves } from './curves.ts';
import { computeQuarterTrend } from './quarterTrend.ts';
import { GPU_SPEND_PARTS, type GpuSpendPart, splitPaidHours } from './rentParts.ts';
import { listStackOptions } from './ways.ts';
import { computeWeeklyPrices } from './weeks.ts';
import type { Reader } from '../locale.ts';

/** Tables by chart name. Other charts have only their text alternative. */
export const CHART_TABLES: Readonly<
  Record<string, (charted: ChartInput, reader: Reader) => ReportTable>
> = {
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

function weekTable(detail: AuditDetail, reader: Reader): ReportTable {
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

function hoursTable(audit: Audit, reader: Reader): ReportTable {
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
      plainNumber(hours, reader),
    ]),
  );
}

function wayTable(audit: Audit, reader: Reader): ReportTable {
  const head = ['Option', 'Cost', 'Saving', '90% range of the cost'];
  const rows = listStackOptions(audit).map(({ name, cost, saving, interval, isKeep }) => [
    name,
    dollars(cost, reader),
    isKeep ? '' : dollars(saving, reader),
    interval?.map((each) => dollars(each, reader)).join(' to ') ?? '',
  ]);
  return tableOf(head, rows);
}

const MOST_CURVES = 4;

function loadTable(audit: Audit, detail: AuditDetail, reader: Reader): ReportTable {
  const head = ['Deployment', 'Busiest hour', 'Median hour', 'Hours', 'Hours without tokens'];
  const { curves } = computeLoadCurves({ audit, detail }, MOST_CURVES);
  const rows = curves.map(({ deployment, shares }) => [
    shownName(deployment),
    shareText(reader, shares[0]),
    shareText(reader, shares[Math.floor(shares.length / 2)]),
    wholeNumber(shares.length, reader),
    wholeNumber(shares.filter((share) => share === 0).length, reader),
  ]);
  return tableOf(head, rows);
}

function shareText(reader: Reader, share = 0): string {
  return percent(decimal(share.toFixed(6)), reader);
}

function effectTable(audit: Audit, reader: Reader): ReportTable {
  const head = ['Input', 'Low end', 'Saving there', 'High end', 'Saving there'];
  const rows = audit.sensitivity.map((effect) => {
    const { low, high } = effectRange(effect, reader);
    return [
      capital(effectLabel(effect)),
      low,
      dollars(decimal(effect.savingAtLowUsd), reader),
      high,
      dollars(decimal(effect.savingAtHighUsd), reader),
    ];
  });
  return tableOf(head, rows);
}

function quarterTable(audit: Audit, history: readonly Audit[], reader: Reader): ReportTable {
  const rows = computeQuarterTrend(audit, history, reader).map(({ name, keep, saving }) => [
    name,
    keep === undefined ? 'not audited' : dollars(keep, reader),
    saving === undefined ? UNKNOWN : dollars(saving, reader),
  ]);
  return tableOf(['Quarter', 'Cost of keeping all', 'Saving of the plan'], rows);
}
