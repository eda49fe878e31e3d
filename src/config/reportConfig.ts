/** What the sections `report` and `smtp` mean once they have been read. */

import type { ChannelOptions, DkimOptions, READERS } from '../delivery/options.ts';
import type { Secret } from '../platform/secret.ts';

export interface ReportConfig {
  readonly from: string;
  /** Leaders, by mail. */
  readonly to: readonly string[];
  /** An IANA name. */
  readonly timeZone: string;
  readonly sendOn?: {
    readonly businessDayOfQuarter: number;
    /** `07:00`, in `timeZone`. */
    readonly at: string;
    /** Days like `2026-12-25` that are no business days. */
    readonly holidays: readonly string[];
  };
  /** What becomes of a reported quarter whose facts changed: sent, made only, or nothing. */
  readonly corrections: 'auto' | 'ask' | 'off';
  /** Who hears of what went wrong, by mail. */
  readonly owner?: string;
  /** Beside `to`, in the file's order. */
  readonly recipients: readonly RecipientConfig[];
  /** In the file's order, without the mail channel that `smtp` makes. */
  readonly channels: readonly ChannelConfig[];
  readonly deadMan?: DeadManConfig;
  /** Of its words. */
  readonly language: 'en';
  /** A BCP 47 tag: how numbers, money and days are written. */
  readonly locale?: string;
  /** Whether every edition also gets a PDF, where a Chromium is there to make it. */
  readonly pdf: boolean;
  /** An absolute path, or a name to be looked for on PATH; absent looks for the usual names. */
  readonly chromium?: string;
}

export interface RecipientConfig {
  readonly role: (typeof READERS)[number];
  /** `mail`, or the id of one of `channels`. */
  readonly channel: string;
  /** A mail address where the channel takes one; a webhook leads to one place. */
  readonly address?: string;
  /** Of an owner; absent is every deployment. */
  readonly deployments?: readonly string[];
}

/** A folder's path is absolute. */
export type ChannelConfig = ChannelOptions & { readonly id: string };

/** At least one of `to` and `webhook` is there, or the report has an owner. */
export interface DeadManConfig {
  /** The report's owner unless said otherwise. */
  readonly to?: string;
  readonly webhook?: Secret;
  /** After the report was due. */
  readonly graceMs: number;
}

export interface SmtpConfig {
  readonly url: Secret;
  /** Absent: wherever a password would cross a network. */
  readonly requireTls?: boolean;
  /** Absolute path of a PEM file with authorities to trust beside the usual ones. */
  readonly ca?: string;
  readonly timeoutMs: number;
  readonly dkim?: DkimOptions;
}
