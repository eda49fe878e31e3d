/**
 * Lists figures that only the leader's page has: yearly amounts, parts of total cost, break-even.
 */

import { exact, multiply } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars } from '../format.ts';
import { actionsOf } from '../words/actions.ts';
import { certaintyOf } from '../words/certainty.ts';
import { aloneAudit } from '../words/alone.ts';
import { answerOf } from '../words/headline.ts';
import { ownAnswer } from '../words/ownAnswer.ts';
import { isWholeQuarter } from '../words/period.ts';
import { known, situationOf } from '../words/reading.ts';
import { rowsOf } from '../words/rows.ts';
import { totalCostTable } from '../words/totalCost.ts';
import type { Figure } from './figure.ts';
import { figureId } from './id.ts';
import type { Reader } from '../locale.ts';

export function pageFigures(audit: Audit, reader: Reader): Figure[] {
  const situation = situationOf(audit);
  const { listed, more } = actionsOf(audit, situation, reader);
  return [
    sentence('stack.answer', answerOf(audit, situation, reader).headline, 'stack, totals.spendUsd'),
    ...audit.deployments.map((each) => {
      const { headline } = ownAnswer(aloneAudit(audit, each), audit, reader);
      return sentence(`${figureId(each.id)}.answer`, headline, 'deployments[]');
    }),
    ...yearFigures(audit, reader),
    ...rowsOf(audit, reader).map(({ saving }, at) =>
      usd(`stack.rows.${at + 1}.saving`, saving, 'deployments[].options[].savingUsd'),
    ),
    ...listed.map(({ dollars: amount }, at) =>
      usd(`stack.actions.${at + 1}`, amount, 'stack.steps[]'),
    ),
    ...(more === undefined ? [] : [usd('stack.actions.more', more.dollars, 'stack.steps[]')]),
    ...totalCostTable(audit, situation, reader).flatMap(({ head, rows }) =>
      rows.flatMap(({ cells: [part = '', ...cells] }) =>
        cells.map((text, at) =>
          usd(`stack.cost.${slug(head[at + 1] ?? '')}.${slug(part)}`, text, 'stack.options[]'),
        ),
      ),
    ),
    ...certaintyOf(audit, situation, reader, true).map((line, at) =>
      sentence(`stack.certainty.${at + 1}`, line, 'stack.savingUsd, stack.withoutLabor, flips[]'),
    ),
  ];
}

const QUARTERS = exact(4n);

/** Yearly amounts: four times the quarter. Empty for other periods. */
function yearFigures(audit: Audit, reader: Reader): Figure[] {
  if (!isWholeQuarter(audit)) return [];
  const year = (id: string, amount: string | null, from: string): Figure[] => {
    const value = known(amount);
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

function usd(id: string, text: string, path: string): Figure {
  return { id, text, value: '', unit: 'USD', path, view: '' };
}

function sentence(id: string, text: string, path: string): Figure {
  return { id, text, value: '', unit: 'sentence', path, view: '' };
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
