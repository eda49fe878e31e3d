/** Builds the table of a deployment's options: cost, saving, range, probability and parts. */

import type { OptionName } from '../../economics/offer.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment, AuditOption } from '../../verdict/auditDeployment.ts';
import { shownText } from '../label.ts';
import { againstKeeping, amountOrUnknown, costPartsText } from './costParts.ts';
import { medianHostText } from './medianHosts.ts';
import { optionDetail } from './optionDetail.ts';
import type { ReportTable, ReportTableRow } from './table.ts';
import type { Reader } from '../locale.ts';

export function optionLines(audit: Audit, reader: Reader): string[] {
  return [
    'Every option serves the same traffic. The saving is compared with keeping. The fixed ' +
      'engineering time of the whole stack is not included.',
    ...simulationLines(audit, reader),
  ];
}

/** Explains the ranges and probabilities. Empty if they were not computed. */
export function simulationLines({ stack }: Audit, reader: Reader): string[] {
  if (stack.draws === 0) return [];
  return [
    `The range covers ${reader.percent('90')} of the simulation runs. ` +
      'The probability is that the option costs less than keeping.',
  ];
}

/** All options of one deployment. Options without a price are listed below, with the reason. */
export function optionTable(deployment: AuditDeployment, reader: Reader): ReportTable {
  const priced = deployment.options.filter(({ costUsd }) => costUsd !== null);
  const unpriced = deployment.options.filter(({ costUsd }) => costUsd === null);
  return {
    title: '',
    head: ['Option', 'Cost', 'Saving', 'Range', 'Probability'],
    rows: priced.map((option) => optionRow(option, deployment, reader)),
    foot: [unpricedText(unpriced, reader), medianHostText(deployment, reader)]
      .filter((text) => text !== '')
      .join(' '),
  };
}

function unpricedText(unpriced: readonly AuditOption[], reader: Reader): string {
  return unpriced.length === 0
    ? ''
    : `Not priced: ${unpriced.map((each) => reasonText(each, reader)).join('; ')}.`;
}

function reasonText({ option, detail }: AuditOption, reader: Reader): string {
  const { reason } = detail;
  return reason === undefined
    ? option
    : `${option} (${shownText(reason, 160, reader).replace(/\.$/, '')})`;
}

function optionRow(
  figures: AuditOption,
  deployment: AuditDeployment,
  reader: Reader,
): ReportTableRow {
  const notes = [
    warningText(figures.option),
    optionDetail(figures, deployment, reader),
    costPartsText(figures, reader),
  ];
  return {
    cells: [
      figures.option,
      amountOrUnknown(figures.costUsd, reader),
      ...againstKeeping(figures, reader),
    ],
    note: notes.filter((text) => text !== '').join('; '),
  };
}

/** Warns that spot capacity is priced only for comparison. */
function warningText(option: OptionName): string {
  return option === 'spot' ? 'not advised: the provider can take it away' : '';
}
