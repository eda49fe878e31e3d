/** Resumes an interrupted pull after the part that an earlier attempt stored. */

import { DAY_MS, instantText } from '../domain/period.ts';
import type { PullRequest, Source } from '../sources/source.ts';
import type { JobContext } from './context.ts';

/** Work log line of pulls that have started and not finished. */
const RESUME_LINE = 'pull';

/** How long data may still change; a more recent part is pulled again. */
const SETTLED_AFTER_MS = DAY_MS;

export interface PullProgress {
  /** An earlier attempt stored everything before this time; absent on the first attempt. */
  readonly atMs?: number;
  /** Records that everything before this time is stored. */
  note(toldUpToMs: number): Promise<void>;
  /** Records that the pull is complete; the next one pulls the whole window again. */
  end(): Promise<void>;
}

type ResumableRequest = Pick<PullRequest, 'window' | 'usage' | 'models' | 'facts'>;

/**
 * Finds an earlier attempt of the same pull: the same source, options, request and start, with any
 * end. A source that does not report its progress starts anew.
 */
export async function resumePull(
  context: JobContext,
  source: Source,
  request: ResumableRequest,
): Promise<PullProgress> {
  if (source.resumes !== true) return NO_RESUME;
  const { ledger, clock } = context;
  const subject = resumeSubject(context, source, request);
  const done = (await ledger.workDone()).find(
    (work) => work.line === RESUME_LINE && work.subject === subject,
  );
  return {
    ...(done === undefined || done.dueAtMs <= request.window.startMs ? {} : { atMs: done.dueAtMs }),
    async note(toldUpToMs) {
      const nowMs = clock.nowMs();
      if (toldUpToMs + SETTLED_AFTER_MS > nowMs) return;
      await ledger.markDone({ line: RESUME_LINE, subject, dueAtMs: toldUpToMs }, nowMs);
    },
    end: () => ledger.resetDone({ line: RESUME_LINE, subject }),
  };
}

const NO_RESUME: PullProgress = { note: async () => undefined, end: async () => undefined };

function resumeSubject(context: JobContext, { id }: Source, request: ResumableRequest): string {
  const declared = context.config.sources.find((source) => source.id === id);
  const { usage, models, facts } = request;
  // Secrets serialize as their origin, not their value: a pull with a new key resumes the same
  // pull.
  const options = JSON.stringify(declared?.options ?? null);
  const what = context.digest({ options, usage, models, facts }).slice(0, 16);
  return `${id}/${instantText(request.window.startMs)}/${what}`;
}
