/** Reads a file of code as a tree of its syntax. */

import { parseAst } from 'vitest/node';
import type { SourceFile } from './tree.ts';

export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export function parseFile({ path, text }: Pick<SourceFile, 'path' | 'text'>): SyntaxNode {
  return parseAst(text, { lang: path.endsWith('.ts') ? 'ts' : 'js' }) as unknown as SyntaxNode;
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  return Object.values(node).flat().filter(isNode);
}

/** The node and everything below it, each before what it contains. */
export function* nodesIn(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const child of childrenOf(node)) yield* nodesIn(child);
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** Stands for a value that a template inserts. */
export const INSERTED = '\u0000';

/** The text of a string, or of a template with a mark for each inserted value. */
export function textOf(node: SyntaxNode): string | undefined {
  if (node.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : undefined;
  if (node.type !== 'TemplateLiteral') return undefined;
  const parts = node['quasis'] as readonly { readonly value: { readonly cooked: string } }[];
  return parts.map(({ value }) => value.cooked).join(INSERTED);
}

/** The number of the line of an offset in a text, from 1 on. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
