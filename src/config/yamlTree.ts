/** Parses YAML into plain values, with numbers as written and the position of every value. */

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { JsonNumber, shortText } from '../platform/json.ts';
import { environmentSecret, fileSecret, type ReferenceContext } from './environment.ts';
import type { ConfigFault, ConfigPath, FilePosition } from './fault.ts';

export interface ConfigTree {
  /** Maps without prototype, lists, text, booleans, null, `JsonNumber` and `Secret`. */
  readonly value: unknown;
  readonly faults: readonly ConfigFault[];
  /** False if a syntax fault leaves the value incomplete. */
  readonly isComplete: boolean;
  /** Position of the value, or of the nearest enclosing one. */
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
  const place = { line: 1, column: 1 };
  const problem = `found thousands of nested levels, expected at most ${MAX_DEPTH}`;
  const placeOf = () => place;
  const faults = [{ path: [], place, problem }];
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
  readonly #document: Document;
  readonly #source: string;
  readonly #lines: LineCounter;
  readonly #surroundings: ReferenceContext;
  readonly #values = new Map<string, FilePosition>();
  readonly #keys = new Map<string, FilePosition>();
  #nodes = 0;

  constructor({ document, source, lines }: ParsedYaml, surroundings: ReferenceContext) {
    this.#document = document;
    this.#source = source;
    this.#lines = lines;
    this.#surroundings = surroundings;
  }

  read(node: unknown, path: ConfigPath): unknown {
    this.#nodes += 1;
    if (this.#nodes === MAX_NODES) this.#tooMuch(`over ${MAX_NODES} values`, path);
    if (this.#nodes >= MAX_NODES) return null;
    if (path.length > MAX_DEPTH) return this.#tooMuch(`more than ${MAX_DEPTH} levels`, path);
    if (isAlias(node)) return this.read(node.resolve(this.#document), path);
    this.#remember(this.#values, path, node);
    if (isMap(node)) return this.#map(node, path);
    if (isSeq(node)) return node.items.map((item, index) => this.read(item, [...path, index]));
    return isScalar(node) ? this.#scalar(node, path) : null;
  }

  #map(map: YAMLMap, path: ConfigPath): unknown {
    const value = Object.create(null) as Record<string, unknown>;
    for (const pair of map.items) {
      const key = keyText(pair);
      const inner = [...path, key];
      if (key === '__proto__') this.#forbidden(inner, pair.key);
      else if (key in value) this.#repeated(inner, pair.key);
      else {
        this.#remember(this.#keys, inner, pair.key);
        value[key] = this.read(pair.value, inner);
      }
    }
    const [only, ...more] = Object.keys(value);
    if (only !== 'file' || more.length > 0 || typeof value['file'] !== 'string') return value;
    return fileSecret(value['file'], this.#surroundings);
  }

  /** Some code that reads maps ignores this key, so it would be dropped silently. */
  #forbidden(path: ConfigPath, key: unknown): void {
    const place = this.#place((key as Node).range?.[0] ?? 0);
    this.faults.push({ path, place, problem: 'found a reserved name; rename it' });
  }

  #repeated(path: ConfigPath, key: unknown): void {
    const first = this.placeOfKey(path).line;
    const problem = `found a duplicate key, first on line ${first}; remove one of the two`;
    this.faults.push({ path, place: this.#place((key as Node).range?.[0] ?? 0), problem });
  }

  #scalar(scalar: Scalar, path: ConfigPath): unknown {
    if (typeof scalar.value === 'number') return new JsonNumber(scalar.source ?? '');
    if (typeof scalar.value !== 'string') return scalar.value;
    // Text that looks like a reference only through YAML escapes stays text.
    const [start = 0, end = 0] = scalar.range ?? [];
    if (!this.#source.slice(start, end).includes(GUARD)) return scalar.value;
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

  #remember(places: Map<string, FilePosition>, path: ConfigPath, node: unknown): void {
    const start = (node as Node | null)?.range?.[0];
    if (start !== undefined) places.set(JSON.stringify(path), this.#place(start));
  }

  #place(offset: number): FilePosition {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }

  placeOf(path: ConfigPath): FilePosition {
    for (let length = path.length; length >= 0; length--) {
      const key = JSON.stringify(path.slice(0, length));
      const place = length === path.length ? this.#values.get(key) : this.#keys.get(key);
      if (place !== undefined) return place;
    }
    return { line: 1, column: 1 };
  }

  placeOfKey(path: ConfigPath): FilePosition {
    return this.#keys.get(JSON.stringify(path)) ?? this.placeOf(path);
  }

  syntaxFault(error: YAMLError): ConfigFault {
    const place = this.#place(error.pos[0]);
    return { path: [], place, problem: syntaxProblem(error) };
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
