/** Serializes errors for another worker or thread, and restores them. */

import { Failure, type FailureCode, type FailureDetails } from './failure.ts';
import { BrokenInvariant } from './invariant.ts';

/** A failure with everything but its cause, or a bug. */
export type SerializedError =
  | ({ readonly code: FailureCode; readonly message: string } & Omit<FailureDetails, 'cause'>)
  | ToldBug;

interface ToldBug {
  /** Name of the error: `BrokenInvariant`, `TypeError`. */
  readonly bug: string;
  readonly message: string;
  readonly stack?: string;
}

export function serializeError(error: unknown): SerializedError {
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

/** Restores the error with the same type and text. A bug keeps its original stack. */
export function deserializeError(serialized: SerializedError): Error {
  if ('bug' in serialized) return heardBug(serialized);
  const { code, message, ...details } = serialized;
  return new Failure(code, message, details);
}

function heardBug({ bug, message, stack }: ToldBug): Error {
  const error = bug === 'BrokenInvariant' ? new BrokenInvariant(message) : new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
