/** Where a long pull that was cut off goes on: after what an earlier try of it brought in. */

import { DAY_MS, instantText } from '../domain/period.ts';
import type { PullRequest, Source } from '../sources/source.ts';
import type { JobContext } from './context.ts';

/** How the work log calls pulls that have begun and not ended. */
const LINE = 'pull';

/** So long after its end a stretch may still change: it is asked again. */
const SETTLED_AFTER_MS = DAY_MS;

export interface Resuming {
  /** All before it was told to an earlier try; absent where this is the first. */
  readonly atMs?: number;
  /** Notes that all before the moment is in. */
  note(toldUpToMs: number): Promise<void>;
  /** The pull has brought all: the next one asks for the whole window again. */
  end(): Promise<void>;
}

type Asked = Pick<PullRequest, 'window' | 'usage' | 'models' | 'facts'>;

/**
 * Finds the earlier try of the same pull: the same source with the same options is asked the same
 * from the same moment on, however far. A source that does not say what is told is asked anew.
 */
export async function resuming(
  context: JobContext,
  source: Source,
  asked: Asked,
): Promise<Resuming> {
  if (source.resumes !== true) return ANEW;
  const { ledger, clock } = context;
  const subject = subjectOf(context, source, asked);
  const done = (await ledger.workDone()).find(
    (work) => work.line === LINE && work.subject === subject,
  );
  return {
    ...(done === undefined || done.dueAtMs <= asked.window.startMs ? {} : { atMs: done.dueAtMs }),
    async note(toldUpToMs) {
      const nowMs = clock.nowMs();
      if (toldUpToMs + SETTLED_AFTER_MS > nowMs) return;
      await ledger.markDone({ line: LINE, subject, dueAtMs: toldUpToMs }, nowMs);
    },
    end: () => ledger.forgetDone({ line: LINE, subject }),
  };
}

const ANEW: Resuming = { note: async () => undefined, end: async () => undefined };

function subjectOf(context: JobContext, { id }: Source, asked: Asked): string {
  const declared = context.config.sources.find((source) => source.id === id);
  const { usage, models, facts } = asked;
  // Secrets show their origin, not their value: a new key asks the same.
  const options = JSON.stringify(declared?.options ?? null);
  const what = context.digest({ options, usage, models, facts }).slice(0, 16);
  return `${id}/${instantText(asked.window.startMs)}/${what}`;
}
