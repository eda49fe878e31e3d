/** Renders how the figures were computed, and from which inputs. */

import { compare, type Exact, isZero, ONE } from '../../domain/exact.ts';
import { parseInstant } from '../../domain/period.ts';
import { oneLine, shownName, shownText } from '../displayText.ts';
import { hostedPurchaseLines } from './hostedPurchases.ts';
import type { AuditReading } from './auditReading.ts';
import { findOption } from './deploymentReading.ts';
import type { Reader } from '../locale.ts';
import type { AuditFigure } from '../figures/figure.ts';
import type { ReportTable } from './table.ts';
import { dollars, momentText, percent, tokenCount, knownAmount } from '../format.ts';

export function methodLines(audit: AuditReading, reader: Reader): string[] {
  return [
    'Prices of tokens are in dollars per million tokens ($/Mtok).',
    'Self-hosted price: all that was billed for the GPUs, idle hours included, ' +
      'divided by the tokens they served (prompt and output).',
    'Hosted price: the same prompt, cached and output tokens, ' +
      'at the prices in force in each interval.',
    'Utilization: tokens served, as a share of what the paid replicas could have served.',
    'Saving: the cost of keeping minus the cost of the plan, for the same traffic. ' +
      'Each dollar amount is rounded separately.',
    ...capacities(audit, reader),
    ...providers(audit),
    ...leftOut(audit, reader),
  ];
}

/** When and how the stated capacities were measured: at most four. */
function capacities({ deployments }: AuditReading, reader: Reader): string[] {
  const stated = deployments.flatMap(({ id, capacityEvidence: evidence }) =>
    evidence === null ? [] : [`${shownName(id)} (${shownText(evidence, 120, reader)})`],
  );
  if (stated.length === 0) return [];
  const more = stated.length > 4 ? ` and ${stated.length - 4} more` : '';
  return [`Stated capacities: ${stated.slice(0, 4).join(', ')}${more}.`];
}

/** The providers whose prices are used: at most six. */
function providers({ deployments }: AuditReading): string[] {
  const names = new Set(
    deployments.flatMap(({ hosted }) => (hosted === null ? [] : [shownName(hosted.host)])),
  );
  if (names.size === 0) return [];
  const shown = [...names].slice(0, 6).join(', ');
  const more = names.size > 6 ? ` and ${names.size - 6} more` : '';
  return [`Hosted prices are those of ${shown}${more}.`];
}

function leftOut(audit: AuditReading, reader: Reader): string[] {
  const { taxUsd: tax } = audit.totals;
  return [
    isZero(tax)
      ? 'Taxes are left out on both sides.'
      : `Taxes (${dollars(tax, reader)}) are left out on both sides.`,
    ...hostedPurchaseLines(audit, reader),
  ];
}

/** What identifies this audit, line by line. */
export function identityLines(audit: AuditReading, reader: Reader): string[] {
  const { startMs, endMs } = audit.period;
  return [
    `Audited: ${momentText(startMs, reader)} to ` +
      `${momentText(endMs, reader)}. Data as of ${asOfText(audit.asOf, reader)}.`,
    `Run ${oneLine(audit.runId, 80)}, rentcheck ${oneLine(audit.codeVersion, 40)}.`,
    `Inputs ${oneLine(audit.inputsDigest, 80)}`,
  ];
}

function asOfText(asOf: string, reader: Reader): string {
  const atMs = parseInstant(asOf);
  return atMs === undefined ? oneLine(asOf, 40) : momentText(atMs, reader);
}

const SHOWN: ReadonlySet<string> = new Set([
  'stack.effective-price',
  'stack.hosted-price',
  'stack.utilization',
  'stack.saving',
  'stack.saving.low',
  'stack.saving.high',
  'stack.probability',
  'stack.without-labor.saving',
  'stack.spend',
  'stack.coverage',
]);

export function figureIdTable(figures: readonly AuditFigure[]): ReportTable[] {
  const shown = figures.filter(({ id }) => SHOWN.has(id));
  if (shown.length === 0) return [];
  return [
    {
      title: 'Figures and where they come from',
      head: ['Figure id', 'Value', 'In report.json'],
      isWords: true,
      rows: shown.map(({ id, text, path }) => ({ cells: [id, text, path], note: '' })),
      foot:
        'Figures of one deployment start with its name, as in NAME.utilization or ' +
        'NAME.options.delete.saving. All figures are in figures.csv, with the ledger view of each.',
    },
  ];
}

const RULE_TOKENS_PER_DAY = 10_000_000;
const MOST_DEPLOYMENTS = 5;

export function ruleOfThumbLines(audit: AuditReading, reader: Reader): string[] {
  if (audit.situation === 'nothing' || audit.situation === 'empty') return [];
  return [tokensLine(audit, reader), ...serverlessRuleLines(audit, reader)];
}

function tokensLine({ totals }: AuditReading, reader: Reader): string {
  const daily = tokenCount(totals.tokensPerDay, reader);
  const side = totals.tokensPerDay < RULE_TOKENS_PER_DAY ? 'below' : 'above';
  const least = tokenCount(RULE_TOKENS_PER_DAY, reader);
  return (
    `The stack serves ${daily} tokens a day, ${side} ${least}. ` +
    `The rule of thumb: with fewer than ${least} a day, most teams should not self-host.`
  );
}

/** Rented replicas compared with serverless: each deployment's break-even and the rule of thumb. */
export function serverlessRuleLines(audit: AuditReading, reader: Reader): string[] {
  return audit.mostExpensiveFirst
    .flatMap((deployment) => {
      const detail = findOption(deployment, 'serverless')?.detail;
      const [own, share] = [knownAmount(detail?.breakEvenShare), knownAmount(detail?.workerShare)];
      return own === undefined || share === undefined
        ? []
        : [replicaVersusServerless(shownName(deployment.id), own, share, reader)];
    })
    .slice(0, MOST_DEPLOYMENTS);
}

/** A replica at $1.50/h and workers at $1.80/h have a break-even of 83%. */
function replicaVersusServerless(name: string, own: Exact, share: Exact, reader: Reader): string {
  const cheaper = compare(share, own) < 0 ? 'serverless costs less' : 'a replica costs no more';
  const thumb = `The rule of thumb is a break-even at 30–${reader.percent('40')}.`;
  const aside = 'without engineering time';
  if (compare(own, ONE) > 0 && compare(share, own) < 0) {
    return (
      `${name}: a replica costs more than serverless at any load, ${aside}. ` +
      `Its hour costs ${percent(own, reader)} of a serverless worker's hour. ${thumb}`
    );
  }
  return (
    `${name}: ${aside}, a replica costs less than serverless if its work takes more than ` +
    `${percent(own, reader)} of the paid time. Its work ` +
    `takes ${percent(share, reader)}, so ${cheaper}. ${thumb}`
  );
}
