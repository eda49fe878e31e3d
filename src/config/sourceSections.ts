/** Parses the section `sources`: the kind of each source, and its options by that kind's schema. */

import { z } from 'zod';
import type { FocusRule } from '../domain/focus.ts';
import { JsonNumber } from '../platform/json.ts';
import { joinWithOr, nearestWord, quoteShort } from '../platform/text.ts';
import { takeSchema } from '../sources/registry.ts';
import type { SourceKind } from '../sources/source.ts';
import { parseWithSchema } from './faults.ts';
import { ID_PATTERN, IMPORT_KIND, IMPORT_SOURCE_ID } from './ids.ts';
import { type ConfigPath, isSection, valueAtPath } from './paths.ts';
import type { ConfigFault, ConfigTree } from './yamlTree.ts';

export const importOptions = z.strictObject({ take: takeSchema.optional() });

export interface SourceConfig {
  readonly id: string;
  /** A provider's kind, or `import` for an ID that only imports use. */
  readonly kind: string;
  /** The section as parsed by the schema of its kind, for `create` of that kind. */
  readonly options: unknown;
  /** Which rows of its FOCUS bills count; all if absent. */
  readonly take?: readonly FocusRule[];
}

/** Parses every section of `sources`, in the file's order. */
export function parseSourceSections(
  tree: ConfigTree,
  kinds: readonly SourceKind[],
): { sources: SourceConfig[]; faults: ConfigFault[] } {
  const sources: SourceConfig[] = [];
  const faults: ConfigFault[] = [];
  const sections = valueAtPath(tree.value, ['sources']);
  if (!isSection(sections)) return { sources, faults };
  for (const id of Object.keys(sections).filter((key) => ID_PATTERN.test(key))) {
    const read = readSource(id, tree, kinds);
    if ('faults' in read) faults.push(...read.faults);
    else sources.push(read.value);
  }
  return { sources, faults };
}

type Read<T> = { value: T } | { faults: ConfigFault[] };

function readSource(
  id: string,
  tree: ConfigTree,
  kinds: readonly SourceKind[],
): Read<SourceConfig> {
  const path: ConfigPath = ['sources', id];
  const section = valueAtPath(tree.value, path);
  if (!isSection(section)) {
    const problem =
      `found no options, expected a map like { kind: ${kinds[0]?.kind ?? IMPORT_KIND} }; add ` +
      'its kind';
    return { faults: [{ path, place: tree.placeOf(path), problem }] };
  }
  const { kind, ...options } = section;
  const schema = schemaOf(kind, kinds);
  const problem = schema === undefined ? kindProblem(id, kind, kinds) : reservedProblem(id, kind);
  if (schema === undefined || problem !== undefined) {
    const inner = [...path, 'kind'];
    return { faults: [{ path: inner, place: tree.placeOf(inner), problem: problem ?? '' }] };
  }
  const read = parseWithSchema(schema, { value: withDoubles(options), path, tree });
  if ('faults' in read) return read;
  const value = { id, kind: kind as string, options: read.value };
  // Applies to every kind: a manually downloaded bill follows the same rules.
  const { take } = read.value as { readonly take?: readonly FocusRule[] };
  return { value: take === undefined ? value : { ...value, take } };
}

function schemaOf(kind: unknown, kinds: readonly SourceKind[]): z.ZodType | undefined {
  if (kind === IMPORT_KIND) return importOptions;
  return kinds.find((one) => one.kind === kind)?.options;
}

function kindProblem(id: string, kind: unknown, kinds: readonly SourceKind[]): string {
  const known = [...kinds.map((one) => one.kind), IMPORT_KIND];
  const expected = `expected a kind of source: ${joinWithOr(known)}`;
  if (typeof kind !== 'string')
    return `${kind === undefined ? 'missing' : 'found a value that is not text'}, ${expected}`;
  const meant = nearestWord(kind, known);
  const remedy = meant === undefined ? importInstead(id) : `did you mean "${meant}"?`;
  return `found ${quoteShort(kind)}, ${expected}; ${remedy}`;
}

/** Advice for a provider without a kind of its own: import its bills as files. */
function importInstead(id: string): string {
  const bring = `rentcheck import charges FILE --source ${id}`;
  return `for another provider, write kind: ${IMPORT_KIND} and import its bills as CSV: ${bring}`;
}

function reservedProblem(id: string, kind: unknown): string | undefined {
  if (id !== IMPORT_SOURCE_ID || kind === IMPORT_KIND) return undefined;
  return (
    `found ${quoteShort(String(kind))}, but the id "${id}" is reserved for imports; rename this ` +
    'source'
  );
}

/** Converts numbers to doubles, as the schemas of options expect; options contain no money. */
function withDoubles(value: unknown): unknown {
  if (value instanceof JsonNumber) return Number(value.text);
  if (Array.isArray(value)) return value.map(withDoubles);
  if (!isSection(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withDoubles(inner)]));
}
