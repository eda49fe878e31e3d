/** Renders the verdict in an owner's report: the decision for this deployment, and why. */

import { negate, type Exact } from '../../domain/exact.ts';
import type { OptionName } from '../../economics/offer.ts';
import { type HeadlineText, renderHeadline, amountPerPeriod } from './headline.ts';
import type { AuditReading } from './auditReading.ts';
import { nearestOption, type DeploymentReading } from './deploymentReading.ts';
import { shownName, capital } from '../displayText.ts';
import { changePhrase } from '../copy/changes.ts';
import { dollars, likelyAside, likelyText, UNKNOWN } from '../format.ts';
import type { Reader } from '../locale.ts';

export interface OwnHeadline extends HeadlineText {
  /** Why the decision differs from the deployment's own best option. At most one sentence. */
  readonly lead: readonly string[];
}

/** `own` is the audit reduced to this deployment, `whole` that of the stack. */
export function renderOwnHeadline(
  own: AuditReading,
  whole: AuditReading,
  reader: Reader,
): OwnHeadline {
  const [deployment] = own.deployments;
  if (deployment?.verdict === 'keep (required)') return requiredHeadline(deployment, whole, reader);
  if (deployment?.decision?.because === 'with-the-plan')
    return planHeadline(deployment, whole, reader);
  if (deployment?.decision?.heldBack) return heldBackHeadline(deployment, whole, reader);
  const answer = { ...renderHeadline(own, reader), lead: [] };
  return own.situation === 'keep' && deployment !== undefined
    ? { ...answer, ...keptHeadline(deployment, whole, reader) }
    : answer;
}

/** Extra cost of the cheapest change. `undefined` if no change is known to cost more. */
function keptHeadline(
  deployment: DeploymentReading,
  whole: AuditReading,
  reader: Reader,
): Pick<HeadlineText, 'headline'> | undefined {
  const nearest = nearestOption(deployment);
  if (nearest === undefined || nearest.savingUsd.num >= 0n) return undefined;
  const spend = amountPerPeriod(whole, deployment.spendUsd, reader);
  return {
    headline:
      `Keep ${shownName(deployment.id)} at ${spend}: the cheapest change, ${nearest.option}, ` +
      `would cost ${dollars(negate(nearest.savingUsd), reader)} more.`,
  };
}

function requiredHeadline(
  deployment: DeploymentReading,
  whole: AuditReading,
  reader: Reader,
): OwnHeadline {
  const name = shownName(deployment.id);
  const best = nearestOption(deployment);
  return {
    finding: `keep ${name}, required by a waiver`,
    headline: `Keep ${name}: a waiver requires it.`,
    lead:
      best === undefined || best.savingUsd.num <= 0n
        ? []
        : [
            `Without the waiver, ${CHANGING[best.option]} ` +
              `would save ${amountPerPeriod(whole, best.savingUsd, reader)}.`,
          ],
  };
}

/** Gerunds, as sentence subjects. */
const CHANGING: Readonly<Record<OptionName, string>> = {
  keep: 'keeping it',
  delete: 'deleting it',
  hybrid: 'capping it and sending the overflow to a hosted API',
  serverless: 'moving it to serverless',
  move: 'moving it to cheaper GPUs',
  spot: 'moving it to spot GPUs',
  'right-size': 'right-sizing it',
  'bring-back': 'bringing its hosted traffic back',
};

function planHeadline(
  deployment: DeploymentReading,
  whole: AuditReading,
  reader: Reader,
): OwnHeadline {
  const { id, decision, savingUsd, probability } = deployment;
  const what = changePhrase(decision?.option ?? 'keep', shownName(id));
  const { stack } = whole;
  const total = stack.savingUsd.base;
  const likely = likelyText(stack.probability, reader);
  const all = total === undefined ? 'an unknown amount' : amountPerPeriod(whole, total, reader);
  return {
    finding: `${what}, as part of the plan for the whole stack`,
    headline:
      `${capital(what)}: the plan for the whole stack saves ${all}` +
      `${likely === '' ? '' : `, ${likely}`}.`,
    lead: [
      `Alone, this change would ${ownText(savingUsd.base, reader)} ${whole.perPeriod}` +
        `${likelyAside(probability, reader)}.`,
    ],
  };
}

function heldBackHeadline(
  { id, decision, savingUsd, probability }: DeploymentReading,
  whole: AuditReading,
  reader: Reader,
): OwnHeadline {
  const name = shownName(id);
  const isOpen = whole.stack.verdict !== 'keep' && whole.situation !== 'change';
  const why = isOpen
    ? 'the decision for the whole stack is to change nothing'
    : 'that is cheapest for the whole stack';
  const held = decision?.heldBack;
  const saving = held?.savingUsd ?? savingUsd.base;
  return {
    finding: `keep ${name}`,
    headline: `Keep ${name}: ${why}.`,
    lead: [
      `Alone, ${CHANGING[held?.option ?? 'keep']} would ` +
        `${ownText(saving, reader)} ${whole.perPeriod}` +
        `${likelyAside(probability, reader)}.`,
    ],
  };
}

/** A negative saving is a cost that only the plan makes up for. */
function ownText(saving: Exact | undefined, reader: Reader): string {
  if (saving === undefined) return `save an ${UNKNOWN} amount`;
  return saving.num < 0n
    ? `cost ${dollars(negate(saving), reader)} more`
    : `save ${dollars(saving, reader)}`;
}
