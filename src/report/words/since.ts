/** Renders changes since the previous audit: spend, traffic, prices and verdicts. */

import { compare, decimal, type Exact } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars, tokenCount } from '../format.ts';
import { shownName } from '../label.ts';
import { priceText } from './figures.ts';
import { known } from './reading.ts';
import type { Reader } from '../locale.ts';

export function changesSince(previous: Audit | undefined, audit: Audit, reader: Reader): string[] {
  if (previous === undefined) return [];
  const [before, now] = [previous.totals, audit.totals];
  const spend =
    `${dollars(decimal(before.spendUsd), reader)} ` +
    `to ${dollars(decimal(now.spendUsd), reader)}`;
  const tokens = `${tokenCount(before.tokens, reader)} to ${tokenCount(now.tokens, reader)}`;
  const owned = moved(before.effectiveUsdPerMtok, now.effectiveUsdPerMtok, reader);
  const hosted = moved(before.hostedUsdPerMtok, now.hostedUsdPerMtok, reader);
  return [
    `Spend went from ${spend}, and tokens from ${tokens}.`,
    `The price per million tokens went from ${owned} self-hosted, and from ${hosted} hosted.`,
    ...turnedVerdicts(previous, audit),
  ];
}

const MOST_TURNS = 10;

/** A deployment's change, and the phrase for several of the same kind. */
interface Turn {
  readonly spend: Exact;
  readonly text: string;
  readonly of: (count: number) => string;
}

/** Changed verdicts. If there are many: those with the most spend, and counts of the others. */
function turnedVerdicts(previous: Audit, audit: Audit): string[] {
  const turns = turnsOf(previous, audit);
  if (turns.length <= MOST_TURNS) return turns.map(({ text }) => text);
  const large = turns.toSorted((a, b) => compare(b.spend, a.spend));
  const rest = large.slice(MOST_TURNS);
  const kinds = Map.groupBy(rest, ({ of }) => of(0));
  const counts = [...kinds.values()]
    .toSorted((a, b) => b.length - a.length)
    .map((alike) => alike[0]?.of(alike.length));
  return [
    ...large.slice(0, MOST_TURNS).map(({ text }) => text),
    `And ${rest.length} more: ${counts.join(', ')}.`,
  ];
}

function turnsOf(previous: Audit, audit: Audit): Turn[] {
  const before = new Map(previous.deployments.map(({ id, verdict }) => [id, verdict]));
  const now = new Set(audit.deployments.map(({ id }) => id));
  const gone = previous.deployments.filter(({ id }) => !now.has(id));
  const standing = audit.deployments.flatMap(({ id, verdict, spendUsd }): Turn[] => {
    const [old, spend, name] = [before.get(id), decimal(spendUsd), shownName(id)];
    if (old === undefined)
      return [{ spend, text: `${name} is new, with the verdict "${verdict}".`, of: areNew }];
    const turn = `changed from "${old}" to "${verdict}"`;
    const of = (count: number) => `${count} ${turn}`;
    return old === verdict ? [] : [{ spend, text: `${name} ${turn}.`, of }];
  });
  const left = gone.map(({ id, verdict, spendUsd }): Turn => {
    const text = `${shownName(id)} is no longer audited. Its last verdict was "${verdict}".`;
    return { spend: decimal(spendUsd), text, of: areGone };
  });
  return [...standing, ...left];
}

function areNew(count: number): string {
  return `${count} ${count === 1 ? 'is' : 'are'} new`;
}

function areGone(count: number): string {
  return `${count} ${count === 1 ? 'is' : 'are'} no longer audited`;
}

function moved(before: string | null, now: string | null, reader: Reader): string {
  return `${priceText(known(before), reader)} to ${priceText(known(now), reader)}`;
}
