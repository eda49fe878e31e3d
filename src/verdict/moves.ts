/** What moved so far between two audits of a quarter that who read the first must be told. */

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

export interface Move {
  readonly what: 'decision' | 'saving' | 'spend' | 'price';
  /** Absent for the whole stack. */
  readonly deployment?: string;
  /** A verdict, dollars, or dollars per million tokens; null where it is unknown or not there. */
  readonly was: string | null;
  readonly is: string | null;
}

/**
 * A decision that is another one; a spend or a saving that moved by at least the larger of `minUsd`
 * and 1% of what it was; a price that moved so over the tokens that were served. What was unknown
 * and is known has moved. Of $10,000 at $1,000, $11,000 has; of $500,000 only $505,000.
 */
export function materialMoves(before: Audit, after: Audit, minUsd: Exact): Move[] {
  const ids = [...after.deployments, ...before.deployments].map(({ id }) => id);
  return [
    ...movesOf({ before: stackOf(before), after: stackOf(after), minUsd }),
    ...[...new Set(ids)].flatMap((deployment) =>
      movesOf({
        before: deploymentOf(before, deployment),
        after: deploymentOf(after, deployment),
        minUsd,
      }).map((move) => ({ ...move, deployment })),
    ),
  ];
}

/** What is told of the stack, or of one deployment; audits of older versions may not tell all. */
interface Told {
  readonly verdict: Verdict;
  readonly saving: string | null | undefined;
  readonly spend: string;
  readonly price: string | null;
  readonly tokens: number;
}

function stackOf({ stack, totals }: Audit): Told {
  const { spendUsd, effectiveUsdPerMtok, tokens } = totals;
  const { verdict, savingUsd } = stack;
  return { verdict, saving: savingUsd.base, spend: spendUsd, price: effectiveUsdPerMtok, tokens };
}

function deploymentOf({ deployments }: Audit, id: string): Told | undefined {
  const found = deployments.find((each) => each.id === id);
  if (found === undefined) return undefined;
  const { verdict, spendUsd, effectiveUsdPerMtok, tokens } = found;
  const { savingUsd }: { readonly savingUsd?: SavingText } = found;
  return { verdict, saving: savingUsd?.base, spend: spendUsd, price: effectiveUsdPerMtok, tokens };
}

interface Compared {
  readonly before: Told | undefined;
  readonly after: Told | undefined;
  readonly minUsd: Exact;
}

function movesOf({ before, after, minUsd }: Compared): Move[] {
  const verdicts = [before?.verdict ?? null, after?.verdict ?? null] as const;
  const decision = isSameDecision(...verdicts) ? [] : [moveOf('decision', verdicts)];
  // Of what came or went the decision says it all.
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

/** Nothing changes by any of them, and why is told with each. */
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

function moveOf(what: Move['what'], [was, is]: Pair<string | null>): Move {
  return { what, was, is };
}

interface Scale {
  readonly minUsd: Exact;
  /** Dollars for one of the unit: 1, or the million tokens that a price was paid for. */
  readonly times: Exact;
}

/** Worked number: $0.40 a million for 10,000 million is $4,000; $0.45 is $500 more, too little. */
function amountMove(
  what: Move['what'],
  [was, is]: Pair<string | null | undefined>,
  { minUsd, times }: Scale,
): Move[] {
  if (was === undefined || is === undefined || was === is) return [];
  if (was === null || is === null) return [moveOf(what, [was, is])];
  const usd = multiply(size(subtract(decimal(is), decimal(was))), times);
  const needed = larger(minUsd, multiply(multiply(size(decimal(was)), times), SHARE));
  return compare(usd, needed) >= 0 ? [moveOf(what, [was, is])] : [];
}

const SHARE = exact(1n, 100n);

function size(amount: Exact): Exact {
  return amount.num < 0n ? negate(amount) : amount;
}

/** What of two audits alone is another one; `undefined` where the facts, or several, are. */
export function causeOf(before: Audit, after: Audit): 'settings' | 'code' | undefined {
  const [then, now] = [before.digests, after.digests];
  // Audits of older versions have none, whatever the type says.
  if (!then || !now || then.facts !== now.facts) return undefined;
  const isOtherCode = before.codeVersion !== after.codeVersion;
  if (then.settings === now.settings) return isOtherCode ? 'code' : undefined;
  return isOtherCode ? undefined : 'settings';
}
