/** Renders the results of an import and of an undo for the terminal. */

import { decimal } from '../domain/exact.ts';
import type { EarlierFetch, ImportResult, KnownRows, RestatedLine } from '../jobs/importResult.ts';
import type { UndoneResult, UndoResult } from '../jobs/undoImport.ts';
import { nearestWord, quoteShort } from '../platform/text.ts';
import { counted, dollarsTo, wholeText } from '../report/format.ts';
import { TERMINAL_READER } from '../report/locale.ts';
import { formatCount, groupThousands } from '../domain/figures.ts';
import type { PullResult } from '../jobs/pullResult.ts';

/** The summary of an import, for standard output. */
export function renderImportSummary(result: ImportResult): string {
  const { fetch, sameAs } = result;
  const same = sameAs === undefined ? '' : `, same file as fetch ${sameAs.fetch}`;
  return `${renderImportCounts(result)} (fetch ${fetch}${same})`;
}

/** Rejected rows, then restated facts, one per line, for standard error. */
export function renderImportLines(result: Omit<ImportResult, 'fetch'>): string[] {
  const { file, rejects, rejectsNotListed, restatements, restatementsNotListed } = result;
  return [
    ...rejects.map(({ line, reason }) => `${file}:${line}: ${reason}`),
    ...more(
      rejectsNotListed,
      'rejected row',
      'list the first 1,000 with: rentcheck sql "SELECT * FROM reject"',
    ),
    ...restatements.map((one) => `${file}:${one.line}: ${restatedText(one)}`),
    ...more(
      restatementsNotListed,
      'restated fact',
      'list them with: rentcheck sql "SELECT * FROM restatement_history"',
    ),
  ];
}

function more(count: number, noun: string, where: string): string[] {
  return count === 0 ? [] : [`${counted(count, `more ${noun}`, TERMINAL_READER)}; ${where}`];
}

function restatedText({ fact, name, changes, earlier }: RestatedLine): string {
  const change = changesText(changes, 'unknown');
  return `restates ${fact} (${nameText(name)}): ${change}; earlier value: ${placeText(earlier)}`;
}

function nameText(name: RestatedLine['name']): string {
  return Object.entries(name)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}

/** `billed_cost from 1.00 to 2.00`; `nothing` is printed for a value that is absent. */
function changesText(changes: RestatedLine['changes'], nothing: string): string {
  return changes
    .map(({ column, was, now }) => `${column} from ${was ?? nothing} to ${now ?? nothing}`)
    .join(', ');
}

function placeText({ file, line, fetch }: RestatedLine['earlier']): string {
  return line < 0 ? `fetch ${fetch}` : `line ${line} of ${file} (fetch ${fetch})`;
}

/** Notes about an import that succeeded. */
export function renderImportNotes(result: ImportResult, deployments: readonly string[]): string[] {
  const { restatedUsd, fetch, notYetInForce: later } = result;
  const restated =
    restatedUsd === undefined
      ? []
      : [
          `Restated charges changed from ${money(restatedUsd.was)} to ` +
            `${money(restatedUsd.now)}. To undo this import: rentcheck import --undo ${fetch}`,
        ];
  const ahead =
    later === undefined
      ? []
      : [
          `${counted(later.rows, 'row', TERMINAL_READER)} take effect in the future, ` +
            `the last on ${later.latest}.`,
        ];
  return [
    ...restated,
    ...knownSentences(result),
    ...undeclaredSentences(result, deployments),
    ...ahead,
    ...result.warnings,
  ];
}

/** Notes about rows that are identical to rows of an earlier file but may be other charges. */
function knownSentences({ known, sameAs }: ImportResult): string[] {
  if (sameAs !== undefined) return [];
  return known.map(
    (rows) =>
      `${amountOf(rows)} already imported from ${named(rows)}. They are counted once. If they ` +
      'are not the same, give each row its own ID, or import the file with another --source.',
  );
}

function amountOf({ rows, usd, hours }: KnownRows): string {
  const verb = rows === 1 ? 'was' : 'were';
  if (usd !== undefined)
    return `${counted(rows, 'charge', TERMINAL_READER)} (${money(usd)}) ${verb}`;
  const count = wholeText(rows, TERMINAL_READER);
  return `${count} ${rows === 1 ? 'entry' : 'entries'} (${hours} hours) ${verb}`;
}

function undeclaredSentences(
  { undeclared, undeclaredRowsNotListed: others }: ImportResult,
  deployments: readonly string[],
): string[] {
  const sentences = undeclared.map(({ fact, deployment, rows }) => {
    const meant = nearestWord(deployment, deployments);
    const fix =
      meant === undefined ? 'Add it to deployments.' : `Did you mean ${quoteShort(meant)}?`;
    const fate = fact === 'usage' ? 'are not counted' : 'count for the whole stack';
    const rowCount = counted(rows, 'row', TERMINAL_READER);
    const what = `${rowCount} of ${fact === 'usage' ? 'usage' : 'hours'}`;
    return `rentcheck.yaml has no deployment ${quoteShort(deployment)}, so ${what} ${fate}. ${fix}`;
  });
  const moreRows = counted(others, 'more row', TERMINAL_READER);
  const rest = `${moreRows} name other deployments that are not configured.`;
  return others === 0 ? sentences : [...sentences, rest];
}

