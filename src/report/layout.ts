/**
 * Knows how plain text is laid out: wrapped at 78 columns, hanging indents, figures to the right.
 */

export const COLUMNS = 78;

/** A blank at which no line ends: words that belong together are told with it. */
const UNBREAKABLE = '\u00a0';

/**
 * Wraps at blanks; lines after the first begin with `hang` blanks. A word too long for a line is
 * cut.
 */
export function wrapped(text: string, hang = 0): string {
  const indent = ' '.repeat(hang);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((word) => pieces(word, COLUMNS - hang))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line.trim() !== '' && textWidth(longer) > COLUMNS) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = longer;
  }
  return [...lines, line].join('\n').replaceAll(UNBREAKABLE, ' ');
}

/** Wrapped, all of it two blanks to the right. */
export function indented(text: string): string {
  return wrapped(`${UNBREAKABLE.repeat(2)}${text}`, 2);
}

/** `- text`, wrapped below the text. */
export function bullet(text: string): string {
  return wrapped(`- ${text}`, 2);
}

/**
 * Text on the left, wrapped short of the amount, which stands at the right edge of the first line.
 */
export function withAmount(
  text: string,
  { amount, hang }: { amount: string; hang: number },
): string {
  if (amount === '') return wrapped(text, hang);
  const reserved = '\u0001'.repeat(textWidth(amount) + 2);
  const [first = '', ...rest] = wrapped(`${reserved} ${text}`, hang).split('\n');
  const left = first.slice(reserved.length + 1);
  const gap = ' '.repeat(Math.max(2, COLUMNS - textWidth(left) - textWidth(amount)));
  return [`${left}${gap}${amount}`, ...rest].join('\n');
}

export function padStart(text: string, columns: number): string {
  return `${' '.repeat(Math.max(0, columns - textWidth(text)))}${text}`;
}

export function padEnd(text: string, columns: number): string {
  return `${text}${' '.repeat(Math.max(0, columns - textWidth(text)))}`;
}

/** Letters, not code units. */
export function textWidth(text: string): number {
  return Array.from(text).length;
}

function pieces(word: string, most: number): string[] {
  const letters = Array.from(word);
  if (letters.length <= most) return [word];
  return [letters.slice(0, most).join(''), ...pieces(letters.slice(most).join(''), most)];
}
