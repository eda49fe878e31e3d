/** Knows what changed since the audit before: spend, traffic, price, and verdicts that turned. */

import { decimal } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars, tokenCount } from '../format.ts';
import { shownName } from '../label.ts';
import { priceText } from './figures.ts';
import { known } from './reading.ts';

export function changesSince(previous: Audit | undefined, audit: Audit): string[] {
  if (previous === undefined) return [];
  const [before, now] = [previous.totals, audit.totals];
  const spend = `${dollars(decimal(before.spendUsd))} to ${dollars(decimal(now.spendUsd))}`;
  const tokens = `${tokenCount(before.tokens)} to ${tokenCount(now.tokens)}`;
  const owned = turned(before.effectiveUsdPerMtok, now.effectiveUsdPerMtok);
  const hosted = turned(before.hostedUsdPerMtok, now.hostedUsdPerMtok);
  return [
    `Spend went from ${spend}, tokens from ${tokens}.`,
    `A million tokens went from ${owned} owned, and from ${hosted} hosted.`,
    ...turnedVerdicts(previous, audit),
  ];
}

function turnedVerdicts(previous: Audit, audit: Audit): string[] {
  const before = new Map(previous.deployments.map(({ id, verdict }) => [id, verdict]));
  const now = new Set(audit.deployments.map(({ id }) => id));
  const gone = previous.deployments.filter(({ id }) => !now.has(id));
  const standing = audit.deployments.flatMap(({ id, verdict }) => {
    const old = before.get(id);
    if (old === undefined) return [`${shownName(id)} is new: ${verdict}.`];
    return old === verdict ? [] : [`${shownName(id)} turned from ${old} to ${verdict}.`];
  });
  return [
    ...standing,
    ...gone.map(({ id, verdict }) => `${shownName(id)} is gone; its verdict was ${verdict}.`),
  ];
}

function turned(before: string | null, now: string | null): string {
  return `${priceText(known(before))} to ${priceText(known(now))}`;
}
