/** The fault of a single value where a map is expected: reported once, not once per key. */

import type { z } from 'zod';
import { JsonNumber } from '../platform/json.ts';
import { secretSchema } from '../platform/secret.ts';
import type { Fault, Path } from './fault.ts';
import { foundText, knownIn, pathOf, type Subject, valueAt } from './issues.ts';

type Issue = z.core.$ZodIssue;

/**
 * To a schema a number or a secret is an object of ours, so that it complains of each key of the
 * map that it misses there. Answers one fault for each such value, and the issues that are left.
 */
export function notMaps(
  issues: readonly Issue[],
  subject: Subject,
): { faults: Fault[]; others: Issue[] } {
  const found = new Map<string, { path: Path; known: readonly string[] }>();
  const others = issues.filter((issue) => {
    const path = atomOn(pathOf(issue, subject.path), issue, subject);
    if (path === undefined) return true;
    const known = [...(found.get(JSON.stringify(path))?.known ?? []), ...knownAt(issue)];
    found.set(JSON.stringify(path), { path, known });
    return false;
  });
  return { faults: [...found.values()].map((each) => faultOf(each, subject)), others };
}

/** The way to the one value that an issue takes for a map; `undefined` where it takes none so. */
function atomOn(path: Path, issue: Issue, { path: base, tree }: Subject): Path | undefined {
  const longest = issue.code === 'unrecognized_keys' ? path.length : path.length - 1;
  for (let length = base.length; length <= longest; length += 1) {
    const way = path.slice(0, length);
    if (isAtom(valueAt(tree.value, way))) return way;
  }
  return undefined;
}

/** A number or a secret: an object to a program, one value to whoever wrote it. */
export function isAtom(value: unknown): boolean {
  return value instanceof JsonNumber || secretSchema.safeParse(value).success;
}

function knownAt(issue: Issue): readonly string[] {
  return issue.code === 'unrecognized_keys' ? knownIn(issue) : [];
}

function faultOf({ path, known }: { path: Path; known: readonly string[] }, { tree }: Subject) {
  const map = known.length === 0 ? 'a map' : `a map of ${known.join(', ')}`;
  const problem = `found ${foundText(valueAt(tree.value, path))}, expected ${map}`;
  return { path, place: tree.placeOf(path), problem };
}
