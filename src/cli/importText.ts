/** The sentences about an import and an undo, for a terminal. */

import { decimal } from '../domain/exact.ts';
import type { EarlierFetch, ImportResult, KnownRows, RestatedLine } from '../jobs/importResult.ts';
import type { UndoneResult, UndoResult } from '../jobs/undoImport.ts';
import { importText } from './factsText.ts';
import { nearest, shown } from '../platform/wording.ts';
import { counted, dollarsTo, wholeNumber } from '../report/format.ts';

/** What standard output says of an import. */
export function importSentence(result: ImportResult): string {
  const { fetch, sameAs } = result;
  const same = sameAs === undefined ? '' : `; the same file as fetch ${sameAs.fetch}`;
  return `${importText(result)} (fetch ${fetch}${same})`;
}

/** One line each, for standard error: rejected rows, then restated facts. */
export function importLines(result: Omit<ImportResult, 'fetch'>): string[] {
  const { file, rejects, rejectsNotListed, restatements, restatementsNotListed } = result;
  const rest = 'rentcheck sql lists them';
  return [
    ...rejects.map(({ line, reason }) => `${file}:${line}: ${reason}`),
    ...more(rejectsNotListed, 'rejected row', `${rest}, the first thousand, from "reject"`),
    ...restatements.map((one) => `${file}:${one.line}: ${restatedText(one)}`),
    ...more(restatementsNotListed, 'restated fact', `${rest}, from "restatement_history"`),
  ];
}

function more(count: number, noun: string, where: string): string[] {
  return count === 0 ? [] : [`and ${counted(count, noun)} more; ${where}`];
}

function restatedText({ fact, name, changes, earlier }: RestatedLine): string {
  const what = `the ${fact} of ${nameText(name)}`;
  return `restates ${what}: ${changesText(changes)}; ${placeText(earlier)}`;
}

function nameText(name: RestatedLine['name']): string {
  return Object.entries(name)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}

function changesText(changes: RestatedLine['changes']): string {
  return changes
    .map(({ column, was, now }) => `${column} was ${was ?? 'unknown'}, is ${now ?? 'unknown'}`)
    .join('; ');
}

function placeText({ file, line, fetch }: RestatedLine['earlier']): string {
  return line < 0 ? `before: fetch ${fetch}` : `before: line ${line} of ${file} (fetch ${fetch})`;
}

/** What a person should know of an import that did what it was asked. */
export function importNotes(result: ImportResult, deployments: readonly string[]): string[] {
  const { restatedUsd, fetch, notYetInForce: later } = result;
  const restated =
    restatedUsd === undefined
      ? []
      : [
          `the restated charges were ${money(restatedUsd.was)} and are ` +
            `${money(restatedUsd.now)}; if that was not meant: rentcheck import --undo ${fetch}`,
        ];
  const ahead =
    later === undefined
      ? []
      : [`${counted(later.rows, 'row')} will hold only later, the last from ${later.latest} on`];
  return [
    ...restated,
    ...knownSentences(result),
    ...undeclaredSentences(result, deployments),
    ...ahead,
    ...result.warnings,
  ];
}

/** Rows that an earlier file had told, word for word: said, for they might be others. */
function knownSentences({ known, sameAs }: ImportResult): string[] {
  if (sameAs !== undefined) return [];
  return known.map(
    (rows) =>
      `${amountOf(rows)} already known from ${named(rows)} and count once; if they are not the ` +
      'same, give each line an id of its own, or import with another --source',
  );
}

function amountOf({ rows, usd, hours }: KnownRows): string {
  const verb = rows === 1 ? 'was' : 'were';
  if (usd !== undefined) return `${counted(rows, 'charge')} (${money(usd)}) ${verb}`;
  return `${wholeNumber(rows)} ${rows === 1 ? 'entry' : 'entries'} (${hours} hours) ${verb}`;
}

