/** Splits one CSV record into cells (RFC 4180). */

/**
 * The cells of a record; `undefined` if it has a misplaced quote. `'a,"b,""c"""'` has the cells `a`
 * and `b,"c"`.
 */
export function splitCsvCells(text: string, separator = ','): string[] | undefined {
  if (!text.includes('"')) return text.split(separator);
  const cells: string[] = [];
  for (let at = 0; at <= text.length; ) {
    const end = text[at] === '"' ? quotedEnd(text, at) : unquotedEnd(text, at, separator);
    if (end === undefined || (end < text.length && text[end] !== separator)) return undefined;
    const raw = text.slice(at, end);
    if (raw.startsWith('"')) cells.push(raw.slice(1, -1).replaceAll('""', '"'));
    else if (raw.includes('"')) return undefined;
    else cells.push(raw);
    at = end + 1;
  }
  return cells;
}

function unquotedEnd(text: string, start: number, separator: string): number {
  const comma = text.indexOf(separator, start);
  return comma < 0 ? text.length : comma;
}

/**
 * The index after the closing quote of the cell that starts at `start`; `undefined` if it is not
 * closed.
 */
function quotedEnd(text: string, start: number): number | undefined {
  let at = text.indexOf('"', start + 1);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at < 0 ? undefined : at + 1;
}
