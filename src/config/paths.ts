/** Paths in a config: how values are found by their keys and list positions. */

/** Keys and list positions from the top of the file. */
export type ConfigPath = readonly (string | number)[];

/** Returns the value at a path; `undefined` if there is none. */
export function valueAtPath(value: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
}

/** True for a map, parsed or as written; false for a list, a number as written and a secret. */
export function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

export interface FoundValue {
  readonly path: ConfigPath;
  readonly value: unknown;
}

/** Every value at `deployments.*.usage.source`, where `*` is any key or position. */
export function findValues(root: unknown, pattern: string): FoundValue[] {
  return pattern.split('.').reduce<FoundValue[]>(
    (found, step) =>
      found.flatMap(({ path, value }) =>
        (step === '*' ? keysOf(value) : [step]).map((key) => ({
          path: [...path, key],
          value: valueAtPath(value, [key]),
        })),
      ),
    [{ path: [], value: root }],
  );
}

function keysOf(value: unknown): (string | number)[] {
  if (Array.isArray(value)) return [...value.keys()];
  return isSection(value) ? Object.keys(value) : [];
}
