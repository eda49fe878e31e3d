/** Knows where the words of a finished report are declared: in the domain, for all who carry them. */

export {
  READER_ROLES,
  type ReaderRole,
  type ReportBrief,
  type ReportFile,
  type ReportLetter,
} from '../domain/letter.ts';
