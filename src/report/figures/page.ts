/**
 * Lists figures that only the leader's page has: yearly amounts, parts of total cost, break-even.
 */

import type { Exact } from '../../domain/exact.ts';
import type { ActionList } from '../sections/actions.ts';
import { type HeadlineText, yearlyAmount } from '../sections/headline.ts';
import type { OwnHeadline } from '../sections/ownHeadline.ts';
import type { AuditReading } from '../sections/auditReading.ts';
import type { DeploymentReading } from '../sections/deploymentReading.ts';
import { dollars } from '../format.ts';
import type { DeploymentRow } from '../sections/deploymentRows.ts';
import type { NumberedStep } from '../sections/steps.ts';
import type { ReportTable } from '../sections/table.ts';
import { type AuditFigure, figureId } from './figure.ts';
import type { Reader } from '../locale.ts';

/** One deployment in the report to its owner. */
export interface OwnFindings {
  readonly deployment: DeploymentReading;
  /** The audit reduced to this deployment. */
  readonly audit: AuditReading;
  readonly headline: OwnHeadline;
}

/** The parts of a report that have figures. */
export interface FigureSource {
  readonly audit: AuditReading;
  readonly headline: HeadlineText;
  /** One for each audited deployment. */
  readonly own: readonly OwnFindings[];
  readonly steps: readonly NumberedStep[];
  /** As many as the page can list. */
  readonly actions: ActionList;
  readonly rows: readonly DeploymentRow[];
  /** Tables of the total cost. */
  readonly costs: readonly ReportTable[];
  readonly certainty: readonly string[];
  readonly bill: BillTables;
}

/** Finance's tables, by the name in their figures' ids. */
export type BillTables = Readonly<
  Record<
    'spend' | 'reconciliation' | 'commitments' | 'credits' | 'beside' | 'invoices' | 'unattributed',
    readonly ReportTable[]
  >
>;

export function pageFigures(
  { audit, headline, own, rows, actions, costs, certainty }: FigureSource,
  reader: Reader,
): AuditFigure[] {
  const { listed, more } = actions;
  return [
    sentence('stack.answer', headline.headline, 'stack, totals.spendUsd'),
    ...own.map((each) =>
      sentence(`${figureId(each.deployment.id)}.answer`, each.headline.headline, 'deployments[]'),
    ),
    ...yearFigures(audit, reader),
    ...rows.map(({ saving }, at) =>
      usd(`stack.rows.${at + 1}.saving`, saving, 'deployments[].options[].savingUsd'),
    ),
    ...listed.map(({ dollars: amount }, at) =>
      usd(`stack.actions.${at + 1}`, amount, 'stack.steps[]'),
    ),
    ...(more === undefined ? [] : [usd('stack.actions.more', more.dollars, 'stack.steps[]')]),
    ...costs.flatMap(({ head, rows: parts }) =>
      parts.flatMap(({ cells: [part = '', ...cells] }) =>
        cells.map((text, at) =>
          usd(`stack.cost.${slug(head[at + 1] ?? '')}.${slug(part)}`, text, 'stack.options[]'),
        ),
      ),
    ),
    ...certainty.map((line, at) =>
      sentence(`stack.certainty.${at + 1}`, line, 'stack.savingUsd, stack.withoutLabor, flips[]'),
    ),
  ];
}

/** Yearly amounts: four times the quarter. Empty for other periods. */
function yearFigures(audit: AuditReading, reader: Reader): AuditFigure[] {
  if (!audit.isWholeQuarter) return [];
  const year = (id: string, amount: Exact | undefined, from: string): AuditFigure[] =>
    amount === undefined
      ? []
      : [usd(`${id}.year`, dollars(yearlyAmount(amount), reader), `4 × ${from}`)];
  return [
    ...year('stack.saving', audit.stack.savingUsd.base, 'stack.savingUsd.base'),
    ...year('stack.spend', audit.totals.spendUsd, 'totals.spendUsd'),
    ...audit.deployments.flatMap((each, at) => {
      const [id, from] = [figureId(each.id), `deployments[${at}]`];
      return [
        ...year(`${id}.saving`, each.savingUsd.base, `${from}.savingUsd.base`),
        ...year(`${id}.spend`, each.spendUsd, `${from}.spendUsd`),
      ];
    }),
  ];
}

function usd(id: string, text: string, path: string): AuditFigure {
  return { id, text, value: '', unit: 'USD', path, view: '' };
}

function sentence(id: string, text: string, path: string): AuditFigure {
  return { id, text, value: '', unit: 'sentence', path, view: '' };
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
