/** Lists charts as figures: one id per chart. */

import type { ChartPlan } from '../charts/chart.ts';
import type { AuditFigure } from './figure.ts';

const VIEWS: Readonly<Record<ChartPlan['slot'], string>> = {
  cost: 'option_by_deployment',
  why: 'effective_cost_by_day',
  deployments: 'usage_by_day',
  doubts: 'audit_by_quarter',
  hours: 'usage_by_day',
  since: 'audit_by_quarter',
};

/** `chart.weekly-price`, with its text alternative. */
export function chartFigures(plans: readonly ChartPlan[]): AuditFigure[] {
  return plans.map(({ filename, alt, slot }) => ({
    id: `chart.${filename.replace(/\.png$/, '')}`,
    text: alt,
    value: '',
    unit: 'chart',
    path: '',
    view: VIEWS[slot],
  }));
}
