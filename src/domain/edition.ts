/** An edition: a quarter's report as frozen bytes with a number and a digest. */

/** A frozen file, without its bytes. */
export interface EditionFile {
  readonly name: string;
  readonly contentType: string;
  /** Lower-case hex SHA-256 of the bytes. */
  readonly digest: string;
  readonly bytes: number;
}

export interface Edition {
  /** `2026-Q3.1`: the quarter, a dot, the number. */
  readonly id: string;
  readonly quarter: string;
  /** From 1; each newly frozen audit of the quarter gets the next number. */
  readonly number: number;
  /** The audit it reports. */
  readonly runId: string;
  /** Id of the edition that this one replaces. */
  readonly corrects?: string;
  readonly subject: string;
  readonly headline: string;
  /** Lower-case hex SHA-256 over text, files, id and audit. */
  readonly digest: string;
  readonly frozenAtMs: number;
  /** In the report's order. */
  readonly files: readonly EditionFile[];
}

/** The content that is sent: messages for mail, the brief for a chat. */
export interface EditionContent {
  readonly letters: readonly ReportMessage[];
  readonly brief: ReportBrief;
}

/** A finished report, not frozen yet. */
export interface ReportToFreeze extends EditionContent {
  readonly quarter: string;
  /** The number printed in the report; freezing fails if another edition took it. */
  readonly number: number;
  readonly runId: string;
  readonly subject: string;
  readonly headline: string;
  readonly files: readonly ReportFile[];
}

/** `2026-Q3` and 1 are `2026-Q3.1`. */
export function editionId(quarter: string, number: number): string {
  return `${quarter}.${number}`;
}

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
