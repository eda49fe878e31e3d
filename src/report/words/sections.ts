/** Knows the sections below the answer, in order of reading. */

import type { Audit } from '../../verdict/audit.ts';
import { shownSentence } from '../label.ts';
import { doubtsOf } from './doubts.ts';
import { leavingLines } from './leaving.ts';
import { lookBackLines } from './lookBack.ts';
import { methodOf } from './method.ts';
import { optionLines, optionTables } from './optionTables.ts';
import { outlookLines, outlookTitle, scenarioTables } from './outlook.ts';
import { periodName } from './period.ts';
import type { Situation } from './reading.ts';
import { reasonsOf } from './reasons.ts';
import { changesSince } from './since.ts';
import { surenessOf } from './sureness.ts';
import type { Table } from './table.ts';
import { thumbLines } from './thumbs.ts';
import { tornadoOf } from './tornado.ts';
import { waiversOf } from './waivers.ts';
import { wholeStackTables } from './wholeStack.ts';

export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
  readonly tables: readonly Table[];
}

interface Telling {
  readonly audit: Audit;
  readonly previous: Audit | undefined;
  readonly situation: Situation;
  /** What stands above, not to be told twice. */
  readonly why: readonly string[];
}

export function sectionsOf(telling: Telling): Section[] {
  return [...onTheAnswer(telling), ...onItsGrounds(telling)].filter(
    ({ lines, tables }) => lines.length + tables.length > 0,
  );
}

function onTheAnswer({ audit, situation, why }: Telling): Section[] {
  const isActed = situation === 'change' || situation === 'keep';
  const missing = isActed ? audit.stack.missing.map(shownSentence) : [];
  return [
    section('What would change our mind', doubtsOf(audit, situation), tornadoOf(audit)),
    section(outlookTitle(audit), outlookLines(audit), scenarioTables(audit)),
    section("How last quarter's forecast did", lookBackLines(audit)),
    section('What is missing', missing),
    section('The reasons', reasonsOf(audit, why)),
    section('What leaving would leave behind', leavingLines(audit)),
    section('Who must stay', waiversOf(audit)),
  ];
}

function onItsGrounds({ audit, previous, situation }: Telling): Section[] {
  const tables = situation === 'nothing' || situation === 'empty' ? [] : optionTables(audit);
  const since = previous === undefined ? '' : `Since ${periodName(previous)}`;
  return [
    section('If the whole stack went one way', [], wholeStackTables(audit)),
    section('The options', tables.length === 0 ? [] : optionLines(audit), tables),
    section('Rules of thumb, and where this stack stands', thumbLines(audit, situation)),
    section('How sure we are', surenessOf(audit)),
    section(since, changesSince(previous, audit)),
    section('How this was computed', methodOf(audit)),
  ];
}

function section(title: string, lines: readonly string[], tables: readonly Table[] = []): Section {
  return { title, lines, tables };
}
