/** Compares two audits of the same quarter and finds changes that readers of the first must see. */

import {
  compare,
  decimal,
  divide,
  type Exact,
  exact,
  exactInteger,
  larger,
  multiply,
  negate,
  ONE,
  subtract,
} from '../domain/exact.ts';
import type { Audit } from './audit.ts';
import type { SavingText, Verdict } from './auditWord.ts';

export interface MaterialChange {
  readonly what: 'decision' | 'saving' | 'spend' | 'price';
  /** Absent for the whole stack. */
  readonly deployment?: string;
  /**
   * A verdict, dollars, or dollars per million tokens. Null if unknown, or if the deployment is not
   * in the audit.
   */
  readonly was: string | null;
  readonly is: string | null;
}

/**
 * Returns changed decisions, and material changes of spend, saving and price. Spend and saving are
 * material from the larger of `minUsd` and 1% of the earlier value on. A price counts by its change
 * times the tokens served. A value that was unknown before is material. With `minUsd` of $1,000:
 * $10,000 must become $11,000, and $500,000 must become $505,000.
 */
export function findMaterialChanges(before: Audit, after: Audit, minUsd: Exact): MaterialChange[] {
  const ids = [...after.deployments, ...before.deployments].map(({ id }) => id);
  return [
    ...findMoves({ before: stackFigures(before), after: stackFigures(after), minUsd }),
    ...[...new Set(ids)].flatMap((deployment) =>
      findMoves({
        before: deploymentFigures(before, deployment),
        after: deploymentFigures(after, deployment),
        minUsd,
      }).map((move) => ({ ...move, deployment })),
    ),
  ];
}

/** The compared figures of the stack or one deployment. Audits of older versions may lack some. */
interface ComparedFigures {
  readonly verdict: Verdict;
  readonly saving: string | null | undefined;
  readonly spend: string;
  readonly price: string | null;
  readonly tokens: number;
}

function stackFigures({ stack, totals }: Audit): ComparedFigures {
  const { spendUsd, effectiveUsdPerMtok, tokens } = totals;
  const { verdict, savingUsd } = stack;
  return { verdict, saving: savingUsd.base, spend: spendUsd, price: effectiveUsdPerMtok, tokens };
}

function deploymentFigures({ deployments }: Audit, id: string): ComparedFigures | undefined {
  const found = deployments.find((each) => each.id === id);
  if (found === undefined) return undefined;
  const { verdict, spendUsd, effectiveUsdPerMtok, tokens } = found;
  const { savingUsd }: { readonly savingUsd?: SavingText } = found;
  return { verdict, saving: savingUsd?.base, spend: spendUsd, price: effectiveUsdPerMtok, tokens };
}

interface Compared {
  readonly before: ComparedFigures | undefined;
  readonly after: ComparedFigures | undefined;
  readonly minUsd: Exact;
}

function findMoves({ before, after, minUsd }: Compared): MaterialChange[] {
  const verdicts = [before?.verdict ?? null, after?.verdict ?? null] as const;
  const decision = isSameDecision(...verdicts) ? [] : [toMove('decision', verdicts)];
  // For a deployment that was added or removed, the decision alone is reported.
  if (before === undefined || after === undefined) return decision;
  const mtok = divide(exactInteger(after.tokens), MTOK);
  return [
    ...decision,
    ...amountMove('saving', [before.saving, after.saving], { minUsd, times: ONE }),
    ...amountMove('spend', [before.spend, after.spend], { minUsd, times: ONE }),
    ...amountMove('price', [before.price, after.price], { minUsd, times: mtok }),
  ];
}

const MTOK = exact(1_000_000n);

/** None of these changes anything, so moving from one to another is no new decision. */
const OPEN: ReadonlySet<Verdict> = new Set([
  'too small to act on',
  'not certain enough',
  'too close to call',
]);

function isSameDecision(was: Verdict | null, is: Verdict | null): boolean {
  if (was === null || is === null) return was === is;
  return was === is || (OPEN.has(was) && OPEN.has(is));
}

type Pair<Value> = readonly [was: Value, is: Value];

function toMove(what: MaterialChange['what'], [was, is]: Pair<string | null>): MaterialChange {
  return { what, was, is };
}

interface Scale {
  readonly minUsd: Exact;
  /** Dollars for each unit of the value: 1, or the millions of tokens that a price applies to. */
  readonly times: Exact;
}

/**
 * Reports an amount if its change is material. Worked number: $0.40 per million for 10,000 million
 * tokens is $4,000. At $0.45 it is $500 more, which is less than $1,000.
 */
function amountMove(
  what: MaterialChange['what'],
  [was, is]: Pair<string | null | undefined>,
  { minUsd, times }: Scale,
): MaterialChange[] {
  if (was === undefined || is === undefined || was === is) return [];
  if (was === null || is === null) return [toMove(what, [was, is])];
  const usd = multiply(size(subtract(decimal(is), decimal(was))), times);
  const needed = larger(minUsd, multiply(multiply(size(decimal(was)), times), SHARE));
  return compare(usd, needed) >= 0 ? [toMove(what, [was, is])] : [];
}

const SHARE = exact(1n, 100n);

function size(amount: Exact): Exact {
  return amount.num < 0n ? negate(amount) : amount;
}

/**
 * Returns the only input that differs between two audits. `undefined` if the facts differ, or both
 * settings and code.
 */
export function findOnlyCause(before: Audit, after: Audit): 'settings' | 'code' | undefined {
  const [then, now] = [before.digests, after.digests];
  // Audits of older versions lack digests, although the type requires them.
  if (!then || !now || then.facts !== now.facts) return undefined;
  const isOtherCode = before.codeVersion !== after.codeVersion;
  if (then.settings === now.settings) return isOtherCode ? 'code' : undefined;
  return isOtherCode ? undefined : 'settings';
}
