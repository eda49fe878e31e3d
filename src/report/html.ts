/**
 * Renders the HTML page: a frame that MJML compiles for email clients, filled with the report's
 * text.
 */

import mjml2html from 'mjml';
import { invariant } from '../domain/failure.ts';
import type { ChartPlan } from './charts/chart.ts';
import {
  fillHtml,
  joinMarkup,
  type EscapedHtml,
  readPart as part,
  readPart,
  readTemplate,
  templatePath,
} from './template.ts';
import type { ReportSection } from './sections/appendix.ts';
import type { PageText } from './reportText.ts';
import { type ActionList, ACTIONS_TITLE, ownerLine } from './sections/actions.ts';
import type { DeploymentRow } from './sections/deploymentRows.ts';
import type { NumberedStep } from './sections/steps.ts';
import type { ReportTable, ReportTableRow } from './sections/table.ts';

/** A chart on the page: a picture, or its text alternative without one. */
export type HtmlChart = Pick<ChartPlan, 'id' | 'filename' | 'slot' | 'alt'> & {
  readonly spec?: unknown;
};

export interface HtmlPage {
  readonly copy: PageText;
  readonly subject: string;
  readonly charts: readonly HtmlChart[];
}

/** Gmail cuts off emails above this size and hides the rest behind a link. */
const MOST_BYTES = 102_400;

/** Renders the email's HTML. It loads nothing but the pictures in the email. */
export async function renderHtml({ copy, subject, charts }: HtmlPage): Promise<string> {
  const { html } = fillHtml(await frame(), {
    subject,
    kicker: copy.kicker,
    headline: copy.headline,
    notices: each('notice', copy.notices),
    lead: each('sentence', copy.lead),
    actions: actionsMarkup(copy.actions),
    page: sectionsMarkup(copy.page, charts),
    sections: sectionsMarkup(copy.sections, charts),
    identity: each('identity', copy.identity),
  });
  invariant(
    Buffer.byteLength(html) < MOST_BYTES,
    'a page is capped below what mail clients cut off',
  );
  return html;
}

/** Adapts the page for a file, which loads its pictures from the folder `charts/` next to it. */
export function toFileHtml(
  html: string,
  charts: readonly Pick<HtmlChart, 'id' | 'filename'>[],
): string {
  return charts.reduce(
    // Quotes in values are escaped, so this source cannot come from a name.
    (page, { id, filename }) => page.replaceAll(`src="cid:${id}"`, `src="charts/${filename}"`),
    html,
  );
}

let compiledFrame: Promise<string> | undefined;

/**
 * The frame with open placeholders: no value passes through MJML. Compiled once, because all
 * messages share it.
 */
async function frame(): Promise<string> {
  compiledFrame ??= compileFrame();
  return await compiledFrame;
}

async function compileFrame(): Promise<string> {
  const { html } = await mjml2html(readTemplate('report.mjml'), {
    filePath: templatePath('report.mjml'),
    ignoreIncludes: false,
    validationLevel: 'strict',
    keepComments: false,
    fonts: {},
  });
  return html;
}

function each(name: string, texts: readonly string[]): EscapedHtml {
  return joinMarkup(texts.map((text) => fillHtml(part(name), { text })));
}

function sectionsMarkup(
  sections: readonly ReportSection[],
  charts: readonly HtmlChart[],
): EscapedHtml {
  return joinMarkup(sections.map((section) => sectionMarkup(section, charts)));
}

function sectionMarkup(section: ReportSection, charts: readonly HtmlChart[]): EscapedHtml {
  const { title, sentences, steps, rows, slot, lines, tables } = section;
  const content = joinMarkup([
    each('sentence', sentences),
    stepsMarkup(steps),
    rowsMarkup(rows),
    ...charts.filter((chart) => chart.slot === slot).map(chartMarkup),
    lines.length === 0 ? joinMarkup([]) : fillHtml(part('list'), { lines: each('line', lines) }),
    tablesMarkup(tables),
  ]);
  return fillHtml(part('section'), { title, content });
}

function chartMarkup({ id, alt, spec }: HtmlChart): EscapedHtml {
  if (spec === undefined) return fillHtml(part('sentence'), { text: alt });
  return fillHtml(part('chart'), { source: `cid:${id}`, alt });
}

const NOTHING = joinMarkup([]);

/** Renders all tables in order. */
function tablesMarkup(tables: readonly ReportTable[]): EscapedHtml {
  return joinMarkup(tables.map(tableMarkup));
}

function tableMarkup({
  title,
  head,
  rows,
  total,
  foot,
  isWords = false,
}: ReportTable): EscapedHtml {
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

function rowMarkup({ cells: texts, note }: ReportTableRow, head: readonly string[]): EscapedHtml {
  const columns = String(head.length);
  const cells = joinMarkup(texts.map((text, at) => cellMarkup(text, at === 0 ? '' : head[at])));
  const line = fillHtml(readPart('gridRow'), { cells });
  return note === ''
    ? line
    : joinMarkup([line, fillHtml(readPart('gridNote'), { columns, text: note })]);
}

function totalMarkup(total: readonly string[], head: readonly string[]): EscapedHtml {
  const cells = joinMarkup(total.map((text, at) => cellMarkup(text, at === 0 ? '' : head[at])));
  return fillHtml(readPart('gridTotal'), { cells });
}

/** A cell. Small screens hide the header, so figures carry their column's label. */
function cellMarkup(text: string, label = ''): EscapedHtml {
  return label === ''
    ? fillHtml(readPart('gridCell'), { text })
    : fillHtml(readPart('gridFigure'), { label, text });
}

/** A template part with this text. Empty for an empty text. */
function textPart(name: string, text: string): EscapedHtml {
  return text === '' ? NOTHING : fillHtml(readPart(name), { text });
}

/** Numbered actions with owner and deadline. The plan's actions and their sum come first. */
function actionsMarkup({ listed, more, total, left }: ActionList): EscapedHtml {
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
function stepsMarkup(steps: readonly NumberedStep[]): EscapedHtml {
  if (steps.length === 0) return NOTHING;
  const lines = steps.map(({ kind, mark, what, worth }) => {
    const values = { what, worth };
    return fillHtml(readPart(STEP_PARTS[kind]), kind === 'step' ? { mark, ...values } : values);
  });
  return fillHtml(readPart('steps'), { steps: joinMarkup(lines) });
}

/** A row per deployment, with model and reason below. */
function rowsMarkup(rows: readonly DeploymentRow[]): EscapedHtml {
  if (rows.length === 0) return NOTHING;
  const lines = rows.map(({ model, reason, ...row }) =>
    joinMarkup([
      fillHtml(readPart('row'), row),
      fillHtml(readPart('about'), { model, reason: textPart('reason', reason) }),
    ]),
  );
  return fillHtml(readPart('rows'), { rows: joinMarkup(lines) });
}
