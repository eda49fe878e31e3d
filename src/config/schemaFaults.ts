/** Converts schema issues into faults of the config file, each with advice. */

import type { z } from 'zod';
import { JsonNumber } from '../platform/json.ts';
import { type Secret, secretSchema } from '../platform/secret.ts';
import { joinWithOr, nearestWord, quoteShort } from '../platform/text.ts';
import type { ConfigFault, ConfigPath } from './fault.ts';
import { SECRET_EXPECTED } from './texts.ts';
import type { ConfigTree } from './yamlTree.ts';

type Issue = z.core.$ZodIssue;

/** A value to parse, with its place in the tree. */
export interface ParseSubject {
  readonly value: unknown;
  readonly path: ConfigPath;
  readonly tree: ConfigTree;
}

/** Returns the path of an issue in the tree. */
function toIssuePath(issue: Issue, base: ConfigPath): ConfigPath {
  return [...base, ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))];
}

/** Converts one issue; several unknown keys give several faults. */
function toConfigFaults(issue: Issue, base: ConfigPath, tree: ConfigTree): ConfigFault[] {
  const path = toIssuePath(issue, base);
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, path, tree);
  const branch = issue.code === 'invalid_union' ? meantBranch(issue) : undefined;
  if (branch !== undefined) return branch.flatMap((inner) => toConfigFaults(inner, path, tree));
  const onKey = issue.code === 'invalid_key';
  const place = onKey ? tree.placeOfKey(path) : tree.placeOf(path);
  const problem = onKey ? idProblem(path) : valueProblem(issue, path, tree);
  return [{ path, place, problem }];
}

function unknownKeys(
  issue: Issue & { keys: string[] },
  path: ConfigPath,
  tree: ConfigTree,
): ConfigFault[] {
  const known = allowedKeys(issue);
  const list = known.length === 0 ? 'no key is allowed here' : `allowed here: ${known.join(', ')}`;
  return issue.keys.map((key) => {
    const meant = nearestWord(key, known);
    const remedy = meant === undefined ? `remove it; ${list}` : `did you mean "${meant}"?`;
    const inner = [...path, key];
    return { path: inner, place: tree.placeOfKey(inner), problem: `unknown key; ${remedy}` };
  });
}

/** Returns the allowed keys of a map, which `knownKeys` put into the issue's message. */
function allowedKeys(issue: Issue): string[] {
  return issue.message.split(' ').filter((key) => key !== '');
}

/**
 * Returns the issues of the alternative whose type was written, for example a map with errors
 * inside.
 */
function meantBranch(issue: Issue & { errors: Issue[][] }): Issue[] | undefined {
  return issue.errors.find((branch) => branch.every((inner) => !isWrongType(inner)));
}

function isWrongType(issue: Issue): boolean {
  return issue.path.length === 0 && ['invalid_type', 'invalid_value'].includes(issue.code);
}

function idProblem(path: ConfigPath): string {
  const id = quoteShort(String(path.at(-1)));
  if (path[0] === 'http') {
    const example = 'api.example.com or prometheus:9090';
    return `found ${id}, expected a host like ${example}; leave out the protocol and the path`;
  }
  return `found ${id}, expected an id of letters, digits, ".", "_" and "-", at most 64; rename it`;
}

/** Start of a schema message that states what is expected; any other message is shown unchanged. */
const EXPECTED = /^expected /;

function valueProblem(issue: Issue, path: ConfigPath, tree: ConfigTree): string {
  const found = valueAtPath(tree.value, path);
  const own = issue.code === 'custom' && issue.params?.['expected'] === undefined;
  if (own && !EXPECTED.test(issue.message)) return issue.message;
  const expected = expectation(issue);
  const advice = remedy(issue, path, tree);
  const fix = advice === undefined ? '' : `; ${advice}`;
  if (found === undefined) return `missing, expected ${expected}; add it`;
  if (found === null) return `empty, expected ${expected}; fill it in or remove the key`;
  const hidden = expected.startsWith(SECRET_EXPECTED) && typeof found === 'string';
  const there = hidden ? 'plain text (not shown)' : describeValue(found);
  return `found ${there}, expected ${expected}${fix}`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
};

