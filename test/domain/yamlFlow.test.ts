import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toGlob, isExactGlob, matchesGlob } from '../../src/domain/glob.ts';
import { yamlFlow, yamlText } from '../../src/domain/yamlFlow.ts';
import { readTree } from '../../src/config/yamlTree.ts';

const surroundings = { env: { HOME: 'secret' }, folder: '/', readFile: readFileSync };

function read(yaml: string): unknown {
  const tree = readTree(yaml, surroundings);
  expect(tree.faults).toEqual([]);
  return tree.value;
}

const HOSTILE = [
  'a: b # c',
  '"quoted"',
  "it's",
  '{ x: 1 }',
  '${HOME}',
  'the ${HOME} of it',
  '\\${HOME}',
  '$\uE000HOME\uE001',
  '\u202Egnp.exe',
  '\u001b[31mred',
  'two\nlines\r\n\u2028\u0085',
  ' edges ',
  '*&!|>%@`',
  'null',
  '~',
  '1e3',
  '😀\u{e0041}',
  '\ud800 alone',
  '---',
];

describe('a text in YAML', () => {
  test.each(HOSTILE)('is %j again when it is parsed', (text) => {
    expect(read(yamlText(text))).toBe(text);
    expect(read(`- ${yamlFlow({ name: text })} # ${yamlText(text)}`)).toEqual([{ name: text }]);
  });

  test('has no terminal escape and no invisible character', () => {
    for (const text of HOSTILE) {
      expect(yamlText(text)).toMatch(/^"[\p{L}\p{M}\p{N}\p{P}\p{S} ]*"$/u);
    }
  });

  test('round-trips for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(read(yamlText(text))).toBe(text);
      }),
    );
  });
});

test('a map on one line holds texts, booleans and maps', () => {
  const match = { id: 'node-7', rest: true };
  expect(yamlFlow({ source: 'cloud', match })).toBe(
    '{ source: "cloud", match: { id: "node-7", rest: true } }',
  );
});

test('the pattern of a text matches only that text', () => {
  const stars = fc.string({ unit: fc.constantFrom('*', '\\', 'a', 'b'), maxLength: 8 });
  fc.assert(
    fc.property(stars, stars, (text, other) => {
      expect(isExactGlob(toGlob(text))).toBe(true);
      expect(matchesGlob(toGlob(text), other)).toBe(text === other);
    }),
    { numRuns: 2000 },
  );
  expect(isExactGlob('chat-*')).toBe(false);
  expect(matchesGlob(String.raw`\**`, '*anything')).toBe(true);
});
