/** Knows what was bought from hosted APIs already, and how much of that bill is known by tokens. */

import { counted } from '../../domain/counted.ts';
import { decimal, exact, isZero } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars, percent, tokenCount, UNKNOWN } from '../format.ts';
import { shownName } from '../label.ts';
import { known } from './reading.ts';

type Totals = Audit['totals'];
type Spend = NonNullable<Totals['hostedSpend']>;

const MOST_MODELS = 3;

/** Figures of the line below the total; nothing where nothing was bought. */
export function boughtFigures({ hostedSpendUsd, hostedSpend }: Totals) {
  if (isZero(decimal(hostedSpendUsd))) return undefined;
  const models = billed(hostedSpend);
  const told = models.flatMap(({ tokens }) => tokens ?? []);
  return {
    spend: dollars(decimal(hostedSpendUsd)),
    tokens: told.length === 0 ? UNKNOWN : tokenCount(told.reduce((sum, one) => sum + one, 0)),
    captured: `tokens ${knownText(hostedSpend)}`,
  };
}

/** One sentence: the money, the models with the most of it, and whose they are. */
export function boughtLines({ hostedSpendUsd, hostedSpend }: Totals): string[] {
  const amount = decimal(hostedSpendUsd);
  if (isZero(amount)) return [];
  const models = billed(hostedSpend);
  const shown = models.slice(0, MOST_MODELS).map(({ model, source, deployment, usd }) => {
    const whose = deployment === null ? 'no deployment' : shownName(deployment);
    return `${dollars(decimal(usd))} for ${shownName(model)} of ${shownName(source)} (${whose})`;
  });
  const left = models.length - shown.length;
  const more = left > 0 ? `, and ${left} more` : '';
  const parts = shown.length === 0 ? '' : `: ${shown.join(', ')}${more}`;
  return [
    `${dollars(amount)} was paid to hosts for tokens already and is no part of the rent${parts}. ` +
      `Its tokens are ${knownText(hostedSpend)}.`,
    ...opinionLines(hostedSpend?.secondOpinions ?? []),
  ];
}

/** What a gateway computes differently than the bill; a bill that it agrees with is not news. */
function opinionLines(opinions: NonNullable<Spend['secondOpinions']>): string[] {
  const off = opinions.filter(({ isOff }) => isOff);
  const lines = off.slice(0, MOST_MODELS).map((opinion) => {
    const { source, model, billedBy, days, gatewayUsd, billedUsd, difference } = opinion;
    const said = `${shownName(source)} computes ${dollars(decimal(gatewayUsd))} for`;
    const who = billedBy.map(shownName).join(' and ');
    const billed = `${dollars(decimal(billedUsd ?? '0'))} that ${who} billed`;
    const over = counted(days, 'day');
    return `${said} ${shownName(model)} over ${over}, ${awayText(difference)}the ${billed}.`;
  });
  const left = off.length - lines.length;
  return left > 0 ? [...lines, `${counted(left, 'other model')} differ too.`] : lines;
}

/** `10% less than `. */
function awayText(difference: string | null): string {
  if (difference === null) return 'beside ';
  const { num, den } = decimal(difference);
  return `${percent(exact(num < 0n ? -num : num, den))} ${num < 0n ? 'less' : 'more'} than `;
}

/** What a gateway in between told is on no bill. */
function billed(hostedSpend: Totals['hostedSpend']) {
  return (hostedSpend?.models ?? []).filter(({ isSecondHand }) => !isSecondHand);
}

/** `known for 97%`, of the bill by dollars. */
function knownText(hostedSpend: Totals['hostedSpend']): string {
  const rate = known(hostedSpend?.captureRate);
  return rate === undefined ? 'not known' : `known for ${percent(rate)}`;
}
