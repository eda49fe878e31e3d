/** Parses YAML into plain values, with numbers as written and the position of every value. */

import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { JsonNumber, shortText } from '../platform/json.ts';
import { environmentSecret, fileSecret, type ReferenceContext } from './environment.ts';
import type { ConfigPath } from './paths.ts';

interface FilePosition {
  readonly line: number;
  readonly column: number;
}

export interface ConfigFault {
  readonly path: ConfigPath;
  readonly place: FilePosition;
  /** One sentence without a period. */
  readonly problem: string;
}

export interface ConfigTree {
  /** Maps without prototype, lists, text, booleans, null, `JsonNumber` and `Secret`. */
  readonly value: unknown;
  readonly faults: readonly ConfigFault[];
  /** False if a syntax fault leaves the value incomplete. */
  readonly isComplete: boolean;
  /** Position of the value, or of the nearest enclosing key. */
  placeOf(path: ConfigPath): FilePosition;
  /** Position of the value's key. */
  placeOfKey(path: ConfigPath): FilePosition;
}

/** Limit on values: the aliases of a hostile file can repeat a map a billion times. */
const MAX_NODES = 20_000;

/**
 * Limit on nesting. No section needs half of it; a list that contains itself through an alias never
 * ends.
 */
const MAX_DEPTH = 20;

const START: FilePosition = { line: 1, column: 1 };

const WHOLE_REFERENCE = /^\$\{\w+\}$/;

/** Parses one YAML document. Syntax faults are returned, not thrown. */
export function readTree(text: string, surroundings: ReferenceContext): ConfigTree {
  const lines = new LineCounter();
  const source = guarded(text);
  const document = parseYaml(source, lines);
  if (document === undefined) return tooDeepTree();
  const walk = new Walk({ document, source, lines }, surroundings);
  const value = walk.read(document.contents, []);
  const broken = [...document.errors, ...document.warnings];
  const syntax = broken.map((error) => walk.syntaxFault(error));
  return {
    value,
    // If the file is too deep or too large, every open bracket would be a syntax fault as well.
    faults: walk.overfull ? walk.faults : [...syntax, ...walk.faults],
    isComplete: broken.length === 0 && !walk.overfull,
    placeOf: (path) => walk.placeOf(path),
    placeOfKey: (path) => walk.placeOfKey(path),
  };
}

/** Returns `undefined` if the nesting is so deep that the parser fails. */
function parseYaml(text: string, lineCounter: LineCounter): Document | undefined {
  try {
    const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false });
    // The parser reports its stack overflow in the engine's words, then every level left open.
    const isBottomless = document.errors.some(({ message }) => message.includes('call stack'));
    return isBottomless ? undefined : document;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function tooDeepTree(): ConfigTree {
  const problem = `found thousands of nested levels, expected at most ${MAX_DEPTH}`;
  const placeOf = () => START;
  const faults = [{ path: [], place: START, problem }];
  return { value: null, faults, isComplete: false, placeOf, placeOfKey: placeOf };
}

/**
 * `{ apiKey: ${KEY} }` is not YAML, because a brace ends a plain scalar inside a flow map. The
 * parser gets private-use characters in place of the braces, one for one, so that columns stay
 * correct.
 */
const GUARD = '$\uE000';

function guarded(text: string): string {
  return text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, '$\uE000$1\uE001');
}

function unguarded(text: string): string {
  return text.replace(/\$\uE000([A-Za-z_][A-Za-z0-9_]*)\uE001/g, '${$1}');
}

interface ParsedYaml {
  readonly document: Document;
  /** The guarded text that was parsed. */
  readonly source: string;
  readonly lines: LineCounter;
}

class Walk {
  readonly faults: ConfigFault[] = [];
  overfull = false;
  readonly #yaml: ParsedYaml;
  readonly #surroundings: ReferenceContext;
  #nodes = 0;

  constructor(yaml: ParsedYaml, surroundings: ReferenceContext) {
    this.#yaml = yaml;
    this.#surroundings = surroundings;
  }

