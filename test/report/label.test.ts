/** How foreign text is cleaned before it is shown. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneLine, shownName, shownSentence } from '../../src/report/displayText.ts';
import { LEADER } from '../support/readers.ts';

describe('a foreign name', () => {
  it('loses line breaks, control characters and direction overrides', () => {
    expect(shownName('a\r\nBcc: b')).toBe('a Bcc: b');
    expect(shownName('\u202egnp.exe\u2066\u200b\u0007')).toBe('gnp.exe');
  });

  it('is cut with an ellipsis, never through a character', () => {
    expect(shownName('x'.repeat(500))).toBe(`${'x'.repeat(47)}…`);
    expect(shownName('\u{1f680}'.repeat(500))).toBe(`${'\u{1f680}'.repeat(47)}…`);
  });

  it('is printed as unnamed if nothing of it can be shown', () => {
    expect(shownName('\u200b\n')).toBe('(unnamed)');
  });

  it('is one well-formed line of limited length, whatever it was', () => {
    const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(anything, fc.integer({ min: 1, max: 60 }), (text, length) => {
        const line = oneLine(text, length);
        expect(Array.from(line).length).toBeLessThanOrEqual(length);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(line.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('a stored sentence', () => {
  it('begins with a capital and ends with a period', () => {
    expect(shownSentence('usage covers\n52%', LEADER)).toBe('Usage covers 52%.');
    expect(shownSentence('Why not?', LEADER)).toBe('Why not?');
  });

  it('writes days as the report does, and keeps those in names and times', () => {
    expect(shownSentence('it expires on 2026-12-31, or (2026-06-01)', LEADER)).toBe(
      'It expires on Dec 31, 2026, or (Jun 1, 2026).',
    );
    for (const name of ['chat-2026-12-31', '2026-12-31-chat', '2026-12-31T04:00:00Z']) {
      expect(shownSentence(`Of ${name}`, LEADER)).toBe(`Of ${name}.`);
    }
    expect(shownSentence('Of 2026-13-45', LEADER)).toBe('Of 2026-13-45.');
  });
});
