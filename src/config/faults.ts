/** Faults of the config file: where they are, what was found and expected, and what to do. */

import type { z } from 'zod';
import { JsonNumber } from '../platform/json.ts';
import { type Secret, secretSchema } from '../platform/secret.ts';
import { joinWithOr, nearestWord, quoteShort } from '../platform/text.ts';
import { type ConfigPath, isSection, valueAtPath } from './paths.ts';
import { SECRET_EXPECTED } from './texts.ts';
import type { ConfigFault, ConfigTree } from './yamlTree.ts';

type Issue = z.core.$ZodIssue;

/** A value to parse, with its place in the tree. */
interface ParseSubject {
  readonly value: unknown;
  readonly path: ConfigPath;
  readonly tree: ConfigTree;
}

/** Parses a value of the tree; the faults have their positions in the file. */
export function parseWithSchema<T>(
  schema: z.ZodType<T>,
  { value, path, tree }: ParseSubject,
): { value: T } | { faults: ConfigFault[] } {
  const parsed = schema.safeParse(value, { error: knownKeys });
  if (parsed.success) return { value: parsed.data };
  return { faults: parsed.error.issues.flatMap((issue) => toConfigFaults(issue, path, tree)) };
}

/** Puts the allowed keys into the issue's message, because zod has them only at this point. */
const knownKeys: z.core.$ZodErrorMap = (issue) => {
  if (issue.code !== 'unrecognized_keys') return undefined;
  const def = (issue.inst as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def;
  return Object.keys(def?.shape ?? {}).join(' ');
};

/** Converts one issue; several unknown keys give several faults. */
function toConfigFaults(issue: Issue, base: ConfigPath, tree: ConfigTree): ConfigFault[] {
  const path = [...base, ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))];
  if (isTakenForMap(path, issue, tree)) return nonMapFault(issue, path, tree);
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, path, tree);
  const branch = issue.code === 'invalid_union' ? meantBranch(issue, path, tree) : undefined;
  if (branch !== undefined) return branch.flatMap((inner) => toConfigFaults(inner, path, tree));
  const onKey = issue.code === 'invalid_key' || paramOf(issue, 'onKey') === true;
  const place = onKey ? tree.placeOfKey(path) : tree.placeOf(path);
  const problem = issue.code === 'invalid_key' ? idProblem(path) : valueProblem(issue, path, tree);
  return [{ path, place, problem }];
}

function paramOf(issue: Issue, name: string): unknown {
  return issue.code === 'custom' ? issue.params?.[name] : undefined;
}

/**
 * A number or a secret is an object in memory, so a schema looks for the keys of the expected map
 * in it, and a rule finds none of them.
 */
function isTakenForMap(path: ConfigPath, issue: Issue, tree: ConfigTree): boolean {
  const isOnMap = issue.code === 'unrecognized_keys' || paramOf(issue, 'onSection') === true;
  const inside = isOnMap ? path : path.slice(0, -1);
  return [...inside.keys(), inside.length].some((length) =>
    isAtom(valueAtPath(tree.value, inside.slice(0, length))),
  );
}

/** The one fault of such a value, from the issue that knows the keys, or that lacks the kind. */
function nonMapFault(issue: Issue, path: ConfigPath, tree: ConfigTree): ConfigFault[] {
  const isOnKeys = issue.code === 'unrecognized_keys';
  if (!isOnKeys && issue.code !== 'invalid_union') return [];
  const at = isOnKeys ? path : path.slice(0, -1);
  const found = describeValue(valueAtPath(tree.value, at));
  const keys = isOnKeys ? ` of ${allowedKeys(issue).join(', ')}` : '';
  return [{ path: at, place: tree.placeOf(at), problem: `found ${found}, expected a map${keys}` }];
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
function meantBranch(
  issue: Issue & { errors: Issue[][] },
  path: ConfigPath,
  tree: ConfigTree,
): Issue[] | undefined {
  if (isAtom(valueAtPath(tree.value, path))) return undefined;
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
  const isWhole = paramOf(issue, 'isWhole') === true || !EXPECTED.test(issue.message);
  if (own && isWhole) return issue.message;
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
  // A branch that misses only its keys takes a number for a map.
  const ofBranch = (branch: readonly Issue[]) =>
    branch.some(isWrongType) ? branch.map(expectation) : ['a map'];
  return errors.flatMap(ofBranch).join(' or ');
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
  const given = paramOf(issue, 'remedy');
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

function isSecret(value: unknown): value is Secret {
  return secretSchema.safeParse(value).success;
}

/** True for a number or a secret: an object in memory, but a single value in the file. */
function isAtom(value: unknown): boolean {
  return value instanceof JsonNumber || isSecret(value);
}

/** Describes a value for an error message; passwords inside addresses are removed. */
function describeValue(value: unknown): string {
  if (value instanceof JsonNumber) return value.text;
  if (typeof value === 'string') return quoteShort(value.replace(/\/\/[^/@\s]*@/g, '//…@'));
  if (isSecret(value)) return value.origin;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return isSection(value) ? 'a map' : String(value);
}

/** `['a', 'b', 0, 'c']` is `a.b[0].c`. */
function pathText(path: ConfigPath): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');
}

/** `deployments.chat.gpu.count (line 9, column 31): found -1, expected …`. */
function faultText({ path, place, problem }: ConfigFault): string {
  const where = `line ${place.line}, column ${place.column}`;
  return path.length === 0 ? `${where}: ${problem}` : `${pathText(path)} (${where}): ${problem}`;
}

/** Lists all faults in the file's order, one per line, without duplicates. */
export function renderConfigFaults(file: string, faults: readonly ConfigFault[]): string {
  const ordered = [...faults].sort(
    (a, b) => a.place.line - b.place.line || a.place.column - b.place.column,
  );
  const lines = [...new Set(ordered.map(faultText))];
  const count = lines.length === 1 ? '1 error' : `${lines.length} errors`;
  return [`${file} has ${count}:`, ...lines.map((line) => `  ${line}`)].join('\n');
}
