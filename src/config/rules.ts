/** What the schemas are made of: rules for one value, rules across keys, and new key names. */

import { z } from 'zod';
import { DAY_MS } from '../domain/period.ts';
import { nearestWord, quoteShort } from '../platform/text.ts';
import { type ConfigPath, isSection } from './paths.ts';

/** How a value is parsed; `read` returns `undefined` for an invalid one. */
export interface ValueRule<T> {
  /** Completes "expected …". */
  readonly expected: string;
  /** The same in JSON Schema, for editors. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly read: (value: unknown) => T | undefined;
  /** Advice for this value, if there is more to say than `expected`. */
  readonly remedy?: (value: unknown) => string | undefined;
}

/** A schema whose issues carry `params.expected` and `params.remedy` for the list of faults. */
export function valueSchema<T>(rule: ValueRule<T>) {
  return z
    .unknown()
    .transform((value, context): T => {
      const read = rule.read(value);
      if (read !== undefined) return read;
      const params = { expected: rule.expected, remedy: rule.remedy?.(value) };
      context.addIssue({ code: 'custom', message: rule.expected, params });
      // The invalid value stays, so that a rule across keys still sees that it was set.
      return value as T;
    })
    .meta(rule.json);
}

/** What a rule across keys found: its path below the section, and the whole sentence. */
export interface Problem {
  readonly path: ConfigPath;
  readonly problem: string;
  /** True if the key is at fault, not its value. */
  readonly onKey?: true;
}

/** The whole config, parsed as far as it is valid. */
export type Root = Given<string>;

/** A section whose values may be invalid, or missing. */
export type Given<Keys extends string> = Readonly<Partial<Record<Keys, unknown>>>;

/**
 * A rule across the keys of a section. It also runs if a value is invalid, so that all faults come
 * at once.
 */
export function acrossKeys<Keys extends string>(
  find: (section: Given<Keys>) => readonly Problem[],
) {
  return z.superRefine<Given<Keys>>(
    (section, context) => {
      for (const { problem, path, onKey } of find(section)) {
        const params = { isWhole: true, onSection: path.length === 0, onKey };
        context.addIssue({ code: 'custom', message: problem, path: [...path], params });
      }
    },
    { when: ({ value }) => isSection(value) },
  );
}

/** Two days in order; each is already an instant. */
export const daysInOrder = acrossKeys<'from' | 'until'>(({ from, until }) => {
  if (typeof from !== 'number' || typeof until !== 'number' || from < until) return [];
  const [first, last] = [from, until - DAY_MS].map((ms) => new Date(ms).toISOString().slice(0, 10));
  const problem = `found from ${first} and until ${last}, expected from ≤ until; swap them`;
  return [{ path: [], problem }];
});

/** The problem of a name that stands for nothing in the file, with the name that was meant. */
export function unknownName(
  name: string,
  { known, what, under }: { known: readonly string[]; what: string; under: string },
): string {
  const meant = nearestWord(name, known);
  const remedy = meant === undefined ? `add it under ${under}` : `did you mean "${meant}"?`;
  const list = known.length === 0 ? '' : ` (${known.join(', ')})`;
  return `found ${quoteShort(name)}, expected the id of ${what}${list}; ${remedy}`;
}

type Renamed<T, Names> = {
  [Key in keyof T as Key extends keyof Names ? Names[Key] & string : Key]: T[Key];
};

/** Gives keys another name once parsed: `schema.transform(renamed({ from: 'fromMs' }))`. */
export function renamed<const Names extends Readonly<Record<string, string>>>(names: Names) {
  return <T extends object>(section: T): Renamed<T, Names> =>
    Object.fromEntries(
      Object.entries(section).map(([key, value]) => [names[key] ?? key, value]),
    ) as Renamed<T, Names>;
}

/** A count of such units in milliseconds: `schema.transform(inMs(HOUR_MS))`. */
export function inMs(unitMs: number) {
  return (count: number) => count * unitMs;
}
