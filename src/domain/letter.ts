/** A finished report: files as bytes, and one message per audience. */

/** A leader reads the verdict, an owner the detail of one deployment, finance the tables. */
export const RECIPIENT_ROLES = ['leader', 'owner', 'finance'] as const;

export type RecipientRole = (typeof RECIPIENT_ROLES)[number];

/** One finished file of a report. */
export interface ReportFile {
  /** Relative path with `/`: `report.json`, `deployments.csv`, `charts/tornado.png`. */
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** How a message of a later edition corrects an earlier one. */
export interface MessageCorrection {
  /** Number of the last edition with new content for the recipient. */
  readonly edition: number;
  /** True if a decision or a figure of the recipient changed materially. */
  readonly isMaterial: boolean;
}

/** One message. Its pictures and attachments are names of report files. */
export interface ReportMessage {
  readonly role: RecipientRole;
  /** Set for an owner's message only. */
  readonly deployment?: string;
  readonly subject: string;
  readonly text: string;
  /** Pictures are `cid:` references to `pictures`. */
  readonly html: string;
  readonly pictures: readonly { readonly cid: string; readonly file: string }[];
  readonly attachments: readonly string[];
  /** Absent in a first edition, and in editions of older versions. */
  readonly corrects?: MessageCorrection;
}

/** A short version for chats: plain text, not escaped. */
export interface ReportBrief {
  readonly title: string;
  /** The verdict in one sentence. */
  readonly headline: string;
  /** Label and value of three figures. */
  readonly figures: readonly { readonly label: string; readonly value: string }[];
  /** What to do next, at most three lines. */
  readonly steps: readonly string[];
}
