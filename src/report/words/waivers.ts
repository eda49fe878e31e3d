/**
 * Knows who asked that a deployment stay, what that is worth to them, what it costs, and until
 * when.
 */

import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment, AuditWaiver } from '../../verdict/auditDeployment.ts';
import { dollars } from '../format.ts';
import { oneLine, shownName } from '../label.ts';
import { dayName } from './period.ts';
import { known, nearestOption } from './reading.ts';

export function waiversOf({ deployments }: Audit): string[] {
  return deployments.flatMap((deployment) =>
    deployment.waiver === null ? [] : [waiverLine(deployment, deployment.waiver)],
  );
}

function waiverLine(deployment: AuditDeployment, waiver: AuditWaiver): string {
  const worth = known(waiver.worthUsdPerQuarter);
  const terms = [
    `asked by ${shownName(waiver.owner)}`,
    worth === undefined ? 'worth not stated' : `worth at least ${dollars(worth)} a quarter`,
    expiryText(waiver),
  ];
  const reason = oneLine(waiver.reason, 120);
  const stays = `${shownName(deployment.id)} stays for ${reason} (${terms.join('; ')}).`;
  return `${stays} ${priceOf(deployment)}`.trim();
}

function expiryText({ expires, expired }: AuditWaiver): string {
  if (expires === null) return 'no expiry';
  return `${expired ? 'expired' : 'until'} ${dayName(expires)}`;
}

function priceOf(deployment: AuditDeployment): string {
  const nearest = nearestOption(deployment);
  const saving = known(nearest?.savingUsd);
  if (nearest === undefined || saving === undefined) return '';
  if (saving.num <= 0n) return 'It would also stay without the waiver.';
  return `Staying costs ${dollars(saving)} more than the best option, ${nearest.option}.`;
}
