/** Lays out plain text: 78 columns, hanging indents, amounts on the right. */

export const COLUMNS = 78;

/** Non-breaking space, for words that must stay on one line. */
const UNBREAKABLE = '\u00a0';

/**
 * Wraps at spaces. Lines after the first are indented by `hang`. A word longer than a line is
 * split.
 */
export function wrapLines(text: string, hang = 0): string {
  const indent = ' '.repeat(hang);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((word) => splitWord(word, COLUMNS - hang))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line.trim() !== '' && columnWidth(longer) > COLUMNS) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = longer;
  }
  return [...lines, line].join('\n').replaceAll(UNBREAKABLE, ' ');
}

/** Wraps with an indent of two. */
export function indentText(text: string): string {
  return wrapLines(`${UNBREAKABLE.repeat(2)}${text}`, 2);
}

/** `- text`, with a hanging indent. */
export function bullet(text: string): string {
  return wrapLines(`- ${text}`, 2);
}

/** Text on the left, with the amount at the right edge of the first line. */
export function withAmount(
  text: string,
  { amount, hang }: { amount: string; hang: number },
): string {
  if (amount === '') return wrapLines(text, hang);
  const reserved = '\u0001'.repeat(columnWidth(amount) + 2);
  const [first = '', ...rest] = wrapLines(`${reserved} ${text}`, hang).split('\n');
  const left = first.slice(reserved.length + 1);
  const gap = ' '.repeat(Math.max(2, COLUMNS - columnWidth(left) - columnWidth(amount)));
  return [`${left}${gap}${amount}`, ...rest].join('\n');
}

export function padStart(text: string, columns: number): string {
  return `${' '.repeat(Math.max(0, columns - columnWidth(text)))}${text}`;
}

export function padEnd(text: string, columns: number): string {
  return `${text}${' '.repeat(Math.max(0, columns - columnWidth(text)))}`;
}

/** Number of code points, not UTF-16 code units. */
export function columnWidth(text: string): number {
  return Array.from(text).length;
}

function splitWord(word: string, most: number): string[] {
  const characters = Array.from(word);
  if (characters.length <= most) return [word];
  return [characters.slice(0, most).join(''), ...splitWord(characters.slice(most).join(''), most)];
}
