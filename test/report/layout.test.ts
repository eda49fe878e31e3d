/** The layout of the plain text. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/domain/textWidth.ts';
import { bullet, COLUMNS, withAmount, wrapLines } from '../../src/report/text.ts';

const words = fc.array(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 90 }), {
  minLength: 1,
});

describe('plain text', () => {
  it('indents continued lines below the first', () => {
    expect(bullet(`${'word '.repeat(16)}end`)).toBe(
      `- ${'word '.repeat(15)}`.trimEnd() + '\n  word end',
    );
  });

  it('puts an amount at the right edge of the first line', () => {
    const text = withAmount(`1.  ${'word '.repeat(16)}end`, { amount: '$1,234', hang: 4 });
    const [first = '', second] = text.split('\n');
    expect(first).toHaveLength(COLUMNS);
    expect(first).toMatch(/word {2,}\$1,234$/);
    expect(second).toMatch(/^ {4}word/);
  });

  it('counts letters of two columns as two', () => {
    const lines = wrapLines('漢字'.repeat(25)).split('\n');
    expect(lines.map(displayWidth)).toEqual([COLUMNS, 22]);
    expect(lines.join('')).toBe('漢字'.repeat(25));
    expect(displayWidth(withAmount('漢字', { amount: '$1,234', hang: 0 }))).toBe(COLUMNS);
  });

  it('never exceeds 78 columns and loses no letter', () => {
    fc.assert(
      fc.property(words, (list) => {
        const text = list.join(' ').replace(/\s+/g, ' ').trim();
        const lines = wrapLines(text, 2).split('\n');
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(COLUMNS);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});
