/** Parses a short XML response, such as a list of objects, strictly and within limits. */

import { SaxesParser } from 'saxes';
import { Failure } from '../domain/failure.ts';

export interface XmlElement {
  /** Without its namespace prefix. */
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Its own text, without that of its children. */
  readonly text: string;
}

/** More than a list of a thousand objects needs. */
const MOST_ELEMENTS = 500_000;
const DEEPEST = 20;

interface Open {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

/**
 * Returns the root of the document. Document types are rejected, so only XML's five entities exist.
 * @throws {Failure} `malformed` if it is not well-formed or too large.
 */
export function parseXml(bytes: Uint8Array, where: string): XmlElement {
  const parser = new SaxesParser();
  const open: Open[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  parser.on('error', (error) => {
    throw invalidXml(where, error.message);
  });
  parser.on('doctype', () => {
    throw invalidXml(where, 'it has a document type declaration');
  });
  parser.on('opentag', ({ name }) => {
    elements += 1;
    if (elements > MOST_ELEMENTS || open.length >= DEEPEST)
      throw invalidXml(where, 'it has no end');
    open.push({ name: name.replace(/^.*:/, ''), children: [], text: '' });
  });
  const addText = (text: string) => {
    const inner = open.at(-1);
    if (inner !== undefined) inner.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const closed = open.pop();
    const outer = open.at(-1);
    if (closed !== undefined && outer !== undefined) outer.children.push(closed);
    else root = closed;
  });
  parser.write(new TextDecoder('utf-8').decode(bytes)).close();
  if (root === undefined) throw invalidXml(where, 'it is empty');
  return root;
}

function invalidXml(where: string, why: string): Failure {
  const message = `${where} did not return the documented XML: ${why}`;
  return new Failure('malformed', message, { where });
}

/** The text of the child with that name, or `undefined` without such a child. */
export function childText(element: XmlElement, name: string, where: string): string | undefined {
  const child = element.children.find((one) => one.name === name);
  if (child === undefined) return undefined;
  if (child.children.length === 0) return child.text;
  throw invalidXml(where, `<${name}> contains more than text`);
}

/** The children with that name, in order. */
export function childrenNamed(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((one) => one.name === name);
}

/** An element as XML. An empty element is left out. */
export function renderXml(name: string, content: string | readonly string[]): string {
  const inner = typeof content === 'string' ? escaped(content) : content.join('');
  return inner === '' ? '' : `<${name}>${inner}</${name}>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\r': '&#13;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>\r]/g, (character) => ESCAPES[character] ?? character);
}