  read(written: unknown, path: ConfigPath): unknown {
    this.#nodes += 1;
    if (this.#nodes === MAX_NODES) this.#tooMuch(`over ${MAX_NODES} values`, path);
    if (this.#nodes >= MAX_NODES) return null;
    if (path.length > MAX_DEPTH) return this.#tooMuch(`more than ${MAX_DEPTH} levels`, path);
    const node = this.#resolved(written);
    if (isMap(node)) return this.#map(node, path);
    if (isSeq(node)) return node.items.map((item, index) => this.read(item, [...path, index]));
    return isScalar(node) ? this.#scalar(node, path) : null;
  }

  #resolved(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#yaml.document) : node;
  }

  #map(map: YAMLMap, path: ConfigPath): unknown {
    const value = Object.create(null) as Record<string, unknown>;
    for (const pair of map.items) {
      const key = keyText(pair);
      const inner = [...path, key];
      // Some code that reads maps ignores this key, so it would be dropped silently.
      if (key === '__proto__') this.#refuseKey(inner, pair, 'found a reserved name; rename it');
      else if (key in value) {
        const first = this.placeOfKey(inner).line;
        const problem = `found a duplicate key, first on line ${first}; remove one of the two`;
        this.#refuseKey(inner, pair, problem);
      } else value[key] = this.read(pair.value, inner);
    }
    const [only, ...more] = Object.keys(value);
    if (only !== 'file' || more.length > 0 || typeof value['file'] !== 'string') return value;
    return fileSecret(value['file'], this.#surroundings);
  }

  #refuseKey(path: ConfigPath, { key }: Pair, problem: string): void {
    this.faults.push({ path, place: this.#place(key) ?? START, problem });
  }

  #scalar(scalar: Scalar, path: ConfigPath): unknown {
    if (typeof scalar.value === 'number') return new JsonNumber(scalar.source ?? '');
    if (typeof scalar.value !== 'string') return scalar.value;
    // Text that looks like a reference only through YAML escapes stays text.
    const [start = 0, end = 0] = scalar.range ?? [];
    if (!this.#yaml.source.slice(start, end).includes(GUARD)) return scalar.value;
    const text = unguarded(scalar.value);
    if (!WHOLE_REFERENCE.test(text)) this.#partial(path);
    return environmentSecret(text, this.#surroundings.env) ?? text;
  }

  #partial(path: ConfigPath): void {
    const problem =
      'found a reference inside a longer text, expected ${NAME} alone; put the whole value ' +
      'into that variable';
    this.faults.push({ path, place: this.placeOf(path), problem });
  }

  #place(node: unknown): FilePosition | undefined {
    const start = isNode(node) ? node.range?.[0] : undefined;
    if (start === undefined) return undefined;
    const { line, col } = this.#yaml.lines.linePos(start);
    return { line, column: col };
  }

  placeOf(path: ConfigPath): FilePosition {
    const { key, value } = this.#find(path);
    return this.#place(value) ?? this.#place(key) ?? START;
  }

  placeOfKey(path: ConfigPath): FilePosition {
    const { key, ownKey, value } = this.#find(path);
    return this.#place(ownKey ?? value ?? key) ?? START;
  }

  /** The value at a path and its own key if they are there; otherwise the nearest enclosing key. */
  #find(path: ConfigPath) {
    let value = this.#resolved(this.#yaml.document.contents);
    let key: unknown;
    let ownKey: unknown;
    for (const step of path) {
      const pair: Pair | undefined = isMap(value)
        ? value.items.find((item) => keyText(item) === step)
        : undefined;
      ownKey = pair?.key;
      key = ownKey ?? key;
      const inner = isSeq(value) && typeof step === 'number' ? value.items[step] : pair?.value;
      if (inner === undefined) return { key, ownKey, value: undefined };
      value = this.#resolved(inner);
    }
    return { key, ownKey, value };
  }

  syntaxFault(error: YAMLError): ConfigFault {
    const { line, col } = this.#yaml.lines.linePos(error.pos[0]);
    return { path: [], place: { line, column: col }, problem: syntaxProblem(error) };
  }

  #tooMuch(what: string, path: ConfigPath): null {
    const problem = `found ${what}, expected a config file; remove aliases`;
    // Lists that contain themselves twice exceed the limit in thousands of places; report the
    // first.
    if (!this.overfull) this.faults.push({ path, place: this.placeOf(path), problem });
    this.overfull = true;
    return null;
  }
}

function keyText({ key }: Pair): string {
  if (!isScalar(key)) return String(key);
  return unguarded(key.source ?? String(key.value));
}

function syntaxProblem({ code, message }: YAMLError): string {
  if (code === 'TAB_AS_INDENT')
    return 'found a tab as indentation, expected spaces; replace the tab';
  if (code === 'MULTIPLE_DOCS')
    return 'found a second YAML document, expected one; remove the "---"';
  return `invalid YAML: ${shortText(unguarded(message), 200)}`;
}
