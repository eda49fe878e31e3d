/** Reports a single value in place of a map once, instead of once per key. */

import type { z } from 'zod';
import { JsonNumber } from '../platform/json.ts';
import { secretSchema } from '../platform/secret.ts';
import type { ConfigFault, ConfigPath } from './fault.ts';
import {
  describeValue,
  allowedKeys,
  toIssuePath,
  type ParseSubject,
  valueAtPath,
} from './issues.ts';

type MapIssue = z.core.$ZodIssue;

/**
 * A number or a secret is an object in memory, so a schema reports every key of the expected map as
 * missing. Returns one fault for each such value, and the remaining issues.
 */
export function findNonMaps(
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