function undeclaredSentences(
  { undeclared, undeclaredRowsNotListed: others }: ImportResult,
  deployments: readonly string[],
): string[] {
  const told = undeclared.map(({ fact, deployment, rows }) => {
    const meant = nearest(deployment, deployments);
    const hint = meant === undefined ? 'add it to deployments' : `did you mean ${shown(meant)}?`;
    const fate = fact === 'usage' ? 'will be in no figure' : 'will count for the whole stack';
    const what = `${counted(rows, 'row')} of ${fact === 'usage' ? 'usage' : 'hours'}`;
    return `rentcheck.yaml names no deployment ${shown(deployment)}: ${what} ${fate}; ${hint}`;
  });
  const rest = `${counted(others, 'row')} of further deployments that rentcheck.yaml does not name`;
  return others === 0 ? told : [...told, rest];
}

function named({ file, fetch }: EarlierFetch): string {
  return `${file} (fetch ${fetch})`;
}

function money(usd: string): string {
  return dollarsTo(decimal(usd), 2);
}

/** What standard output says of an undo. */
export function undoSentence(result: UndoResult): string {
  const { undone } = result;
  if (result.outcome === 'undone') return undoneSentence(result);
  if (result.outcome === 'already') {
    return `fetch ${undone.fetch} was undone before, by fetch ${result.by?.fetch}; nothing changed`;
  }
  const original = result.sameAs === undefined ? '' : ` repeats ${named(result.sameAs)} and`;
  return `fetch ${undone.fetch}${original} brought nothing of its own; nothing changed`;
}

function undoneSentence(result: UndoneResult): string {
  const { file, counts, fetch, withdrawn, restored, kept, changedUsd } = result;
  const parts = [`${wholeNumber(withdrawn)} withdrawn`, `${wholeNumber(restored)} restored`];
  if (kept > 0) parts.push(`${wholeNumber(kept)} kept`);
  const dollars =
    changedUsd === undefined
      ? ''
      : `; charges were ${money(changedUsd.was)} and are ${money(changedUsd.now)}`;
  const state = counts ? 'counts again' : 'no longer counts';
  return `${named(file)} ${state}: ${parts.join(', ')}${dollars} (fetch ${fetch})`;
}

/** One line for each fact that an undo changed. */
export function undoLines(result: UndoResult): string[] {
  if (result.outcome !== 'undone') return [];
  const { changes, changesNotListed } = result;
  return [
    ...changes.map(({ fact, name, changes: columns }) => {
      return `the ${fact} of ${nameText(name)}: ${undoneText(columns)}`;
    }),
    ...more(changesNotListed, 'changed fact', 'rentcheck sql lists them, by undo_ref'),
  ];
}

function undoneText(changes: RestatedLine['changes']): string {
  return changes
    .map(({ column, was, now }) => `${column} was ${was ?? 'none'}, is ${now ?? 'none'}`)
    .join('; ');
}

/** What a person should know of an undo. */
export function undoNotes(result: UndoResult): string[] {
  if (result.outcome !== 'undone') {
    const { by, sameAs } = result;
    if (by !== undefined) return [`to bring it back: rentcheck import --undo ${by.fetch}`];
    return sameAs === undefined
      ? []
      : [`to undo that file: rentcheck import --undo ${sameAs.fetch}`];
  }
  const { kept, keptBy, refusedSince, unsureOf, fetch } = result;
  const list = (all: readonly EarlierFetch[]) => all.map(named).join(', ');
  return [
    ...(kept === 0 ? [] : [`${counted(kept, 'fact')} stay as ${list(keptBy)} told them`]),
    ...(refusedSince.length === 0
      ? []
      : [`rows were refused because of it; import again: ${list(refusedSince)}`]),
    ...(unsureOf.length === 0
      ? []
      : [
          'repeated rows were not remembered by older versions; if these files hold some of the ' +
            `withdrawn facts, import them again: ${list(unsureOf)}`,
        ]),
    `to take this back: rentcheck import --undo ${fetch}`,
  ];
}
