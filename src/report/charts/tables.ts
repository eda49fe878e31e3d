/** The data of each chart as a table, so that a page works without the picture. */

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
import type { Table } from '../words/table.ts';
import type { Charted } from './charts.ts';
import { curvesOf } from './curves.ts';
import { quarterTrend } from './quarterTrend.ts';
import { PARTS, type Part, paidHoursOf } from './rentParts.ts';
import { waysOf } from './ways.ts';
import { weeksOf } from './weeks.ts';

/** By the name of the chart; a chart that is not here has only its words. */
export const CHART_TABLES: Readonly<Record<string, (charted: Charted) => Table>> = {
  'weekly-price': ({ detail }) => weekTable(detail),
  'paid-hours': ({ audit }) => hoursTable(audit),
  options: ({ audit }) => wayTable(audit),
  'load-duration': ({ audit, detail }) => loadTable(audit, detail),
  tornado: ({ audit }) => effectTable(audit),
  quarters: ({ audit, history = [] }) => quarterTable(audit, history),
};

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): Table {
  return { title: '', head, rows: rows.map((cells) => ({ cells, note: '' })), foot: '' };
}

function weekTable(detail: AuditDetail): Table {
  const head = ['Week from', 'Self-hosted, $ per million tokens', 'Hosted, $', 'Tokens'];
  const rows = weeksOf(detail).weeks.map(({ mondayMs, owned, hosted, tokens }) => [
    dateText(mondayMs),
    tokens === 0 ? 'no tokens' : priceText(owned),
    tokens === 0 ? 'no tokens' : priceText(hosted),
    tokenCount(tokens),
  ]);
  return tableOf(head, rows);
}

const PART_NAMES: Readonly<Record<Part, string>> = {
  full: 'Full',
  underfilled: 'Under-filled',
  idle: 'Idle',
  unknown: 'Unknown',
};

function hoursTable(audit: Audit): Table {
  const { rows, rest } = paidHoursOf(audit);
  const all = rest === undefined ? rows : [...rows, rest];
  const head = ['Deployment', 'GPU spend', ...PARTS.map((part) => PART_NAMES[part]), 'Paid hours'];
  return tableOf(
    head,
    all.map(({ name, rent, parts, hours }) => [
      name,
      dollars(rent),
      ...PARTS.map((part) => dollars(parts[part])),
      plainNumber(hours),
    ]),
  );
}

function wayTable(audit: Audit): Table {
  const head = ['Option', 'Cost', 'Saving', '90% range of the cost'];
  const rows = waysOf(audit).map(({ name, cost, saving, interval, isKeep }) => [
    name,
    dollars(cost),
    isKeep ? '' : dollars(saving),
    interval?.map(dollars).join(' to ') ?? '',
  ]);
  return tableOf(head, rows);
}

const MOST_CURVES = 4;

function loadTable(audit: Audit, detail: AuditDetail): Table {
  const head = ['Deployment', 'Busiest hour', 'Median hour', 'Hours', 'Hours without tokens'];
  const { curves } = curvesOf({ audit, detail }, MOST_CURVES);
  const rows = curves.map(({ deployment, shares }) => [
    shownName(deployment),
    shareText(shares[0]),
    shareText(shares[Math.floor(shares.length / 2)]),
    wholeNumber(shares.length),
    wholeNumber(shares.filter((share) => share === 0).length),
  ]);
  return tableOf(head, rows);
}

function shareText(share = 0): string {
  return percent(decimal(share.toFixed(6)));
}

function effectTable(audit: Audit): Table {
  const head = ['Input', 'Low end', 'Saving there', 'High end', 'Saving there'];
  const rows = audit.sensitivity.map((effect) => {
    const { low, high } = effectRange(effect);
    return [
      capital(effectLabel(effect)),
      low,
      dollars(decimal(effect.savingAtLowUsd)),
      high,
      dollars(decimal(effect.savingAtHighUsd)),
    ];
  });
  return tableOf(head, rows);
}

function quarterTable(audit: Audit, history: readonly Audit[]): Table {
  const rows = quarterTrend(audit, history).map(({ name, keep, saving }) => [
    name,
    keep === undefined ? 'not audited' : dollars(keep),
    saving === undefined ? UNKNOWN : dollars(saving),
  ]);
  return tableOf(['Quarter', 'Cost of keeping all', 'Saving of the plan'], rows);
}
