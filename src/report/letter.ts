/** Knows where the words of a finished report are declared: in the domain, for all who carry them. */

export type { ReaderRole, ReportBrief, ReportFile, ReportLetter } from '../domain/letter.ts';
