/** Renders tables of the HTML page: names left, figures right. */

import { fillHtml, joinMarkup, type Markup, readPart } from './template.ts';
import { type ActionList, ACTIONS_TITLE, ownerLine } from './words/actions.ts';
import type { DeploymentRow } from './words/rows.ts';
import type { NumberedStep } from './words/stepLines.ts';
import type { ReportTable, ReportTableRow } from './words/table.ts';

const NOTHING = joinMarkup([]);

/** Renders all tables in order. */
export function tablesMarkup(tables: readonly ReportTable[]): Markup {
  return joinMarkup(tables.map(tableMarkup));
}

function tableMarkup({ title, head, rows, total, foot, isWords = false }: ReportTable): Markup {
  // Up to three columns fit on a phone.
  const part = head.length < 4 ? 'smallGrid' : 'grid';
  const grid = fillHtml(readPart(isWords ? 'wordGrid' : part), {
    head: joinMarkup(head.map((text) => fillHtml(readPart('gridHead'), { text }))),
    rows: joinMarkup([
      ...rows.map((row) => rowMarkup(row, head)),
      ...(total === undefined ? [] : [totalMarkup(total, head)]),
    ]),
  });
  return joinMarkup([
    textPart('gridTitle', title),
    rows.length === 0 ? NOTHING : grid,
    textPart('gridFoot', foot),
  ]);
}

function rowMarkup({ cells: texts, note }: ReportTableRow, head: readonly string[]): Markup {
  const columns = String(head.length);
  const cells = joinMarkup(texts.map((text, at) => cellMarkup(text, at === 0 ? '' : head[at])));
  const line = fillHtml(readPart('gridRow'), { cells });
  return note === ''
    ? line
    : joinMarkup([line, fillHtml(readPart('gridNote'), { columns, text: note })]);
}

function totalMarkup(total: readonly string[], head: readonly string[]): Markup {
  const cells = joinMarkup(total.map((text, at) => cellMarkup(text, at === 0 ? '' : head[at])));
  return fillHtml(readPart('gridTotal'), { cells });
}

/** A cell. Small screens hide the header, so figures carry their column's label. */
function cellMarkup(text: string, label = ''): Markup {
  return label === ''
    ? fillHtml(readPart('gridCell'), { text })
    : fillHtml(readPart('gridFigure'), { label, text });
}

/** A template part with this text. Empty for an empty text. */
function textPart(name: string, text: string): Markup {
  return text === '' ? NOTHING : fillHtml(readPart(name), { text });
}

/** Numbered actions with owner and deadline. The plan's actions and their sum come first. */
export function actionsMarkup({ listed, more, total, left }: ActionList): Markup {
  if (listed.length === 0) return NOTHING;
  const lines = listed.map((action, at) => {
    const worth = action.isSaving ? action.dollars : '';
    const values = { mark: String(at + 1), what: action.what, owner: ownerLine(action), worth };
    return fillHtml(readPart('action'), values);
  });
  const planned = listed.filter(({ isSaving }) => isSaving).length;
  const sums = [more, total].flatMap((sum, at) =>
    sum === undefined
      ? []
      : [fillHtml(readPart(at === 0 ? 'sum' : 'total'), { what: sum.what, worth: sum.dollars })],
  );
  const steps = joinMarkup([...lines.slice(0, planned), ...sums, ...lines.slice(planned)]);
  const content = joinMarkup([fillHtml(readPart('steps'), { steps }), textPart('gridFoot', left)]);
  return fillHtml(readPart('section'), { title: ACTIONS_TITLE, content });
}

const STEP_PARTS = { step: 'step', more: 'sum', rest: 'sum', total: 'total' } as const;

/** Numbered steps with their dollars. */
export function stepsMarkup(steps: readonly NumberedStep[]): Markup {
  if (steps.length === 0) return NOTHING;
  const lines = steps.map(({ kind, mark, what, worth }) => {
    const values = { what, worth };
    return fillHtml(readPart(STEP_PARTS[kind]), kind === 'step' ? { mark, ...values } : values);
  });
  return fillHtml(readPart('steps'), { steps: joinMarkup(lines) });
}

/** A row per deployment, with model and reason below. */
export function rowsMarkup(rows: readonly DeploymentRow[]): Markup {
  if (rows.length === 0) return NOTHING;
  const lines = rows.map(({ model, reason, ...row }) =>
    joinMarkup([
      fillHtml(readPart('row'), row),
      fillHtml(readPart('about'), { model, reason: textPart('reason', reason) }),
    ]),
  );
  return fillHtml(readPart('rows'), { rows: joinMarkup(lines) });
}
