/** Converts schema issues into faults of the config file, each with advice. */

import type { z } from 'zod';
import { JsonNumber } from '../platform/json.ts';
import { type Secret, secretSchema } from '../platform/secret.ts';
import { eitherOf, nearest, shown } from '../platform/wording.ts';
import type { Fault, Path } from './fault.ts';
import { SECRET_EXPECTED } from './texts.ts';
import type { Tree } from './yamlTree.ts';

type Issue = z.core.$ZodIssue;

/** A value to parse, with its place in the tree. */
export interface Subject {
  readonly value: unknown;
  readonly path: Path;
  readonly tree: Tree;
}

/** Returns the path of an issue in the tree. */
export function pathOf(issue: Issue, base: Path): Path {
  return [...base, ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))];
}

/** Converts one issue; several unknown keys give several faults. */
export function faultsOf(issue: Issue, base: Path, tree: Tree): Fault[] {
  const path = pathOf(issue, base);
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, path, tree);
  const branch = issue.code === 'invalid_union' ? meantBranch(issue) : undefined;
  if (branch !== undefined) return branch.flatMap((inner) => faultsOf(inner, path, tree));
  const onKey = issue.code === 'invalid_key';
  const place = onKey ? tree.placeOfKey(path) : tree.placeOf(path);
  const problem = onKey ? idProblem(path) : valueProblem(issue, path, tree);
  return [{ path, place, problem }];
}

function unknownKeys(issue: Issue & { keys: string[] }, path: Path, tree: Tree): Fault[] {
  const known = knownIn(issue);
  const list = known.length === 0 ? 'no key is allowed here' : `allowed here: ${known.join(', ')}`;
  return issue.keys.map((key) => {
    const meant = nearest(key, known);
    const remedy = meant === undefined ? `remove it; ${list}` : `did you mean "${meant}"?`;
    const inner = [...path, key];
    return { path: inner, place: tree.placeOfKey(inner), problem: `unknown key; ${remedy}` };
  });
}

/** Returns the allowed keys of a map, which `knownKeys` put into the issue's message. */
export function knownIn(issue: Issue): string[] {
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

function idProblem(path: Path): string {
  const id = shown(String(path.at(-1)));
  if (path[0] === 'http') {
    const example = 'api.example.com or prometheus:9090';
    return `found ${id}, expected a host like ${example}; leave out the protocol and the path`;
  }
  return `found ${id}, expected an id of letters, digits, ".", "_" and "-", at most 64; rename it`;
}

/** Start of a schema message that states what is expected; any other message is shown unchanged. */
const EXPECTED = /^expected /;

function valueProblem(issue: Issue, path: Path, tree: Tree): string {
  const found = valueAt(tree.value, path);
  const own = issue.code === 'custom' && issue.params?.['expected'] === undefined;
  if (own && !EXPECTED.test(issue.message)) return issue.message;
  const expected = expectation(issue);
  const advice = remedy(issue, path, tree);
  const fix = advice === undefined ? '' : `; ${advice}`;
  if (found === undefined) return `missing, expected ${expected}; add it`;
  if (found === null) return `empty, expected ${expected}; fill it in or remove the key`;
  const hidden = expected.startsWith(SECRET_EXPECTED) && typeof found === 'string';
  const there = hidden ? 'plain text (not shown)' : foundText(found);
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
  if (issue.code === 'invalid_value') return eitherOf(issue.values.map(String));
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
  if (errors.length === 0) return eitherOf(discriminatorValues(issue));
  return errors.flat().map(expectation).join(' or ');
}

function atLeast({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): string {
  return inclusive === false ? `a number above ${minimum}` : sized(origin, `at least ${minimum}`);
}

function sized(origin: string, limit: string): string {
  if (origin === 'string') return `text of ${limit} characters`;
  return origin === 'array' ? `a list of ${limit}` : `a number of ${limit}`;
}

function remedy(issue: Issue, path: Path, tree: Tree): string | undefined {
  const found = valueAt(tree.value, path);
  const given = issue.code === 'custom' ? issue.params?.['remedy'] : undefined;
  if (typeof given === 'string') return given;
  if (expectation(issue).startsWith(SECRET_EXPECTED)) return secretRemedy(path, tree);
  if (isSecret(found)) return 'only secrets can be references; write the value itself';
  const known = allowedValues(issue);
  const meant = typeof found === 'string' ? nearest(found, known.map(String)) : undefined;
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
function secretRemedy(path: Path, tree: Tree): string {
  const key = String(path.at(-1)).replace(/([a-z])([A-Z])/g, '$1_$2');
  const kind = valueAt(tree.value, [...path.slice(0, 2), 'kind']);
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
export function foundText(value: unknown): string {
  if (value instanceof JsonNumber) return value.text;
  if (typeof value === 'string') return shown(value.replace(/\/\/[^/@\s]*@/g, '//…@'));
  if (isSecret(value)) return value.origin;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return isMap(value) ? 'a map' : String(value);
}

/** Returns the value at a path of the tree; `undefined` if there is none. */
export function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    tree,
  );
}

/** Returns the paths of a list's items; empty if there is no list. */
export function listed(tree: unknown, list: Path): Path[] {
  const items = valueAt(tree, list);
  return Array.isArray(items) ? items.map((_, index) => [...list, index]) : [];
}
