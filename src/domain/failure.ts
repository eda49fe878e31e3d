/** Knows how work can fail outside our code: one error type with a closed set of codes. */

/** What each code means: may it pass by itself, and what should a person do. */
export const FAILURES = {
  usage: { passing: false, hint: 'see rentcheck --help' },
  config: { passing: false, hint: 'mend rentcheck.yaml' },
  auth: { passing: false, hint: 'check that the API key is right and has not expired' },
  forbidden: { passing: false, hint: 'give the API key read access to billing and inventory' },
  'not-found': { passing: false, hint: 'check the address and the id in rentcheck.yaml' },
  refused: { passing: false, hint: 'the provider refused the request; the message says why' },
  malformed: {
    passing: false,
    hint: 'the answer is not what the API documents; nothing of it was stored as facts',
  },
  'too-large': { passing: false, hint: 'ask for a shorter window with --from and --to' },
  'rate-limited': { passing: true, hint: 'wait and pull again; nothing is lost' },
  unavailable: { passing: true, hint: 'pull again later; nothing is lost' },
  timeout: { passing: true, hint: "pull again later, or raise the source's timeoutSeconds" },
  'not-settled': {
    passing: true,
    hint: 'the provider has not closed this window yet; pull again later',
  },
  withdrawal: {
    passing: false,
    hint: 'if the provider is right, run rentcheck pull SOURCE --confirm-withdrawal',
  },
  'no-data': { passing: false, hint: 'pull or import the missing data first' },
  'file-unreadable': { passing: false, hint: 'check the path and its permissions' },
  'ledger-locked': {
    passing: true,
    hint: 'another rentcheck is writing; wait for it to end, then try again',
  },
  'not-writer': {
    passing: true,
    hint: 'another worker writes to this ledger now; the job goes on there',
  },
  'ledger-readonly': {
    passing: false,
    hint: 'make the ledger file and its folder writable for this user',
  },
  'ledger-corrupt': {
    passing: false,
    hint: 'put back the newest backup of this file',
  },
  'ledger-newer': {
    passing: false,
    hint: 'upgrade rentcheck; this ledger was written by a newer version',
  },
  'ledger-foreign': {
    passing: false,
    hint: 'point "ledger" in rentcheck.yaml at a rentcheck ledger or a new path',
  },
  'lost-claim': {
    passing: true,
    hint: 'another worker has taken the delivery over; see delivery_history in rentcheck sql',
  },
  'disk-full': { passing: true, hint: 'free some disk space and run the same command again' },
} as const;

export type FailureCode = keyof typeof FAILURES;

export interface FailureDetails {
  /** Where it happened: a config path, a file and line, a source and URL (already redacted). */
  readonly where?: string;
  /** What would have been right. */
  readonly expected?: string;
  /** What to do, when the code's own hint is too general. */
  readonly hint?: string;
  /** When the other side said to come back, in milliseconds from now. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** An operating failure. Bugs throw `BrokenInvariant`; bad rows are rejects, not failures. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly where: string | undefined;
  readonly expected: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly hint: string;

  constructor(code: FailureCode, message: string, details: FailureDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.where = details.where;
    this.expected = details.expected;
    this.retryAfterMs = details.retryAfterMs;
    this.hint = details.hint ?? FAILURES[code].hint;
  }

  /** May the same call succeed later without anyone changing anything? */
  get passing(): boolean {
    return FAILURES[this.code].passing;
  }
}

/** The same failure with better advice; what it was made from stays its cause. */
export function withHint(failure: Failure, hint: string): Failure {
  const { code, message, where, expected, retryAfterMs } = failure;
  return new Failure(code, message, {
    ...(where === undefined ? {} : { where }),
    ...(expected === undefined ? {} : { expected }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    hint,
    cause: failure,
  });
}
