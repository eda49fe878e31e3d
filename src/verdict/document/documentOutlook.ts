/** Prints the outlook of an audit. */

import { add, decimal } from '../../domain/exact.ts';
import { usdText } from '../../domain/money.ts';
import { dayText } from '../../domain/period.ts';
import type { AuditOutlook } from '../auditDecision.ts';
import type { SavingText } from '../auditWord.ts';
import type { Outlook } from '../outlook/outlook.ts';
import { nineDecimals, type Trends } from '../outlook/trend.ts';
import { ratioText } from './printed.ts';

export interface PrintedOutlook {
  /** Printed saving of the audited window. */
  readonly asLast: SavingText;
  readonly nextQuarter: AuditOutlook['nextQuarter'];
  readonly scenarios: AuditOutlook['scenarios'];
  readonly afterContracts: AuditOutlook['afterContracts'];
}

/** The trends' effect is added to the printed saving, so both agree if there is no trend. */
export function printOutlook(
  { withTrend, trends, breakEvenMs, deployments }: Outlook,
  { asLast, nextQuarter, scenarios, afterContracts }: PrintedOutlook,
): AuditOutlook {
  const next = withTrend && {
    savingUsd: usdText(
      asLast.base === null ? withTrend.savingUsd : add(decimal(asLast.base), withTrend.changeUsd),
    ),
    ...trendTexts(trends),
  };
  return {
    asLast,
    nextQuarter,
    withTrend: next ?? null,
    flipsOn: dayOf(breakEvenMs),
    deployments: deployments.map((each) => ({
      id: each.id,
      ...trendTexts(each.trends),
      flipsOn: dayOf(each.flipsMs),
    })),
    scenarios,
    afterContracts,
  };
}

function trendTexts({ tokens, hostedPrice }: Trends) {
  const text = (trend: number | undefined) =>
    trend === undefined ? null : ratioText(nineDecimals(trend));
  return { tokensPerWeek: text(tokens), hostedPricePerWeek: text(hostedPrice) };
}

function dayOf(instantMs: number | undefined): string | null {
  return instantMs === undefined ? null : dayText(instantMs);
}
