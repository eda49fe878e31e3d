/** Finds where each function of a file begins and ends. */

import { childrenOf, isNode, lineAt, parseFile, type SyntaxNode } from './syntax.ts';
import type { SourceFile } from './tree.ts';

export interface FunctionSpan {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/**
 * Every function, method and arrow of a TypeScript or JavaScript file, with its length in lines.
 */
export function findFunctions(file: SourceFile): FunctionSpan[] {
  const found: FunctionSpan[] = [];
  visit(parseFile(file), '(anonymous)', (node, name) => {
    const line = lineAt(file.text, node.start);
    found.push({ name, line, lines: lineAt(file.text, node.end) - line + 1 });
  });
  return found;
}

/**
 * Walks the tree. `name` is that of the nearest declaration, property or method around the value.
 */
function visit(
  node: SyntaxNode,
  name: string,
  onFunction: (node: SyntaxNode, name: string) => void,
): void {
  const here = nameOf(node) ?? name;
  if (FUNCTIONS.has(node.type)) onFunction(node, here);
  for (const child of childrenOf(node)) visit(child, here, onFunction);
}

function nameOf(node: SyntaxNode): string | undefined {
  const named = node['id'] ?? node['key'];
  if (!isNode(named)) return undefined;
  return typeof named['name'] === 'string' ? named['name'] : undefined;
}
