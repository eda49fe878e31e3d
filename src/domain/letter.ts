/** What a finished report holds: files as bytes, and letters that say who gets which. */

/** A leader reads the answer, an owner one deployment's detail, finance the tables. */
export const READER_ROLES = ['leader', 'owner', 'finance'] as const;

export type ReaderRole = (typeof READER_ROLES)[number];

/** One file of a report, finished. */
export interface ReportFile {
  /** Relative, with `/`: `report.json`, `deployments.csv`, `charts/tornado.png`. */
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** What a letter of a later edition corrects. */
export interface LetterCorrection {
  /** The number of the last edition that told its reader anything new. */
  readonly edition: number;
  /** True where a decision or a figure of his moved so far that he must know. */
  readonly isMaterial: boolean;
}

/** One message's words; what it shows and carries are names of the report's files. */
export interface ReportLetter {
  readonly role: ReaderRole;
  /** Set for an owner's letter, and only there. */
  readonly deployment?: string;
  readonly subject: string;
  readonly text: string;
  /** Pictures are `cid:` of the ids in `pictures`. */
  readonly html: string;
  readonly pictures: readonly { readonly cid: string; readonly file: string }[];
  readonly attachments: readonly string[];
  /** Absent in a first edition, and in editions of older versions. */
  readonly corrects?: LetterCorrection;
}

/** For who has room for a few lines, a chat: plain words, nothing escaped. */
export interface ReportBrief {
  readonly title: string;
  /** The answer in one sentence. */
  readonly headline: string;
  /** Label and value of the three figures. */
  readonly figures: readonly { readonly label: string; readonly value: string }[];
  /** What to do next, at most three lines. */
  readonly steps: readonly string[];
}
