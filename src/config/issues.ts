/** Knows how a schema's complaint becomes a fault that a person can mend. */

import type { z } from 'zod';
import { JsonNumber } from '../platform/json.ts';
import { type Secret, secretSchema } from '../platform/secret.ts';
import { eitherOf, nearest, shown } from '../platform/wording.ts';
import type { Fault, Path } from './fault.ts';
import { SECRET_EXPECTED } from './texts.ts';
import type { Tree } from './yaml-tree.ts';

type Issue = z.core.$ZodIssue;

/** Reads a value that stands at `path` of the tree by a schema; faults instead of a throw. */
export function readBy<T>(
  schema: z.ZodType<T>,
  subject: { value: unknown; path: Path; tree: Tree },
): { value: T } | { faults: Fault[] } {
  const read = schema.safeParse(subject.value, { error: knownKeys });
  if (read.success) return { value: read.data };
  return {
    faults: read.error.issues.flatMap((issue) => faultsOf(issue, subject.path, subject.tree)),
  };
}

/** The only moment at which the keys a map knows are at hand; they travel as the issue's message. */
const knownKeys: z.core.$ZodErrorMap = (issue) => {
  if (issue.code !== 'unrecognized_keys') return undefined;
  const def = (issue.inst as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def;
  return Object.keys(def?.shape ?? {}).join(' ');
};

function faultsOf(issue: Issue, base: Path, tree: Tree): Fault[] {
  const path: Path = [
    ...base,
    ...issue.path.map((key) => (typeof key === 'number' ? key : String(key))),
  ];
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, path, tree);
  if (issue.code === 'invalid_union') {
    return meantBranch(issue).flatMap((inner) => faultsOf(inner, path, tree));
  }
  const onKey = issue.code === 'invalid_key';
  const place = onKey ? tree.placeOfKey(path) : tree.placeOf(path);
  const problem = onKey ? idProblem(path) : valueProblem(issue, path, valueAt(tree.value, path));
  return [{ path, place, problem }];
}

function unknownKeys(issue: Issue & { keys: string[] }, path: Path, tree: Tree): Fault[] {
  const known = issue.message.split(' ');
  return issue.keys.map((key) => {
    const meant = nearest(key, known);
    const remedy =
      meant === undefined
        ? `remove it; known here: ${known.join(', ')}`
        : `did you mean "${meant}"?`;
    const inner = [...path, key];
    return { path: inner, place: tree.placeOfKey(inner), problem: `unknown key; ${remedy}` };
  });
}

/** Of alternatives, the one whose kind of value was written: `observed`, or a map that is not right yet. */
function meantBranch(issue: Issue & { errors: Issue[][] }): Issue[] {
  const ofThatKind = issue.errors.find((branch) => branch.every((inner) => !isOther(inner)));
  return ofThatKind ?? issue.errors[0] ?? [];
}

function isOther(issue: Issue): boolean {
  return issue.path.length === 0 && ['invalid_type', 'invalid_value'].includes(issue.code);
}

function idProblem(path: Path): string {
  const id = shown(String(path.at(-1)));
  return `found ${id}, expected an id of letters, digits, ".", "_" and "-", at most 64; rename it`;
}

const WAS_EXPECTED = / was expected$/;

function valueProblem(issue: Issue, path: Path, found: unknown): string {
  const own = issue.code === 'custom' && issue.params?.['expected'] === undefined;
  if (own && !WAS_EXPECTED.test(issue.message)) return issue.message;
  const expected = expectation(issue);
  const advice = remedy(issue, path, found);
  const mend = advice === undefined ? '' : `; ${advice}`;
  if (found === undefined || found === null) return `nothing is given, expected ${expected}${mend}`;
  const hidden = expected.startsWith('a secret') && typeof found === 'string';
  return `found ${hidden ? 'plain text (not shown)' : foundText(found)}, expected ${expected}${mend}`;
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
  if (issue.code === 'invalid_value') return eitherOf(issue.values.map(String));
  if (issue.code === 'too_small') return sized(issue.origin, `at least ${issue.minimum}`);
  if (issue.code === 'too_big') return sized(issue.origin, `at most ${issue.maximum}`);
  return issue.message.replace(WAS_EXPECTED, '');
}

function sized(origin: string, limit: string): string {
  if (origin === 'string') return `text of ${limit} characters`;
  return origin === 'array' ? `a list of ${limit} entries` : `a number of ${limit}`;
}

function remedy(issue: Issue, path: Path, found: unknown): string | undefined {
  const given = issue.code === 'custom' ? issue.params?.['remedy'] : undefined;
  if (typeof given === 'string') return given;
  if (expectation(issue).startsWith(SECRET_EXPECTED)) return secretRemedy(path);
  if (isSecret(found)) return 'only secrets are taken from there; write the value itself';
  if (issue.code !== 'invalid_value' || typeof found !== 'string') return undefined;
  const meant = nearest(found, issue.values.map(String));
  return meant === undefined ? undefined : `did you mean "${meant}"?`;
}

/** `sources.runpod-main.apiKey` suggests `${RUNPOD_MAIN_API_KEY}`. */
function secretRemedy(path: Path): string {
  const words = path.slice(-2).map((key) => String(key).replace(/([a-z])([A-Z])/g, '$1_$2'));
  const name = words.join('_').replace(/\W+/g, '_').toUpperCase();
  return `write it as \${${name}} or { file: PATH }`;
}

function isSecret(value: unknown): value is Secret {
  return secretSchema.safeParse(value).success;
}

/** What stands there, in words; passwords inside addresses are not repeated. */
function foundText(value: unknown): string {
  if (value instanceof JsonNumber) return value.text;
  if (typeof value === 'string') return shown(value.replace(/\/\/[^/@\s]*@/g, '//…@'));
  if (isSecret(value)) return value.origin;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'boolean' ? String(value) : 'a map';
}

/** The value at a path of the tree, `undefined` where there is none. */
export function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    tree,
  );
}
