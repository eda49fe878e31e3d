/**
 * Tracks the stored sections of a source: a month of an export is read again only if it changed.
 */

import type { Fetched, SourceSection } from '../domain/provenance.ts';
import type { JobContext } from './context.ts';

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
  const done = (await ledger.workDone()).filter(({ line }) => line === SECTION_LINE);
  const incomplete = new Set<string>();
  const known = new Set(done.map(({ subject }) => subject));
  const forget = async (section: SourceSection) => {
    const prefix = sectionSubject(source, { ...section, version: '' });
    for (const subject of [...known].filter((one) => one.startsWith(prefix))) {
      known.delete(subject);
      await ledger.resetDone({ line: SECTION_LINE, subject });
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
      await ledger.markDone(
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
