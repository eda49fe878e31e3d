/** The error types: operating failures with a closed set of codes, and broken invariants. */

/** By code: whether it may pass without a change, and what a person should do. */
export const FAILURES = {
  usage: { passing: false, hint: 'see rentcheck --help' },
  config: { passing: false, hint: 'fix rentcheck.yaml' },
  auth: { passing: false, hint: 'check that the API key is correct and has not expired' },
  forbidden: { passing: false, hint: 'give the API key read access to billing and inventory' },
  'not-found': { passing: false, hint: 'check the address and the id in rentcheck.yaml' },
  refused: { passing: false, hint: 'the provider refused the request; see its message' },
  malformed: {
    passing: false,
    hint: 'the response does not match the API documentation; none of it was stored',
  },
  'too-large': { passing: false, hint: 'use a shorter period with --from and --to' },
  'rate-limited': { passing: true, hint: 'wait and pull again; no data is lost' },
  unavailable: { passing: true, hint: 'pull again later; no data is lost' },
  timeout: { passing: true, hint: "pull again later, or raise the source's timeoutSeconds" },
  'not-settled': {
    passing: true,
    hint: 'the provider has not closed this period yet; pull again later',
  },
  withdrawal: {
    passing: false,
    hint: 'if the provider is right, run rentcheck pull SOURCE --confirm-withdrawal',
  },
  'no-data': { passing: false, hint: 'pull or import the missing data first' },
  'file-unreadable': { passing: false, hint: 'check the path and its permissions' },
  'ledger-locked': {
    passing: true,
    hint: 'another rentcheck process is writing; wait until it ends, then try again',
  },
  'not-writer': {
    passing: true,
    hint: 'another worker is the active one for this ledger; it continues the job',
  },
  'ledger-readonly': {
    passing: false,
    hint: 'make the ledger file and its folder writable for this user',
  },
  'ledger-corrupt': {
    passing: false,
    hint: 'restore the newest backup of this file',
  },
  'ledger-newer': {
    passing: false,
    hint: 'upgrade rentcheck; a newer version wrote this ledger',
  },
  'ledger-foreign': {
    passing: false,
    hint: 'point "ledger" in rentcheck.yaml at a rentcheck ledger or a new path',
  },
  'lost-claim': {
    passing: true,
    hint: 'another worker has taken over the delivery; see delivery_history in rentcheck sql',
  },
  'disk-full': { passing: true, hint: 'free some disk space and run the same command again' },
} as const;

export type FailureCode = keyof typeof FAILURES;

export interface FailureDetails {
  /** Where it happened: a config path, a file and line, or a source and URL (redacted). */
  readonly where?: string;
  /** What was expected. */
  readonly expected?: string;
  /** What to do, if the code's hint is too general. */
  readonly hint?: string;
  /** The HTTP status, if a response failed. */
  readonly status?: number;
  /** Delay that the server requested, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** An operating failure. Bugs throw `BrokenInvariant`; bad rows are rejects, not failures. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly where: string | undefined;
  readonly expected: string | undefined;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly hint: string;

  constructor(code: FailureCode, message: string, details: FailureDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.where = details.where;
    this.expected = details.expected;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
    this.hint = details.hint ?? FAILURES[code].hint;
  }

  /** Whether the same call may succeed later without any change. */
  get passing(): boolean {
    return FAILURES[this.code].passing;
  }
}

/** The same failure with a better hint. The original is its cause. */
export function withHint(failure: Failure, hint: string): Failure {
  const { code, message, where, expected, status, retryAfterMs } = failure;
  return new Failure(code, message, {
    ...(where === undefined ? {} : { where }),
    ...(expected === undefined ? {} : { expected }),
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    hint,
    cause: failure,
  });
}

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

export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';
}

/** Throws {@link BrokenInvariant} unless `holds`. For our own bugs only, never for input. */
export function invariant(holds: boolean, law: string): asserts holds {
  if (!holds) throw new BrokenInvariant(law);
}
