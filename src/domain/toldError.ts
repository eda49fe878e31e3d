/** Errors as they travel to another worker or thread, and as they arrive. */

import { Failure, type FailureCode, type FailureDetails } from './failure.ts';
import { BrokenInvariant } from './invariant.ts';

/** A failure with all it says but its cause, or a bug. */
export type ToldError =
  | ({ readonly code: FailureCode; readonly message: string } & Omit<FailureDetails, 'cause'>)
  | ToldBug;

interface ToldBug {
  /** Its name: `BrokenInvariant`, `TypeError`. */
  readonly bug: string;
  readonly message: string;
  readonly stack?: string;
}

export function toldError(error: unknown): ToldError {
  if (!(error instanceof Failure)) return toldBug(error);
  const { code, message, where, expected, hint, retryAfterMs } = error;
  return {
    code,
    message,
    hint,
    ...(where === undefined ? {} : { where }),
    ...(expected === undefined ? {} : { expected }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function toldBug(error: unknown): ToldBug {
  if (!(error instanceof Error)) return { bug: 'Error', message: String(error) };
  const { name, message, stack } = error;
  return { bug: name, message, ...(stack === undefined ? {} : { stack }) };
}

/** The error that was told: of the same type and words, a bug with the stack of where it struck. */
export function heardError(told: ToldError): Error {
  if ('bug' in told) return heardBug(told);
  const { code, message, ...details } = told;
  return new Failure(code, message, details);
}

function heardBug({ bug, message, stack }: ToldBug): Error {
  const error = bug === 'BrokenInvariant' ? new BrokenInvariant(message) : new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
