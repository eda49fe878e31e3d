/** Knows the letter to a deployment's owner: its answer, all its options, and all its reasons. */

import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment } from '../../verdict/auditDeployment.ts';
import type { Move } from '../../verdict/moves.ts';
import { capacityBasisOf, capacityBasisText } from '../copy/capacityBasis.ts';
import { asSentence, shownName, shownSentence } from '../label.ts';
import type { PageWords } from '../words.ts';
import { actionsOf } from './actions.ts';
import { aloneAudit } from './alone.ts';
import { type Corrected, correctionTable, corrective, type Late, noticesOf } from './correction.ts';
import { doubtsOf } from './doubts.ts';
import { figuresOf, figureTable } from './figures.ts';
import { flipTable } from './flips.ts';
import { leavingLines } from './leaving.ts';
import { adviceOn } from './lookBack.ts';
import { identityOf } from './method.ts';
import { complete } from './older.ts';
import { optionLines, optionTable } from './optionTables.ts';
import { flipDayOf } from './outlook.ts';
import { ownAnswer } from './ownAnswer.ts';
import { besideLines } from './beside.ts';
import { periodName } from './period.ts';
import { type Situation, situationOf } from './reading.ts';
import { otherReasons } from './reasons.ts';
import { EDITION_TITLE, hasContent, section } from './sections.ts';
import { stepsOf } from './steps.ts';
import { coverageLine, warningLines } from './sureness.ts';
import type { Table } from './table.ts';
import { podLines } from './thumbs.ts';
import { waiversOf } from './waivers.ts';
import { whyOf } from './why.ts';

export interface OwnerWords extends PageWords {
  readonly period: string;
  readonly finding: string;
}

interface Owned {
  readonly audit: Audit;
  readonly deployment: AuditDeployment;
  readonly edition?: number | undefined;
  readonly late?: Late | undefined;
  readonly corrects?: Corrected | undefined;
  /** What moved of this deployment since that edition. */
  readonly moves?: readonly Move[] | undefined;
  /** Whether changes.csv tells of the same edition. */
  readonly isListed?: boolean | undefined;
  /** What is to be known of this letter besides. */
  readonly notes?: readonly string[] | undefined;
}

/** Of an audit that is complete. */
export function ownerWords(owned: Owned): OwnerWords {
  const { audit: whole, deployment, edition } = owned;
  const audit = aloneAudit(whole, deployment);
  const situation = situationOf(audit);
  const name = shownName(deployment.id);
  const { notices, corrections } = ownCorrection(audit, owned);
  const number = edition === undefined ? '' : `, edition ${edition}`;
  return {
    period: periodName(whole),
    kicker: `Rent check ${periodName(whole)}${number}: ${name}`,
    ...ownAnswer(audit, whole),
    notices,
    lead: [],
    actions: actionsOf(audit, situation),
    page: [section('At a glance', { tables: [figureTable(figuresOf(audit, situation))] })],
    sections: [
      section(EDITION_TITLE, { tables: corrections }),
      ...sectionsOf(whole, audit, situation),
    ].filter((each) => hasContent(each, NONE)),
    identity: [...identityOf(whole), ...(owned.notes ?? []).map(shownSentence)],
  };
}

/** A chart here never stands alone below a title. */
const NONE: ReadonlySet<never> = new Set();

interface OwnCorrection extends Pick<PageWords, 'notices'> {
  readonly corrections: readonly Table[];
}

/** What the edition before said of this deployment, and what of that differs. */
function ownCorrection(
  audit: Audit,
  { audit: whole, deployment: { id }, edition, late, corrects, ...told }: Owned,
): OwnCorrection {
  if (corrects === undefined) return { notices: noticesOf(audit, { late }), corrections: [] };
  const { number } = corrects;
  const before = complete(corrects.audit);
  const known = before.deployments.find((one) => one.id === id);
  if (known === undefined) {
    const what = `${corrective(number, edition)}, which told nothing of ${shownName(id)}.`;
    return { notices: [what, ...noticesOf(audit, { late })], corrections: [] };
  }
  const alone = { number, audit: aloneAudit(before, known) };
  const findings = {
    was: ownAnswer(alone.audit, before).finding,
    is: ownAnswer(audit, whole).finding,
  };
  return {
    notices: noticesOf(audit, { edition, corrects: alone, late }, findings),
    corrections: correctionTable({
      before: alone.audit,
      after: audit,
      moves: told.moves ?? [],
      isListed: told.isListed === true,
    }),
  };
}

function sectionsOf(whole: Audit, audit: Audit, situation: Situation) {
  const [deployment] = audit.deployments;
  if (deployment === undefined) return [];
  const { id } = deployment;
  return [
    section('Why', {
      sentences: [...whyOf(audit, situation), ...otherReasons(audit, situation)],
      slot: 'deployments',
    }),
    section('What to do next', { steps: stepsOf(audit, situation), lines: leavingLines(audit) }),
    section('What would change the answer', {
      lines: [...doubtsOf(audit, situation), ...flipDayOf(whole, id)],
      tables: flipTable(audit),
    }),
    section('The options', {
      lines: optionLines(audit),
      tables: [optionTable(deployment)],
    }),
    section("What came of last quarter's advice", { lines: adviceOn(whole, id) }),
    section('How certain the figures are', {
      lines: [
        coverageLine(audit),
        ...capacityLine(deployment),
        ...warningLines(deployment),
        ...besideLines(deployment),
        ...podLines(audit),
      ],
    }),
    section('Waiver to renew', { lines: waiversOf(audit) }),
  ];
}

function capacityLine(deployment: AuditDeployment): string[] {
  const basis = capacityBasisOf(deployment);
  return basis === null ? [] : [asSentence(`its capacity is ${capacityBasisText(basis)}`)];
}
