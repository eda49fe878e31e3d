/** Knows the page: MJML makes the frame that mail clients understand, the words fill it. */

import mjml2html from 'mjml';
import { tablesMarkup } from './htmlTable.ts';
import {
  fillHtml,
  joinMarkup,
  type Markup,
  readPart as part,
  readTemplate,
  templatePath,
} from './template.ts';
import type { Row } from './words/rows.ts';
import type { Section } from './words/sections.ts';
import type { Step } from './words/stepLines.ts';
import type { ReportWords } from './words.ts';

/** What the page needs of a chart. */
export interface ChartWords {
  readonly id: string;
  readonly filename: string;
  readonly alt: string;
  /** Absent where there is no picture: then its words stand in its place. */
  readonly spec?: unknown;
}

export interface Page {
  readonly words: ReportWords;
  readonly subject: string;
  readonly charts: readonly ChartWords[];
}

/** The mail's HTML: complete, nothing to load but the pictures inside the mail. */
export async function renderHtml({ words, subject, charts }: Page): Promise<string> {
  const [priceFigure, useFigure, savingFigure] = words.figures;
  const page = fillHtml(await frame(), {
    subject,
    period: words.period,
    headline: words.headline,
    ...named('price', priceFigure),
    ...named('use', useFigure),
    ...named('saving', savingFigure),
    why: each('sentence', words.why),
    steps: fillHtml(part('steps'), { steps: joinMarkup(words.steps.map(stepMarkup)) }),
    rows: fillHtml(part('rows'), { rows: joinMarkup(words.rows.map(rowMarkup)) }),
    charts: joinMarkup(charts.map(chartMarkup)),
    sections: joinMarkup(words.sections.map(sectionMarkup)),
    identity: each('identity', words.identity),
  });
  return page.html;
}

/** The page as a file: the pictures are looked for in `charts/` beside it, not inside a mail. */
export function htmlForFile(
  html: string,
  charts: readonly Pick<ChartWords, 'id' | 'filename'>[],
): string {
  return charts.reduce(
    // A quote inside a value is escaped, so this source cannot come from a name.
    (page, { id, filename }) => page.replaceAll(`src="cid:${id}"`, `src="charts/${filename}"`),
    html,
  );
}

/** The frame with its placeholders still open: no value passes through MJML. */
async function frame(): Promise<string> {
  const { html } = await mjml2html(readTemplate('report.mjml'), {
    filePath: templatePath('report.mjml'),
    ignoreIncludes: false,
    validationLevel: 'strict',
    keepComments: false,
    fonts: {},
  });
  return html;
}

function each(name: string, texts: readonly string[]): Markup {
  return joinMarkup(texts.map((text) => fillHtml(part(name), { text })));
}

function sectionMarkup({ title, lines, tables }: Section): Markup {
  const list = lines.length === 0 ? '' : fillHtml(part('list'), { lines: each('line', lines) });
  return fillHtml(part('section'), { title, list, tables: tablesMarkup(tables) });
}

function chartMarkup({ id, alt, spec }: ChartWords): Markup {
  if (spec === undefined) return fillHtml(part('sentence'), { text: alt });
  return fillHtml(part('chart'), { source: `cid:${id}`, alt });
}

function named(prefix: string, figure: { label: string; value: string; note: string }) {
  return {
    [`${prefix}.label`]: figure.label,
    [`${prefix}.value`]: figure.value,
    [`${prefix}.note`]: figure.note,
  };
}

const STEP_PARTS = { step: 'step', rest: 'sum', total: 'total' } as const;

function stepMarkup({ kind, mark, what, worth }: Step): Markup {
  const values = { what, worth };
  return fillHtml(part(STEP_PARTS[kind]), kind === 'step' ? { mark, ...values } : values);
}

function rowMarkup(row: Row): Markup {
  return fillHtml(part('row'), { ...row });
}
