/** Knows how a small table stands on the page: names to the left, figures to the right. */

import { fillHtml, joinMarkup, type Markup, readPart } from './template.ts';
import type { Table, TableRow } from './words/table.ts';

/** All of them one below the other; nothing where there are none. */
export function tablesMarkup(tables: readonly Table[]): Markup {
  return joinMarkup(tables.map(tableMarkup));
}

function tableMarkup({ title, head, rows, foot }: Table): Markup {
  return fillHtml(readPart('grid'), {
    title: whole('gridTitle', title),
    head: joinMarkup(head.map((text) => fillHtml(readPart('gridHead'), { text }))),
    rows: joinMarkup(rows.map((row) => rowMarkup(row, head))),
    foot: whole('gridFoot', foot),
  });
}

function rowMarkup({ cells: texts, note }: TableRow, head: readonly string[]): Markup {
  const columns = String(head.length);
  const cells = joinMarkup(texts.map((text, at) => cellMarkup(text, at === 0 ? '' : head[at])));
  const line = fillHtml(readPart('gridRow'), { cells });
  return note === ''
    ? line
    : joinMarkup([line, fillHtml(readPart('gridNote'), { columns, text: note })]);
}

/** Where the head is not shown, on small screens, a figure tells what it is. */
function cellMarkup(text: string, label = ''): Markup {
  return label === ''
    ? fillHtml(readPart('gridCell'), { text })
    : fillHtml(readPart('gridFigure'), { label, text });
}

/** Nothing at all for an empty text. */
function whole(name: string, text: string): Markup {
  return text === '' ? joinMarkup([]) : fillHtml(readPart(name), { text });
}
