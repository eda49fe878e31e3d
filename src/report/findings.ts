/** What a report states of one audit, made once: pages, messages and figures take it from here. */

import type { Audit } from '../verdict/audit.ts';
import { listFigures } from './figures/catalog.ts';
import type { AuditFigure } from './figures/figure.ts';
import type { FigureSource, OwnFindings } from './figures/page.ts';
import type { Reader } from './locale.ts';
import { listActions } from './sections/actions.ts';
import type { AuditReading } from './sections/auditReading.ts';
import { certaintyLines } from './sections/certainty.ts';
import { readAudit } from './sections/completeAudit.ts';
import type { DeploymentReading } from './sections/deploymentReading.ts';
import { deploymentRows } from './sections/deploymentRows.ts';
import { billTables } from './sections/financeBooks.ts';
import { renderHeadline } from './sections/headline.ts';
import { type MainFigures, mainFigures } from './sections/mainFigures.ts';
import { renderOwnHeadline } from './sections/ownHeadline.ts';
import { singleDeploymentAudit } from './sections/singleDeployment.ts';
import { listSteps, type ListedSteps, numberSteps } from './sections/steps.ts';
import { totalCostTable } from './sections/totalCost.ts';
import { whyLines } from './sections/why.ts';

export interface AuditFindings extends FigureSource {
  /** Prices, utilization and saving. */
  readonly main: MainFigures;
  readonly why: readonly string[];
  /** Steps before they are numbered or shortened to actions. */
  readonly listed: ListedSteps;
  readonly figures: readonly AuditFigure[];
}

/** Findings of a stored audit of any version. */
export function readFindings(stored: Audit, reader: Reader): AuditFindings {
  return computeFindings(readAudit(stored, reader), reader);
}

export function computeFindings(audit: AuditReading, reader: Reader): AuditFindings {
  const listed = listSteps(audit, reader);
  const source: FigureSource = {
    audit,
    headline: renderHeadline(audit, reader),
    own: audit.deployments.map((each) => ownFindings(audit, each, reader)),
    steps: numberSteps(audit, listed, reader),
    actions: listActions(audit, listed, reader),
    rows: deploymentRows(audit, reader),
    costs: totalCostTable(audit, reader),
    certainty: certaintyLines(audit, reader, true),
    bill: billTables(audit, reader),
  };
  return {
    ...source,
    main: mainFigures(audit, reader),
    why: whyLines(audit, reader),
    listed,
    figures: listFigures(source, reader),
  };
}

/** The audit and headline of one deployment. */
export function ownFindings(
  whole: AuditReading,
  deployment: DeploymentReading,
  reader: Reader,
): OwnFindings {
  const audit = singleDeploymentAudit(whole, deployment, reader);
  return { deployment, audit, headline: renderOwnHeadline(audit, whole, reader) };
}
