/** How a move is named in the answer of a job, and in what a person is asked. */

import { decimal, toDecimal } from '../domain/exact.ts';
import type { Move } from '../verdict/moves.ts';

/** `the stack: "keep" became "delete"`, `chat: spend: $10000.00 became $14000.00`. */
export function moveText({ what, deployment, was, is }: Move): string {
  if (what === 'decision') {
    const [old, now] = [was, is].map((verdict) => verdict ?? 'not audited');
    return `${deployment ?? 'the stack'}: "${old}" became "${now}"`;
  }
  const whose = deployment === undefined ? '' : `${deployment}: `;
  const unit = what === 'price' ? ' per Mtok' : '';
  return `${whose}${what}: ${amountText(was, unit)} became ${amountText(is, unit)}`;
}

function amountText(text: string | null, unit: string): string {
  if (text === null) return 'unknown';
  return `$${toDecimal(decimal(text), unit === '' ? 2 : 4)}${unit}`;
}
