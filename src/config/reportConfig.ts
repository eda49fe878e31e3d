/** Types of the parsed sections `report` and `smtp`. */

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
    /** Dates like `2026-12-25` that are not business days. */
    readonly holidays: readonly string[];
  };
  /**
   * What happens if the facts of a reported quarter changed. `auto` sends a correction, `ask` only
   * makes it, `off` does nothing.
   */
  readonly corrections: 'auto' | 'ask' | 'off';
  /** Mail address that gets notices of failures. */
  readonly owner?: string;
  /** In addition to `to`, in the file's order. */
  readonly recipients: readonly RecipientConfig[];
  /** In the file's order, without the mail channel of `smtp`. */
  readonly channels: readonly ChannelConfig[];
  readonly deadMan?: DeadManConfig;
  /** Language of the report. */
  readonly language: 'en';
  /** BCP 47 tag for the format of numbers, money and dates. */
  readonly locale?: string;
  /** Whether every edition also gets a PDF; this needs Chromium. */
  readonly pdf: boolean;
  /** Absolute path, or a name that is searched on PATH; the usual names are searched if absent. */
  readonly chromium?: string;
}

export interface RecipientConfig {
  readonly role: (typeof READERS)[number];
  /** `mail`, or the id of one of `channels`. */
  readonly channel: string;
  /** Mail address, if the channel needs one; a webhook has one fixed destination. */
  readonly address?: string;
  /** Deployments of an owner; all if absent. */
  readonly deployments?: readonly string[];
}

/** A folder's path is absolute. */
export type ChannelConfig = ChannelOptions & { readonly id: string };

/** Has `to` or `webhook`, or the report has an owner. */
export interface DeadManConfig {
  /** The report's owner if absent. */
  readonly to?: string;
  readonly webhook?: Secret;
  /** Time after the due date until the alert is sent. */
  readonly graceMs: number;
}

export interface SmtpConfig {
  readonly url: Secret;
  /** If absent, TLS is required wherever a password would cross a network. */
  readonly requireTls?: boolean;
  /** Absolute path of a PEM file with authorities to trust in addition to the usual ones. */
  readonly ca?: string;
  readonly timeoutMs: number;
  readonly dkim?: DkimOptions;
}
