/** Knows where the words of a finished report are declared: in the domain. */

export type { ReaderRole, ReportBrief, ReportFile, ReportLetter } from '../domain/letter.ts';
