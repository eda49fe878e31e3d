/** Finds sentences in code: texts of three words or more, and those that decide something. */

import { childrenOf, lineAt, parseFile, type SyntaxNode, textOf } from './syntax.ts';
import type { SourceFile } from './tree.ts';

export interface FoundSentence {
  readonly line: number;
  readonly text: string;
}

/** Verdicts, which are codes of three words and more. */
const CODES: ReadonlySet<string> = new Set([
  'not certain enough',
  'not enough evidence',
  'too close to call',
  'too small to act on',
]);

/** Three words separated by single spaces. An interpolated figure is no word. */
const SENTENCE = /(?:^|[^\p{L}\d_.-])[\p{L}’']+(?:,? [\p{L}’']+){2}/u;

function isSentence(text: string): boolean {
  return SENTENCE.test(text) && !CODES.has(text);
}

/** Texts that are sentences, without those that are thrown: an error is worded where it occurs. */
export function sentencesIn(file: SourceFile): FoundSentence[] {
  const found: FoundSentence[] = [];
  walk(parseFile(file), undefined, (node, above) => {
    const text = textOf(node);
    if (text === undefined || !isSentence(text)) return;
    for (let at = above; at !== undefined; at = at.above) if (isThrown(at.node)) return;
    found.push({ line: lineAt(file.text, node.start), text });
  });
  return found;
}

/** Sentences in facts: in objects with a code, and among warnings and remarks. */
export function sentencesInFacts(file: SourceFile): FoundSentence[] {
  const found: FoundSentence[] = [];
  walk(parseFile(file), undefined, (node, above) => {
    const text = textOf(node);
    if (text === undefined || !isSentence(text)) return;
    const around: SyntaxNode[] = [];
    for (let at = above; at !== undefined; at = at.above) around.push(at.node);
    if (around.some(isThrown) || !around.some(isFact)) return;
    found.push({ line: lineAt(file.text, node.start), text });
  });
  return found;
}

/** An object with a code that is not a failure, or an item of `warnings` or `remarks`. */
function isFact(node: SyntaxNode): boolean {
  if (node.type === 'Property') return ['warnings', 'remarks'].includes(keyOf(node));
  if (node.type !== 'ObjectExpression') return false;
  const keys = (node['properties'] as readonly SyntaxNode[]).map(keyOf);
  // Thrown failures and schema issues have their own message.
  return keys.includes('code') && !keys.includes('message') && !keys.includes('problem');
}

function keyOf(property: SyntaxNode): string {
  return (property['key'] as { readonly name?: string } | undefined)?.name ?? '';
}

/** Every sentence, thrown or not. Texts joined with `+` are one text. */
export function textsIn(file: SourceFile): FoundSentence[] {
  const found: FoundSentence[] = [];
  walk(parseFile(file), undefined, (node, above) => {
    const text = joined(node);
    const isPart = above !== undefined && joined(above.node) !== undefined;
    if (text !== undefined && !isPart && isSentence(text)) {
      found.push({ line: lineAt(file.text, node.start), text });
    }
  });
  return found;
}

function joined(node: SyntaxNode): string | undefined {
  if (node.type !== 'BinaryExpression' || node['operator'] !== '+') return textOf(node);
  const [left, right] = [joined(node['left'] as SyntaxNode), joined(node['right'] as SyntaxNode)];
  return left === undefined || right === undefined ? undefined : left + right;
}

/** Sentences that code depends on: compared, searched for, or matched by a pattern. */
export function decidedByProse(file: SourceFile): FoundSentence[] {
  const found: FoundSentence[] = [];
  walk(parseFile(file), undefined, (node, above) => {
    const text = patternOf(node) ?? (isCompared(above?.node, node) ? textOf(node) : undefined);
    if (text !== undefined && isSentence(text))
      found.push({ line: lineAt(file.text, node.start), text });
  });
  return found;
}

/** The ancestors of a node, the nearest first. */
interface Above {
  readonly node: SyntaxNode;
  readonly above: Above | undefined;
}

/** Types contain no texts. */
function walk(
  node: SyntaxNode,
  above: Above | undefined,
  look: (node: SyntaxNode, above: Above | undefined) => void,
): void {
  if (node.type.startsWith('TS') && node.type.includes('Type')) return;
  look(node, above);
  const next = { node, above };
  for (const child of childrenOf(node)) walk(child, next, look);
}

function patternOf(node: SyntaxNode): string | undefined {
  const regex = node['regex'] as { readonly pattern: string } | undefined;
  return node.type === 'Literal' && regex !== undefined ? regex.pattern : undefined;
}

const ASKING = new Set([
  'includes',
  'indexOf',
  'startsWith',
  'endsWith',
  'match',
  'search',
  'test',
]);
const COMPARING = new Set(['===', '!==', '==', '!=']);

function isCompared(parent: SyntaxNode | undefined, node: SyntaxNode): boolean {
  if (parent?.type === 'BinaryExpression') return COMPARING.has(String(parent['operator']));
  if (parent?.type === 'SwitchCase') return parent['test'] === node;
  if (parent?.type !== 'CallExpression' || parent['callee'] === node) return false;
  const { property } = parent['callee'] as { readonly property?: { readonly name?: string } };
  return ASKING.has(property?.name ?? '');
}

function isThrown(node: SyntaxNode): boolean {
  if (node.type === 'ThrowStatement') return true;
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false;
  const { name = '' } = node['callee'] as { readonly name?: string };
  return /^(?:invariant|BrokenInvariant|Failure|Error|RangeError|TypeError)$/.test(name);
}
