/** `rentcheck import`: imports a file with the same provenance as a pull, or undoes an import. */

import { type Command, Option } from 'commander';
import { ID_PATTERN, IMPORT_SOURCE_ID } from '../../config/ids.ts';
import { Failure } from '../../domain/failure.ts';
import type { JobContext } from '../../jobs/job.ts';
import { IMPORT_KINDS, OPS_FORMATS } from '../../jobs/importKinds.ts';
import { nearestWord, plainText, quoteShort } from '../../platform/text.ts';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import {
  withSession,
  printJson,
  unwrapResult,
  type Speech,
  printNote,
  withCommonOptions,
} from '../session.ts';
import { parsePeriodOption } from '../options.ts';

interface ImportOptions extends CommonOptions {
  readonly source: string;
  readonly format: string;
  readonly undo?: string;
  readonly as?: string;
  readonly preview?: boolean;
  readonly quarter?: string;
}

export const importCommand: CliCommand = {
  register(command: Command, services: Services) {
    command
      .argument('[kind]', `what the file contains: ${IMPORT_KINDS.join(', ')}`)
      .argument('[file]', 'the file, or - for standard input; CSV needs a header row')
      .addOption(new Option('--source <id>', 'source that the rows belong to').default('import'))
      .addOption(
        new Option('--format <format>', `format of an ops file: ${OPS_FORMATS.join(', ')}`).default(
          'auto',
        ),
      )
      .option(
        '--preview',
        'show what a focus file adds, or what a prices file changes in an audit; store nothing',
      )
      .option(
        '--quarter <quarter>',
        'audit that a prices preview shows (default: the last audited)',
      )
      .option(
        '--as <name>',
        'column mapping in the config: imports.NAME (charges) or requestLogs.NAME (requests)',
      )
      .option('--undo <fetch>', 'undo an import by its fetch number, which it printed');
    withCommonOptions(command).action(
      async (kind: string | undefined, path: string | undefined, options: ImportOptions) => {
        const { undo } = options;
        if (undo !== undefined) return undoFile(fetchNumber(undo, kind), { services, options });
        const file = { kind: importKind(kind), path: filePath(path) };
        if (options.preview === true) return previewFile(file, { services, options });
        if (options.quarter !== undefined) throw noPreview();
        await importFile(file, { services, options });
      },
    );
  },
};

interface CommandInput {
  readonly services: Services;
  readonly options: ImportOptions;
}

async function importFile(
  { kind, path }: { kind: KindOfFile; path: string },
  { services, options }: CommandInput,
): Promise<void> {
  const { source } = options;
  const as = options.as === undefined ? {} : { as: options.as };
  const file = { kind, path, source, format: formatOf(kind, options), ...as };
  requireSourceId(source);
  const { importJob } = await import('../../jobs/importFile.ts');
  const { renderImportLines, renderImportNotes, renderImportSummary } = await import(
    '../importText.ts'
  );
  await withSession({ services, options }, async (context, speech) => {
    const answer = await importJob.run(context, file);
    const { result, code } = unwrapResult(answer, speech);
    for (const line of renderImportLines(result)) speech.stderr(`  ${plainText(line)}\n`);
    noteUnknown(context, source, speech);
    const deployments = context.config.deployments.map(({ id }) => id);
    for (const note of renderImportNotes(result, deployments)) printNote(speech, 'note', note);
    if (options.json === true) printJson(speech, result);
    else speech.stdout(`${plainText(renderImportSummary(result))}\n`);
    return code;
  });
}

type KindOfFile = (typeof IMPORT_KINDS)[number];

async function previewFile(
  { kind, path }: { kind: KindOfFile; path: string },
  input: CommandInput,
): Promise<void> {
  requireSourceId(input.options.source);
  if (kind === 'prices') return previewPriceFile(path, input);
  if (kind === 'focus' && input.options.quarter === undefined) return previewBill(path, input);
  if (kind === 'focus') throw noPreview();
  throw new Failure('usage', `Cannot preview ${kind}: --preview works for focus and prices`, {
    hint: 'e.g. rentcheck import focus bill.csv --preview',
  });
}

function noPreview(): Failure {
  return new Failure('usage', '--quarter works only with a preview of prices', {
    hint: 'e.g. rentcheck import prices prices.csv --preview --quarter 2026-Q3',
  });
}

async function previewBill(path: string, { services, options }: CommandInput): Promise<void> {
  const { source } = options;
  const { previewFocus } = await import('../../jobs/importFile.ts');
  const { toFocusPreviewJson, renderFocusPreview } = await import('../previewText.ts');
  await withSession({ services, options, temporaryLedger: 'empty' }, async (context, speech) => {
    const { survey, rejects } = await previewFocus(context, { path, source });
    for (const { position, reason } of rejects) {
      speech.stderr(`  ${plainText(`${path}:${position}: ${reason}`)}\n`);
    }
    if (options.json === true) printJson(speech, toFocusPreviewJson(survey));
    else speech.stdout(renderFocusPreview(survey));
    return rejects.length === 0 ? 0 : 1;
  });
}

