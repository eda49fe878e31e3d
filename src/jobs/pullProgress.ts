/** Resumes an interrupted pull after the part that an earlier attempt stored. */

import { DAY_MS, instantText } from '../domain/period.ts';
import type { PullRequest, Source } from '../sources/source.ts';
import type { JobContext } from './job.ts';
import type { Fetched, SourceSection } from '../domain/provenance.ts';

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
  const done = (await ledger.work.done()).find(
    (work) => work.line === RESUME_LINE && work.subject === subject,
  );
  return {
    ...(done === undefined || done.dueAtMs <= request.window.startMs ? {} : { atMs: done.dueAtMs }),
    async note(toldUpToMs) {
      const nowMs = clock.nowMs();
      if (toldUpToMs + SETTLED_AFTER_MS > nowMs) return;
      await ledger.work.markDone({ line: RESUME_LINE, subject, dueAtMs: toldUpToMs }, nowMs);
    },
    end: () => ledger.work.resetDone({ line: RESUME_LINE, subject }),
  };
}

const NO_RESUME: PullProgress = { note: async () => undefined, end: async () => undefined };

function resumeSubject(context: JobContext, { id }: Source, request: ResumableRequest): string {
  const declared = context.config.sources.find((source) => source.id === id);
  const { usage, models, facts } = request;
  // Secrets serialize as their origin, not their value: a pull with a new key resumes the same
  // pull.
  const options = JSON.stringify(declared?.options ?? null);
  const what = context.audits.digest({ options, usage, models, facts }).slice(0, 16);
  return `${id}/${instantText(request.window.startMs)}/${what}`;
}

/** Work log line of stored sections. */
const SECTION_LINE = 'section';

export interface SectionProgress {
  /** Sections that were stored when the pull began. */
  readonly known: readonly SourceSection[];
  /** Records a response. A section with a row that was not stored is read again. */
  note(fetched: Fetched, isStored: boolean): Promise<void>;
}

/** Reads which sections earlier pulls of the source stored completely. */
export async function trackSections(
  { ledger, clock }: JobContext,
  source: string,
): Promise<SectionProgress> {
  const done = (await ledger.work.done()).filter(({ line }) => line === SECTION_LINE);
  const incomplete = new Set<string>();
  const known = new Set(done.map(({ subject }) => subject));
  const forget = async (section: SourceSection) => {
    const prefix = sectionSubject(source, { ...section, version: '' });
    for (const subject of [...known].filter((one) => one.startsWith(prefix))) {
      known.delete(subject);
      await ledger.work.resetDone({ line: SECTION_LINE, subject });
    }
  };
  return {
    known: [...known].flatMap((subject) => parseSection(source, subject) ?? []),
    async note({ section, fetch }, isStored) {
      if (section === undefined) return;
      // From the first response of a section on, its earlier version is no longer complete.
      await forget(section);
      const subject = sectionSubject(source, section);
      if (!isStored || fetch.failure !== undefined) incomplete.add(subject);
      if (!section.isWhole || incomplete.has(subject)) return;
      await ledger.work.markDone(
        { line: SECTION_LINE, subject, dueAtMs: fetch.endedAtMs },
        clock.nowMs(),
      );
    },
  };
}

function sectionSubject(source: string, { name, version }: SourceSection): string {
  return `${source}/${name}@${version}`;
}

/** Parses a section; `undefined` if it belongs to another source. */
function parseSection(source: string, subject: string): SourceSection | undefined {
  const at = subject.lastIndexOf('@');
  if (!subject.startsWith(`${source}/`) || at < 0) return undefined;
  return { name: subject.slice(source.length + 1, at), version: subject.slice(at + 1) };
}
