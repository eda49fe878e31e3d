/** Finds where each function of a file begins and ends. */

import { parseAst } from 'vitest/node';
import type { SourceFile } from './tree.ts';

export interface FunctionSpan {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/**
 * Every function, method and arrow of a TypeScript or JavaScript file, with its length in lines.
 */
export function findFunctions(file: SourceFile): FunctionSpan[] {
  const lang = file.path.endsWith('.ts') ? 'ts' : 'js';
  const found: FunctionSpan[] = [];
  const program = parseAst(file.text, { lang }) as unknown as Node;
  visit(program, '(anonymous)', (node, name) => {
    const line = lineAt(file.text, node.start);
    found.push({ name, line, lines: lineAt(file.text, node.end) - line + 1 });
  });
  return found;
}

/**
 * Walks the tree. `name` is that of the nearest declaration, property or method around the value.
 */
function visit(node: Node, name: string, onFunction: (node: Node, name: string) => void): void {
  const here = nameOf(node) ?? name;
  if (FUNCTIONS.has(node.type)) onFunction(node, here);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) visit(child, here, onFunction);
    }
  }
}

function nameOf(node: Node): string | undefined {
  const named = node['id'] ?? node['key'];
  if (!isNode(named)) return undefined;
  return typeof named['name'] === 'string' ? named['name'] : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
  }
  return line;
}
