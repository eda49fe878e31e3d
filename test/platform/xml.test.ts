import { expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { childrenNamed, parseXml, childText, renderXml } from '../../src/platform/xml.ts';

const parsed = (text: string) => parseXml(new TextEncoder().encode(text), 'https://h/');

function refused(text: string): string {
  try {
    parsed(text);
  } catch (error) {
    if (error instanceof Failure) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('it was not refused');
}

test('an answer is read with its lists, its texts and its five entities', () => {
  const root = parsed(
    '\uFEFF<?xml version="1.0"?><s3:List xmlns:s3="http://s3/"><Key>a&amp;b &lt;&#x31;&gt;</Key>' +
      '<Key><![CDATA[<c>]]></Key><Empty/></s3:List>',
  );
  expect(root.name).toBe('List');
  expect(childrenNamed(root, 'Key').map(({ text }) => text)).toEqual(['a&b <1>', '<c>']);
  expect(childText(root, 'Empty', 'x')).toBe('');
  expect(childText(root, 'None', 'x')).toBeUndefined();
});

test('written XML is read back', () => {
  const words = 'a & b < c > d \r "e"';
  const root = parsed(renderXml('A', [renderXml('B', words), renderXml('C', '')]));
  expect(childText(root, 'B', 'x')).toBe(words);
  expect(childText(root, 'C', 'x')).toBeUndefined();
});

test.each([
  ['', /root element|is empty/],
  ['{"a":1}', /the documented XML/],
  ['<a><b></a>', /the documented XML/],
  ['<a>', /the documented XML/],
  ['<a>&nbsp;</a>', /the documented XML/],
  ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', /document type/],
  ['<a>'.repeat(30) + '</a>'.repeat(30), /no end/],
  [`<a>${'<b/>'.repeat(500_001)}</a>`, /no end/],
])('%.40s is refused', (text, words) => {
  expect(refused(text)).toMatch(words);
});

test('an element in place of text is refused', () => {
  const root = parsed('<a><b><c>1</c></b></a>');
  expect(() => childText(root, 'b', 'https://h/')).toThrow('contains more than text');
});