function named({ file, fetch }: EarlierFetch): string {
  return `${file} (fetch ${fetch})`;
}

function money(usd: string): string {
  return dollarsTo(decimal(usd), 2, TERMINAL_READER);
}

/** The summary of an undo, for standard output. */
export function renderUndoSummary(result: UndoResult): string {
  const { undone } = result;
  if (result.outcome === 'undone') return undoneSentence(result);
  if (result.outcome === 'already') {
    const by = `fetch ${result.by?.fetch}`;
    return `Fetch ${undone.fetch} was already undone by ${by}. Nothing changed.`;
  }
  const why = result.sameAs === undefined ? '' : `, because it repeats ${named(result.sameAs)}`;
  return `Fetch ${undone.fetch} stored no facts of its own${why}. Nothing changed.`;
}

function undoneSentence(result: UndoneResult): string {
  const { file, counts, fetch, withdrawn, restored, kept, changedUsd } = result;
  const parts = [
    `${wholeText(withdrawn, TERMINAL_READER)} withdrawn`,
    `${wholeText(restored, TERMINAL_READER)} restored`,
  ];
  if (kept > 0) parts.push(`${wholeText(kept, TERMINAL_READER)} kept`);
  const dollars =
    changedUsd === undefined
      ? ''
      : `; charges changed from ${money(changedUsd.was)} to ${money(changedUsd.now)}`;
  const state = counts ? 'counts again' : 'no longer counts';
  return `${named(file)} ${state}: ${parts.join(', ')}${dollars} (fetch ${fetch})`;
}

/** One line for each fact that an undo changed. */
export function renderUndoLines(result: UndoResult): string[] {
  if (result.outcome !== 'undone') return [];
  const { changes, changesNotListed } = result;
  return [
    ...changes.map(({ fact, name, changes: columns }) => {
      return `${fact} (${nameText(name)}): ${changesText(columns, 'none')}`;
    }),
    ...more(
      changesNotListed,
      'changed fact',
      'list them with: rentcheck sql "SELECT * FROM restatement_history ' +
        `WHERE undo_ref = ${result.fetch}"`,
    ),
  ];
}

/** Notes about an undo. */
export function renderUndoNotes(result: UndoResult): string[] {
  if (result.outcome !== 'undone') {
    const { by, sameAs } = result;
    if (by !== undefined) return [`To restore it: rentcheck import --undo ${by.fetch}`];
    return sameAs === undefined
      ? []
      : [`To undo that file: rentcheck import --undo ${sameAs.fetch}`];
  }
  const { kept, keptBy, refusedSince, unsureOf, fetch } = result;
  const list = (all: readonly EarlierFetch[]) => all.map(named).join(', ');
  return [
    ...(kept === 0
      ? []
      : [
          `${counted(kept, 'fact', TERMINAL_READER)} ` +
            `${kept === 1 ? 'keeps its' : 'keep their'} value ` +
            `from ${list(keptBy)}.`,
        ]),
    ...(refusedSince.length === 0
      ? []
      : [`Rows were rejected because of the undone import. Import again: ${list(refusedSince)}`]),
    ...(unsureOf.length === 0
      ? []
      : [
          'Older versions did not record repeated rows. If these files contain withdrawn facts, ' +
            `import them again: ${list(unsureOf)}`,
        ]),
    `To reverse this undo: rentcheck import --undo ${fetch}`,
  ];
}

/** `charges.csv: 1,204 rows, 1,200 new, 0 restated, 3 unchanged, 1 rejected`. */
export function renderImportCounts(result: Omit<ImportResult, 'fetch'>): string {
  return `${result.file}: ${[formatCount(result.rows, 'row'), ...countParts(result)].join(', ')}`;
}

/** `prom: 2,016 new, 0 restated, 0 unchanged, 1 of 7 requests failed`. */
export function renderPullCounts(result: PullResult): string {
  const { source, fetches, failures } = result;
  const requests = formatCount(fetches, 'request');
  const failed =
    failures.length === 0 ? [] : [`${groupThousands(failures.length)} of ${requests} failed`];
  return `${source}: ${[...countParts(result), ...failed].join(', ')}`;
}

type Counts = Pick<PullResult, 'added' | 'restated' | 'unchanged' | 'rejected'>;

function countParts({ added, restated, unchanged, rejected }: Counts): string[] {
  const parts = [
    `${groupThousands(added)} new`,
    `${groupThousands(restated)} restated`,
    `${groupThousands(unchanged)} unchanged`,
  ];
  return rejected > 0 ? [...parts, `${groupThousands(rejected)} rejected`] : parts;
}
