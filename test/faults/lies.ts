/** Finds the wrong facts and missing reports in the result of a pull with a fault. */

import type { Finding } from '../../src/domain/finding.ts';

/** The values of a fact by column; `null` is unknown. */
export type FactRow = Readonly<Record<string, string | null>>;
/** Facts by their table and key. */
export type FactRows = ReadonlyMap<string, FactRow>;

/** What a pull or an import reported. */
export interface PullReport {
  readonly failures: readonly { readonly message: string }[];
  readonly rejected: number;
}

export interface CellResult {
  /** On an empty ledger, and on one that holds the facts already. */
  readonly results: readonly [PullReport, PullReport];
  readonly facts: readonly [FactRows, FactRows];
  /** After the next healthy pull. */
  readonly healed: FactRows;
  /** Doctor's report, where there is something to examine. */
  readonly findings?: readonly Finding[];
}

/** True where a failure or a rejected row reports that something is missing. */
function isNamed({ failures, rejected }: PullReport): boolean {
  return failures.length > 0 || rejected > 0;
}

function isEqual(a: FactRow, b: FactRow): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** True where a fact says no more than the right one, or is marked as an estimate. */
function isHonest(fact: FactRow, right: FactRow): boolean {
  if (fact['estimated'] === '1') return true;
  const isUnlisted = fact['resource_name'] === null && fact['gpu_type'] === null;
  return Object.entries(fact).every(([column, value]) => {
    // For a pod that no inventory has listed the class is assumed, as docs/faults.md says.
    if (column === 'pricing_class' && isUnlisted) return true;
    return value === null || value === right[column];
  });
}

/** A fact that no clean pull gives; a named failure excuses one that only says less. */
function invented(facts: FactRows, clean: FactRows, isExcused: boolean): string | undefined {
  for (const [key, fact] of facts) {
    const right = clean.get(key);
    if (right === undefined) return key;
    if (!isEqual(fact, right) && !(isExcused && isHonest(fact, right))) {
      return `${key} ${JSON.stringify(fact)}, which is ${JSON.stringify(right)}`;
    }
  }
  return undefined;
}

function missing(facts: FactRows, wanted: FactRows): string | undefined {
  for (const [key, right] of wanted) {
    const fact = facts.get(key);
    if (fact === undefined || !isEqual(fact, right)) return key;
  }
  return undefined;
}

/** One sentence for each thing that is wrong; empty where the result is right. */
export function findWrongFacts(
  ending: CellResult,
  [once, twice]: readonly [FactRows, FactRows],
): string[] {
  const { results, facts, healed, findings } = ending;
  const wrong: string[] = [];
  for (const [index, where] of ['an empty ledger', 'a ledger with facts'].entries()) {
    const [result, held, clean] = [results[index], facts[index], index === 0 ? once : twice];
    if (result === undefined || held === undefined) continue;
    const named = isNamed(result);
    const extra = invented(held, clean, named);
    if (extra !== undefined) wrong.push(`${where}: invented ${extra}`);
    const hidden = named ? undefined : missing(held, clean);
    if (hidden !== undefined) wrong.push(`${where}: hid ${hidden}`);
    for (const { message } of result.failures) {
      if (!/; \S|\(\S/.test(message)) wrong.push(`${where}: does not say what to do: ${message}`);
    }
  }
  const lost = missing(facts[1], once);
  if (lost !== undefined) wrong.push(`a ledger with facts: lost ${lost}`);
  const unhealed = missing(healed, once) ?? missing(once, healed);
  if (unhealed !== undefined) wrong.push(`the next pull did not heal ${unhealed}`);
  const isFine = findings?.every(({ state }) => state === 'ok') === true;
  if (isNamed(results[1]) && isFine) wrong.push('the doctor says nothing of it');
  return wrong;
}
