/** What the digest of an edition covers: whatever of it is changed shows. */

import type { EditionFile } from '../domain/edition.ts';
import { canonicalDigest } from '../platform/digest.ts';

export interface EditionDigestInput {
  readonly id: string;
  readonly runId: string;
  readonly subject: string;
  readonly headline: string;
  /** Digest of letters and brief. */
  readonly content: string;
  /** In the report's order. */
  readonly files: readonly EditionFile[];
}

/** Lower-case hex SHA-256 over names, kinds, lengths and digests, subject, headline and audit. */
export function editionDigest(input: EditionDigestInput): string {
  const { id, runId, subject, headline, content, files } = input;
  return canonicalDigest({ id, runId, subject, headline, content, files });
}
