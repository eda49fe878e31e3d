/**
 * Knows how a file of facts gets into the ledger: batch by batch, with its bytes, the same file
 * once.
 */

import { counted } from '../domain/counted.ts';
import { z } from 'zod';
import { invariant } from '../domain/invariant.ts';
import type { AppendOutcome, ImportSession } from '../ledger/ledger.ts';
import type { ImportBatch } from '../sources/import/readImport.ts';
import type { JobContext } from './context.ts';
import { IMPORT_KINDS, OPS_FORMATS } from './importKinds.ts';
import { incidentOwner } from './incidentOwner.ts';
import type { Job } from './job.ts';

const payload = z.strictObject({
  kind: z.enum(IMPORT_KINDS),
  path: z.string().min(1),
  source: z.string().min(1).default('import'),
  format: z.enum(OPS_FORMATS).default('auto'),
});

export interface ImportResult {
  readonly file: string;
  readonly rows: number;
  readonly added: number;
  readonly restated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** The first rejects, for a person to mend; the ledger has all of them. */
  readonly rejects: readonly { readonly line: number; readonly reason: string }[];
  readonly warnings: readonly string[];
}

const SHOWN_REJECTS = 20;

/** `import {kind, path, source, format}`: good rows in, bad ones told, repeats change nothing. */
export const importJob: Job<z.output<typeof payload>, ImportResult> = {
  name: 'import',
  payload,
  async run(context, { kind, path, source, format }) {
    const owner = incidentOwner(context.config);
    const { deploymentOf } = owner;
    const told = format === 'auto' ? {} : { format };
    const batches = context.readImport({ kind, path, sourceId: source, deploymentOf, ...told });
    const file = path.replace(/^.*[\\/]/, '');
    const start = { sourceId: source, kind: `import.${kind}`, url: `file:${file}` };
    const stored = await store(context, { batches, start, file });
    const result = { ...stored, warnings: [...stored.warnings, ...owner.warnings()] };
    const rows = counted(result.rejected, 'row');
    const shortfalls = result.rejected > 0 ? [`${file}: ${rows} rejected`] : [];
    return { kind: 'done', result, shortfalls };
  },
};

interface Storing {
  readonly batches: AsyncIterable<ImportBatch>;
  readonly start: { readonly sourceId: string; readonly kind: string; readonly url: string };
  readonly file: string;
}

/** The session begins with the first batch: a file that is refused leaves no trace. */
async function store(
  context: JobContext,
  { batches, start, file }: Storing,
): Promise<ImportResult> {
  const told = {
    rows: 0,
    rejects: [] as { line: number; reason: string }[],
    warnings: [] as string[],
  };
  let session: ImportSession | undefined;
  let outcome: AppendOutcome | undefined;
  for await (const batch of batches) {
    session ??= await context.ledger.beginImport({ ...start, startedAtMs: context.clock.nowMs() });
    for (const bytes of batch.raw) await session.appendRaw(bytes);
    await session.append(batch.facts);
    told.rows = batch.rows;
    tell(told, batch);
    context.progress(`${file}: ${counted(batch.rows, 'row')}`);
    if (batch.digest !== undefined) {
      outcome = await session.finish({ digest: batch.digest, endedAtMs: context.clock.nowMs() });
    }
  }
  invariant(outcome !== undefined, 'the last batch of an import carries the digest');
  const { added, restated, unchanged, rejected, warnings = [] } = outcome;
  told.warnings.push(...warnings);
  return { file, ...told, added, restated, unchanged, rejected };
}

function tell(
  told: { rejects: { line: number; reason: string }[]; warnings: string[] },
  { facts }: ImportBatch,
): void {
  const room = SHOWN_REJECTS - told.rejects.length;
  for (const { position, reason } of (facts.rejects ?? []).slice(0, Math.max(0, room))) {
    told.rejects.push({ line: position, reason });
  }
  told.warnings.push(...(facts.warnings ?? []));
}