function expectation(issue: Issue): string {
  if (issue.code === 'invalid_type') return TYPES[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_format' && issue.format === 'url') return 'an http(s) address';
  if (issue.code === 'invalid_union') return unionExpectation(issue);
  if (issue.code === 'invalid_value') return joinWithOr(issue.values.map(String));
  if (issue.code === 'too_small') return atLeast(issue);
  if (issue.code === 'too_big') return sized(issue.origin, `at most ${issue.maximum}`);
  return issue.message.replace(EXPECTED, '');
}

type UnionIssue = z.core.$ZodIssueInvalidUnion;

/** Returns the allowed values of the discriminating key, which zod's types do not list. */
function discriminatorValues(issue: UnionIssue): string[] {
  return ((issue as { options?: readonly unknown[] }).options ?? []).map(String);
}

function unionExpectation(issue: UnionIssue): string {
  const { errors } = issue;
  if (errors.length === 0) return joinWithOr(discriminatorValues(issue));
  return errors.flat().map(expectation).join(' or ');
}

function atLeast({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): string {
  return inclusive === false ? `a number above ${minimum}` : sized(origin, `at least ${minimum}`);
}

function sized(origin: string, limit: string): string {
  if (origin === 'string') return `text of ${limit} characters`;
  return origin === 'array' ? `a list of ${limit}` : `a number of ${limit}`;
}

function remedy(issue: Issue, path: ConfigPath, tree: ConfigTree): string | undefined {
  const found = valueAtPath(tree.value, path);
  const given = issue.code === 'custom' ? issue.params?.['remedy'] : undefined;
  if (typeof given === 'string') return given;
  if (expectation(issue).startsWith(SECRET_EXPECTED)) return secretRemedy(path, tree);
  if (isSecret(found)) return 'only secrets can be references; write the value itself';
  const known = allowedValues(issue);
  const meant = typeof found === 'string' ? nearestWord(found, known.map(String)) : undefined;
  return meant === undefined ? undefined : `did you mean "${meant}"?`;
}

function allowedValues(issue: Issue): readonly unknown[] {
  if (issue.code === 'invalid_value') return issue.values;
  if (issue.code !== 'invalid_union') return [];
  return issue.errors.length === 0
    ? discriminatorValues(issue)
    : issue.errors.flat().flatMap(allowedValues);
}

/** The `apiKey` of a source of kind runpod is suggested as `${RUNPOD_API_KEY}`. */
function secretRemedy(path: ConfigPath, tree: ConfigTree): string {
  const key = String(path.at(-1)).replace(/([a-z])([A-Z])/g, '$1_$2');
  const kind = valueAtPath(tree.value, [...path.slice(0, 2), 'kind']);
  const section = typeof kind === 'string' ? kind : String(path.at(-2));
  const name = `${section}_${key}`.replace(/\W+/g, '_').toUpperCase();
  return `write it as \${${name}} or { file: PATH }`;
}

function isMap(value: unknown): value is object {
  const isPlain = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isPlain && !(value instanceof JsonNumber) && !isSecret(value);
}

function isSecret(value: unknown): value is Secret {
  return secretSchema.safeParse(value).success;
}

/** Describes a value for an error message; passwords inside addresses are removed. */
function describeValue(value: unknown): string {
  if (value instanceof JsonNumber) return value.text;
  if (typeof value === 'string') return quoteShort(value.replace(/\/\/[^/@\s]*@/g, '//…@'));
  if (isSecret(value)) return value.origin;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return isMap(value) ? 'a map' : String(value);
}

/** Returns the value at a path of the tree; `undefined` if there is none. */
export function valueAtPath(tree: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    tree,
  );
}

/** Returns the paths of a list's items; empty if there is no list. */
export function itemPaths(tree: unknown, list: ConfigPath): ConfigPath[] {
  const items = valueAtPath(tree, list);
  return Array.isArray(items) ? items.map((_, index) => [...list, index]) : [];
}

type MapIssue = z.core.$ZodIssue;

/**
 * A number or a secret is an object in memory, so a schema reports every key of the expected map as
 * missing. Returns one fault for each such value, and the remaining issues.
 */
function findNonMaps(
  issues: readonly MapIssue[],
  subject: ParseSubject,
): { faults: ConfigFault[]; others: MapIssue[] } {
  const found = new Map<string, { path: ConfigPath; known: readonly string[] }>();
  const others = issues.filter((issue) => {
    const path = atomOn(toIssuePath(issue, subject.path), issue, subject);
    if (path === undefined) return true;
    const known = [...(found.get(JSON.stringify(path))?.known ?? []), ...knownAt(issue)];
    found.set(JSON.stringify(path), { path, known });
    return false;
  });
  return { faults: [...found.values()].map((each) => faultOf(each, subject)), others };
}

/**
 * Returns the path of the single value that an issue takes for a map; `undefined` if there is none.
 */
function atomOn(
  path: ConfigPath,
  issue: MapIssue,
  { path: base, tree }: ParseSubject,
): ConfigPath | undefined {
  const maxLength = issue.code === 'unrecognized_keys' ? path.length : path.length - 1;
  for (let length = base.length; length <= maxLength; length += 1) {
    const prefix = path.slice(0, length);
    if (isAtom(valueAtPath(tree.value, prefix))) return prefix;
  }
  return undefined;
}

/** True for a number or a secret: an object in memory, but a single value in the file. */
export function isAtom(value: unknown): boolean {
  return value instanceof JsonNumber || secretSchema.safeParse(value).success;
}

function knownAt(issue: MapIssue): readonly string[] {
  return issue.code === 'unrecognized_keys' ? allowedKeys(issue) : [];
}

function faultOf(
  { path, known }: { path: ConfigPath; known: readonly string[] },
  { tree }: ParseSubject,
) {
  const map = known.length === 0 ? 'a map' : `a map of ${known.join(', ')}`;
  const problem = `found ${describeValue(valueAtPath(tree.value, path))}, expected ${map}`;
  return { path, place: tree.placeOf(path), problem };
}

/** Parses a value of the tree; the faults have their positions in the file. */
export function parseWithSchema<T>(
  schema: z.ZodType<T>,
  subject: ParseSubject,
): { value: T } | { faults: ConfigFault[] } {
  const parsed = schema.safeParse(subject.value, { error: knownKeys });
  if (parsed.success) return { value: parsed.data };
  const { faults, others } = findNonMaps(parsed.error.issues, subject);
  const { path, tree } = subject;
  return { faults: [...faults, ...others.flatMap((issue) => toConfigFaults(issue, path, tree))] };
}

/** Puts the allowed keys into the issue's message, because zod has them only at this point. */
const knownKeys: z.core.$ZodErrorMap = (issue) => {
  if (issue.code !== 'unrecognized_keys') return undefined;
  const def = (issue.inst as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def;
  return Object.keys(def?.shape ?? {}).join(' ');
};
