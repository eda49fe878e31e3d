/** Renders changes since the previous audit: spend, traffic, prices and verdicts. */

import { compare, decimal, type Exact } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars, tokenCount } from '../format.ts';
import { shownName } from '../label.ts';
import { priceText } from './figures.ts';
import { knownAmount } from './reading.ts';
import type { Reader } from '../locale.ts';

/** Lines on the changes. Empty without a previous audit. */
export function changesSinceLines(
  previous: Audit | undefined,
  audit: Audit,
  reader: Reader,
): string[] {
  if (previous === undefined) return [];
  const [before, now] = [previous.totals, audit.totals];
  const spend =
    `${dollars(decimal(before.spendUsd), reader)} ` +
    `to ${dollars(decimal(now.spendUsd), reader)}`;
  const tokens = `${tokenCount(before.tokens, reader)} to ${tokenCount(now.tokens, reader)}`;
  const selfHosted = moved(before.effectiveUsdPerMtok, now.effectiveUsdPerMtok, reader);
  const hosted = moved(before.hostedUsdPerMtok, now.hostedUsdPerMtok, reader);
  return [
    `Spend went from ${spend}, and tokens from ${tokens}.`,
    `The price per million tokens went from ${selfHosted} self-hosted, and from ${hosted} hosted.`,
    ...verdictChangeLines(previous, audit),
  ];
}

const MOST_CHANGES = 10;

/** A deployment's change, and the phrase for several of the same kind. */
interface VerdictChange {
  readonly spend: Exact;
  readonly text: string;
  readonly countText: (count: number) => string;
}

/** Changed verdicts. If there are many: those with the most spend, and counts of the others. */
function verdictChangeLines(previous: Audit, audit: Audit): string[] {
  const changes = findVerdictChanges(previous, audit);
  if (changes.length <= MOST_CHANGES) return changes.map(({ text }) => text);
  const large = changes.toSorted((a, b) => compare(b.spend, a.spend));
  const rest = large.slice(MOST_CHANGES);
  const kinds = Map.groupBy(rest, ({ countText }) => countText(0));
  const counts = [...kinds.values()]
    .toSorted((a, b) => b.length - a.length)
    .map((alike) => alike[0]?.countText(alike.length));
  return [
    ...large.slice(0, MOST_CHANGES).map(({ text }) => text),
    `And ${rest.length} more: ${counts.join(', ')}.`,
  ];
}

function findVerdictChanges(previous: Audit, audit: Audit): VerdictChange[] {
  const before = new Map(previous.deployments.map(({ id, verdict }) => [id, verdict]));
  const now = new Set(audit.deployments.map(({ id }) => id));
  const gone = previous.deployments.filter(({ id }) => !now.has(id));
  const current = audit.deployments.flatMap(({ id, verdict, spendUsd }): VerdictChange[] => {
    const [old, spend, name] = [before.get(id), decimal(spendUsd), shownName(id)];
    if (old === undefined)
      return [
        { spend, text: `${name} is new, with the verdict "${verdict}".`, countText: newText },
      ];
    const phrase = `changed from "${old}" to "${verdict}"`;
    const countText = (count: number) => `${count} ${phrase}`;
    return old === verdict ? [] : [{ spend, text: `${name} ${phrase}.`, countText }];
  });
  const left = gone.map(({ id, verdict, spendUsd }): VerdictChange => {
    const text = `${shownName(id)} is no longer audited. Its last verdict was "${verdict}".`;
    return { spend: decimal(spendUsd), text, countText: goneText };
  });
  return [...current, ...left];
}

function newText(count: number): string {
  return `${count} ${count === 1 ? 'is' : 'are'} new`;
}

function goneText(count: number): string {
  return `${count} ${count === 1 ? 'is' : 'are'} no longer audited`;
}

function moved(before: string | null, now: string | null, reader: Reader): string {
  return `${priceText(knownAmount(before), reader)} to ${priceText(knownAmount(now), reader)}`;
}
