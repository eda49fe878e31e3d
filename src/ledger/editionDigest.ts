/** The digest of an edition, which any change to the edition alters. */

import type { EditionFile } from '../domain/edition.ts';
import { canonicalDigest } from '../platform/digest.ts';

export interface EditionDigestInput {
  readonly id: string;
  readonly runId: string;
  readonly subject: string;
  readonly headline: string;
  /** The digest of messages and brief. */
  readonly content: string;
  /** In the order of the report. */
  readonly files: readonly EditionFile[];
}

/** Lower-case hex SHA-256 over id, audit, subject, headline, content and files. */
export function editionDigest(input: EditionDigestInput): string {
  const { id, runId, subject, headline, content, files } = input;
  return canonicalDigest({ id, runId, subject, headline, content, files });
}
