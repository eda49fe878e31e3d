/**
 * Renders the HTML page: a frame that MJML compiles for email clients, filled with the report's
 * text.
 */

import mjml2html from 'mjml';
import { invariant } from '../domain/invariant.ts';
import type { ChartPlan } from './charts/chart.ts';
import { actionsMarkup, rowsMarkup, stepsMarkup, tablesMarkup } from './htmlTable.ts';
import {
  fillHtml,
  joinMarkup,
  type Markup,
  readPart as part,
  readTemplate,
  templatePath,
} from './template.ts';
import type { ReportSection } from './words/sections.ts';
import type { PageText } from './words.ts';

/** A chart on the page: a picture, or its text alternative without one. */
export type HtmlChart = Pick<ChartPlan, 'id' | 'filename' | 'slot' | 'alt'> & {
  readonly spec?: unknown;
};

export interface HtmlPage {
  readonly words: PageText;
  readonly subject: string;
  readonly charts: readonly HtmlChart[];
}

/** Gmail cuts off emails above this size and hides the rest behind a link. */
const MOST_BYTES = 102_400;

/** Renders the email's HTML. It loads nothing but the pictures in the email. */
export async function renderHtml({ words, subject, charts }: HtmlPage): Promise<string> {
  const { html } = fillHtml(await frame(), {
    subject,
    kicker: words.kicker,
    headline: words.headline,
    notices: each('notice', words.notices),
    lead: each('sentence', words.lead),
    actions: actionsMarkup(words.actions),
    page: sectionsMarkup(words.page, charts),
    sections: sectionsMarkup(words.sections, charts),
    identity: each('identity', words.identity),
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

function each(name: string, texts: readonly string[]): Markup {
  return joinMarkup(texts.map((text) => fillHtml(part(name), { text })));
}

function sectionsMarkup(sections: readonly ReportSection[], charts: readonly HtmlChart[]): Markup {
  return joinMarkup(sections.map((section) => sectionMarkup(section, charts)));
}

function sectionMarkup(section: ReportSection, charts: readonly HtmlChart[]): Markup {
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

function chartMarkup({ id, alt, spec }: HtmlChart): Markup {
  if (spec === undefined) return fillHtml(part('sentence'), { text: alt });
  return fillHtml(part('chart'), { source: `cid:${id}`, alt });
}
