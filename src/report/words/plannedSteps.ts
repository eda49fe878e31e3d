/** Derives steps for an older audit without any, from its plan. */

import type { Audit } from '../../verdict/audit.ts';
import { counted, dollars, UNKNOWN } from '../format.ts';
import { shownName } from '../label.ts';
import { capital } from '../copy/figures.ts';
import { changePhrase } from './plan.ts';
import { type DeploymentChange, knownAmount, plannedChanges, type Situation } from './reading.ts';
import type { ListedStep } from './stepLines.ts';
import type { Reader } from '../locale.ts';

/** A step for each planned change. Empty unless the verdict is to change something. */
export function derivePlanSteps(audit: Audit, situation: Situation, reader: Reader): ListedStep[] {
  return situation === 'change'
    ? plannedChanges(audit).map((each) => changeStep(each, reader))
    : [];
}

function changeStep({ deployment, option, figures }: DeploymentChange, reader: Reader): ListedStep {
  const usd = knownAmount(figures?.savingUsd);
  const action = capital(changePhrase(option, shownName(deployment.id)));
  const what = `${action}${howTo(deployment.hosted?.host, figures, reader)}`;
  return { what, worth: usd === undefined ? UNKNOWN : dollars(usd, reader), usd, isMissing: false };
}

function howTo(
  host: string | undefined,
  figures: DeploymentChange['figures'],
  reader: Reader,
): string {
  if (figures?.option === 'delete' && host !== undefined) {
    return ` and send its tokens to ${shownName(host)}`;
  }
  const replicas = figures?.detail.replicas;
  if (figures?.option !== 'hybrid' || replicas === undefined) return '';
  const rest = host === undefined ? 'a hosted API' : shownName(host);
  return ` at ${counted(replicas, 'replica', reader)} and send the overflow to ${rest}`;
}
