/** Which sections of a source are in: a month of an export is read again only where it changed. */

import type { Fetched, SourceSection } from '../domain/provenance.ts';
import type { JobContext } from './context.ts';

/** How the work log calls them. */
const LINE = 'section';

export interface Sections {
  /** As the pull began. */
  readonly known: readonly SourceSection[];
  /** Notes an answer, and whether all of it is stored: one row that is not is looked for again. */
  note(fetched: Fetched, isStored: boolean): Promise<void>;
}

/** What earlier pulls of the source brought in whole. */
export async function sectionsOf({ ledger, clock }: JobContext, source: string): Promise<Sections> {
  const done = (await ledger.workDone()).filter(({ line }) => line === LINE);
  const incomplete = new Set<string>();
  const known = new Set(done.map(({ subject }) => subject));
  const forget = async (section: SourceSection) => {
    const all = subjectOf(source, { ...section, version: '' });
    for (const subject of [...known].filter((one) => one.startsWith(all))) {
      known.delete(subject);
      await ledger.forgetDone({ line: LINE, subject });
    }
  };
  return {
    known: [...known].flatMap((subject) => sectionIn(source, subject) ?? []),
    async note({ section, fetch }, isStored) {
      if (section === undefined) return;
      // From its first answer on, what was in before is no longer all that is in.
      await forget(section);
      const subject = subjectOf(source, section);
      if (!isStored || fetch.failure !== undefined) incomplete.add(subject);
      if (!section.isWhole || incomplete.has(subject)) return;
      await ledger.markDone({ line: LINE, subject, dueAtMs: fetch.endedAtMs }, clock.nowMs());
    },
  };
}

function subjectOf(source: string, { name, version }: SourceSection): string {
  return `${source}/${name}@${version}`;
}

/** The section of a subject; `undefined` where it is of another source. */
function sectionIn(source: string, subject: string): SourceSection | undefined {
  const at = subject.lastIndexOf('@');
  if (!subject.startsWith(`${source}/`) || at < 0) return undefined;
  return { name: subject.slice(source.length + 1, at), version: subject.slice(at + 1) };
}