async function previewPriceFile(path: string, { services, options }: CommandInput): Promise<void> {
  const { source, quarter } = options;
  parsePeriodOption(quarter, {});
  const { previewPrices } = await import('../../jobs/previewPrices.ts');
  const { renderImportLines } = await import('../importText.ts');
  const { renderPricePreview } = await import('../previewText.ts');
  const { toScreenSize } = await import('../screen.ts');
  await withSession({ services, options, temporaryLedger: 'copy' }, async (context, speech) => {
    const answer = await previewPrices(context, { path, source, quarter });
    const { result, code } = unwrapResult(answer, speech);
    for (const line of renderImportLines(result.import)) speech.stderr(`  ${plainText(line)}\n`);
    noteUnknown(context, source, speech);
    for (const note of result.import.warnings) printNote(speech, 'note', note);
    if (result.audit === null) printNote(speech, 'note', NO_AUDIT);
    if (options.json === true) printJson(speech, result);
    else speech.stdout(renderPricePreview(result, toScreenSize(services.screen)));
    return code;
  });
}

const NO_AUDIT =
  'No quarter has been audited, so no audit is shown. Name a quarter with --quarter.';

async function undoFile(fetch: number, { services, options }: CommandInput): Promise<void> {
  const { undoImportJob } = await import('../../jobs/undoImport.ts');
  const { renderUndoLines, renderUndoNotes, renderUndoSummary } = await import('../importText.ts');
  await withSession({ services, options, mustExist: true }, async (context, speech) => {
    const { result, code } = unwrapResult(await undoImportJob.run(context, { fetch }), speech);
    for (const line of renderUndoLines(result)) speech.stderr(`  ${plainText(line)}\n`);
    for (const note of renderUndoNotes(result)) printNote(speech, 'note', note);
    if (options.json === true) printJson(speech, result);
    else speech.stdout(`${plainText(renderUndoSummary(result))}\n`);
    return code;
  });
}

function fetchNumber(text: string, kind: string | undefined): number {
  if (kind !== undefined) {
    throw new Failure('usage', '--undo takes a number and no other argument', {
      hint: 'e.g. rentcheck import --undo 12',
    });
  }
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new Failure('usage', `Invalid fetch number for --undo: ${quoteShort(text)}`, {
    expected: 'the fetch number that the import printed, e.g. 12',
    hint: 'list the numbers: rentcheck sql "SELECT * FROM pull_history"',
  });
}

function filePath(path: string | undefined): string {
  if (path !== undefined) return path;
  throw new Failure('usage', 'Missing file to import', {
    hint: 'e.g. rentcheck import charges bill.csv',
  });
}

function requireSourceId(id: string): void {
  if (ID_PATTERN.test(id)) return;
  throw new Failure('usage', `Invalid ID for --source: ${quoteShort(id)}`, {
    expected: 'letters, digits, ".", "_" and "-", at most 64 characters',
    hint: 'e.g. --source acme, and in rentcheck.yaml: sources: { acme: { kind: import } }',
  });
}

/** Rows of a source that the config does not list are stored, but no deployment can use them. */
function noteUnknown({ config }: JobContext, id: string, speech: Speech): void {
  if (id === IMPORT_SOURCE_ID || config.sources.some((source) => source.id === id)) return;
  const fix = `Add it: sources: { ${id}: { kind: import } }`;
  const what = `rentcheck.yaml has no source "${id}", so no deployment can use its rows.`;
  printNote(speech, 'note', `${what} ${fix}`);
}

function importKind(kind = ''): (typeof IMPORT_KINDS)[number] {
  const known = IMPORT_KINDS.find((name) => name === kind);
  if (known !== undefined) return known;
  const meant = nearestWord(kind, IMPORT_KINDS);
  const message =
    kind === '' ? 'Missing kind of import' : `Unknown kind of import ${quoteShort(kind)}`;
  throw new Failure('usage', message, {
    expected: `one of: ${IMPORT_KINDS.join(', ')}`,
    hint:
      meant === undefined ? 'e.g. rentcheck import charges bill.csv' : `did you mean "${meant}"?`,
  });
}

function formatOf(kind: string, { format }: ImportOptions): (typeof OPS_FORMATS)[number] {
  const known = OPS_FORMATS.find((name) => name === format);
  if (known === undefined) {
    throw new Failure('usage', `Unknown format ${quoteShort(format)}`, {
      expected: `one of: ${OPS_FORMATS.join(', ')}`,
      hint: 'omit --format where the header row shows the format, or use e.g. --format pagerduty',
    });
  }
  if (known === 'auto' || kind === 'ops') return known;
  throw new Failure('usage', `--format works only for ops files, not for ${kind}`, {
    hint: 'omit --format; to import an export of incidents: rentcheck import ops FILE',
  });
}
