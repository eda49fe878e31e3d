/** Writes `figures.csv`, with every figure's id and source, and `changes.csv` of a correction. */

import type { Audit } from '../../verdict/audit.ts';
import type { ChartPlan } from '../charts/chart.ts';
import { listFigures } from '../figures/catalog.ts';
import { findFigureChanges } from '../figures/changes.ts';
import { chartFigures } from '../figures/charts.ts';
import { csvText } from './csv.ts';
import type { Reader } from '../locale.ts';

/** `figures.csv`: each figure with its field in report.json and its ledger view. */
export function figuresCsv(audit: Audit, plans: readonly ChartPlan[], reader: Reader): string {
  return csvText(
    {
      figure_id: ({ id }) => id,
      printed: ({ text }) => text,
      value: ({ value }) => value,
      unit: ({ unit }) => unit,
      path_in_report_json: ({ path }) => path,
      ledger_view: ({ view }) => view,
      run_id: () => audit.runId,
    },
    [...listFigures(audit, reader), ...chartFigures(plans)],
  );
}

/** `changes.csv`: every figure that differs between two editions. */
export function changesCsv(before: Audit, audit: Audit, reader: Reader): string {
  return csvText(
    {
      figure_id: ({ id }) => id,
      was: ({ was }) => was,
      is: ({ is }) => is,
      value_was: ({ valueWas }) => valueWas,
      value_is: ({ valueIs }) => valueIs,
      unit: ({ unit }) => unit,
      run_id_was: () => before.runId,
      run_id_is: () => audit.runId,
    },
    findFigureChanges(before, audit, reader),
  );
}
