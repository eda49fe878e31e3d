/**
 * Lists figures that only the leader's page has: yearly amounts, parts of total cost, break-even.
 */

import { exact, multiply } from '../../domain/exact.ts';
import { listActions } from '../sections/actions.ts';
import { certaintyLines } from '../sections/certainty.ts';
import { singleDeploymentAudit } from '../sections/singleDeployment.ts';
import { renderHeadline } from '../sections/headline.ts';
import { renderOwnHeadline } from '../sections/ownHeadline.ts';
import type { AuditReading } from '../sections/auditReading.ts';
import { dollars, knownAmount } from '../format.ts';
import { deploymentRows } from '../sections/deploymentRows.ts';
import { totalCostTable } from '../sections/totalCost.ts';
import { type AuditFigure, figureId } from './figure.ts';
import type { Reader } from '../locale.ts';

export function pageFigures(audit: AuditReading, reader: Reader): AuditFigure[] {
  const { listed, more } = listActions(audit, reader);
  return [
    sentence('stack.answer', renderHeadline(audit, reader).headline, 'stack, totals.spendUsd'),
    ...audit.deployments.map((each) => {
      const { headline } = renderOwnHeadline(
        singleDeploymentAudit(audit, each, reader),
        audit,
        reader,
      );
      return sentence(`${figureId(each.id)}.answer`, headline, 'deployments[]');
    }),
    ...yearFigures(audit, reader),
    ...deploymentRows(audit, reader).map(({ saving }, at) =>
      usd(`stack.rows.${at + 1}.saving`, saving, 'deployments[].options[].savingUsd'),
    ),
    ...listed.map(({ dollars: amount }, at) =>
      usd(`stack.actions.${at + 1}`, amount, 'stack.steps[]'),
    ),
    ...(more === undefined ? [] : [usd('stack.actions.more', more.dollars, 'stack.steps[]')]),
    ...totalCostTable(audit, reader).flatMap(({ head, rows }) =>
      rows.flatMap(({ cells: [part = '', ...cells] }) =>
        cells.map((text, at) =>
          usd(`stack.cost.${slug(head[at + 1] ?? '')}.${slug(part)}`, text, 'stack.options[]'),
        ),
      ),
    ),
    ...certaintyLines(audit, reader, true).map((line, at) =>
      sentence(`stack.certainty.${at + 1}`, line, 'stack.savingUsd, stack.withoutLabor, flips[]'),
    ),
  ];
}

const QUARTERS = exact(4n);

/** Yearly amounts: four times the quarter. Empty for other periods. */
function yearFigures(audit: AuditReading, reader: Reader): AuditFigure[] {
  if (!audit.isWholeQuarter) return [];
  const year = (id: string, amount: string | null, from: string): AuditFigure[] => {
    const value = knownAmount(amount);
    return value === undefined
      ? []
      : [usd(`${id}.year`, dollars(multiply(value, QUARTERS), reader), `4 × ${from}`)];
  };
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
