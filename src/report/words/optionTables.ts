/** Knows every option of the dearest deployments: cost, saving, interval, odds, and its parts. */

import type { OptionName } from '../../economics/offer.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment, AuditOption } from '../../verdict/auditDeployment.ts';
import { currentWriting } from '../format.ts';
import { shownName, shownText } from '../label.ts';
import { againstKeeping, amount, partsText } from './costParts.ts';
import { medianHost } from './medianHosts.ts';
import { optionDetail } from './optionDetail.ts';
import { dearestFirst } from './reading.ts';
import type { Table, TableRow } from './table.ts';

const MOST_DEPLOYMENTS = 4;

export function optionLines({ stack, deployments }: Audit): string[] {
  const left = deployments.length - MOST_DEPLOYMENTS;
  const drawn =
    `The interval holds ${currentWriting().percent('90')} of the drawn outcomes; ` +
    'the odds are those of being cheaper than keeping.';
  return [
    'Every option serves the same traffic; the saving is against keeping. ' +
      'The time of people that any stack takes once is in none of them.',
    ...(stack.draws === 0 ? [] : [drawn]),
    ...(left > 0 ? [`The dearest ${MOST_DEPLOYMENTS} are here, ${left} more in report.json.`] : []),
  ];
}

export function optionTables(audit: Audit): Table[] {
  return dearestFirst(audit).slice(0, MOST_DEPLOYMENTS).map(optionTable);
}

function optionTable(deployment: AuditDeployment): Table {
  const priced = deployment.options.filter(({ costUsd }) => costUsd !== null);
  const unpriced = deployment.options.filter(({ costUsd }) => costUsd === null);
  return {
    title: shownName(deployment.id),
    head: ['Option', 'Cost', 'Saving', 'Interval', 'Odds'],
    rows: priced.map((option) => optionRow(option, deployment)),
    foot: [unpricedText(unpriced), medianHost(deployment)].filter((text) => text !== '').join(' '),
  };
}

function unpricedText(unpriced: readonly AuditOption[]): string {
  return unpriced.length === 0 ? '' : `Not priced: ${unpriced.map(reasonText).join('; ')}.`;
}

function reasonText({ option, detail }: AuditOption): string {
  const { reason } = detail;
  return reason === undefined ? option : `${option} (${shownText(reason, 160).replace(/\.$/, '')})`;
}

function optionRow(figures: AuditOption, deployment: AuditDeployment): TableRow {
  const notes = [
    warningText(figures.option),
    optionDetail(figures, deployment),
    partsText(figures),
  ];
  return {
    cells: [figures.option, amount(figures.costUsd), ...againstKeeping(figures)],
    note: notes.filter((text) => text !== '').join('; '),
  };
}

/** Spot capacity is priced for comparison alone. */
function warningText(option: OptionName): string {
  return option === 'spot' ? 'not advised: it can be taken away' : '';
}
