/** What to do, in one line without a period: deployment, endpoint and replicas. */

import type { Missing } from '../../verdict/reason.ts';
import type { ChangeDetail, ActionDetail, StepDetail } from '../../verdict/steps/step.ts';
import { changePhrase } from './changes.ts';
import { counted, dollars, quarterName } from '../format.ts';
import { oneLine, shownName } from '../displayText.ts';
import type { Reader } from '../locale.ts';

/**
 * `Delete chat and send its tokens to host-a through market`. The whole sentence with figures is in
 * steps.ts. A reader at the terminal gets the command. `undefined` for a code of a newer version.
 */
export function actionPhrase(detail: StepDetail, reader: Reader): string | undefined {
  switch (detail.code) {
    case 'delete':
    case 'hybrid':
    case 'right-size':
    case 'move':
    case 'bring-back':
    case 'serverless':
      return changeText(detail, reader);
    case 'stop-operations':
    case 'start-hosting':
    case 'renegotiate':
    case 'decide-contract':
    case 'renew-waiver':
      return dutyText(detail);
    case 'review':
      return `Keep everything, and decide again with the ${quarterName(detail.quarter)} report`;
    case 'get-evidence':
    case 'attribute':
      return missingText(detail.missing, reader);
    default:
      return undefined;
  }
}

function changeText(detail: ChangeDetail, reader: Reader): string {
  const name = shownName(detail.deployment);
  switch (detail.code) {
    case 'delete':
      return `Delete ${name} and send its tokens to ${endpointText(detail)}`;
    case 'hybrid':
      return (
        `Cap ${name} at ${replicasText(detail.replicas, reader)} and send the overflow to ` +
        endpointText(detail)
      );
    case 'right-size': {
      const most = replicasText(detail.mostReplicas, reader);
      const off = detail.hoursOff === 0 ? '' : ', and switch it off in the hours listed below';
      return `Run at most ${most} of ${name}${off}`;
    }
    case 'move':
      return `Move ${name} to ${placeText(detail, reader)}`;
    case 'bring-back':
      return `Self-host the hosted API tokens of ${name}`;
    case 'serverless':
      return `Move ${name} to serverless GPUs`;
  }
}

type Change<Code extends ChangeDetail['code']> = Extract<ChangeDetail, { code: Code }>;

/** `deepinfra/fp8 through openrouter`. */
function endpointText({ host, source }: Pick<Change<'delete'>, 'host' | 'source'>): string {
  if (host === undefined) return 'a hosted API';
  return source === undefined ? shownName(host) : `${shownName(host)} through ${shownName(source)}`;
}

function placeText({ provider, usdPerGpuHour }: Change<'move'>, reader: Reader): string {
  const where = provider === undefined ? 'a cheaper provider' : shownName(provider);
  if (usdPerGpuHour === undefined) return where;
  return `${where} at ${dollars(usdPerGpuHour, reader)} a GPU-hour`;
}

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** `one replica`, `12 replicas`. */
function replicasText(count: number | undefined, reader: Reader): string {
  if (count === undefined) return 'fewer replicas';
  const word = NUMBERS[count];
  return word === undefined
    ? counted(count, 'replica', reader)
    : `${word} replica${count === 1 ? '' : 's'}`;
}

function dutyText(detail: ActionDetail): string {
  switch (detail.code) {
    case 'stop-operations':
      return 'Stop GPU operations: fixed engineering time of self-hosting ends';
    case 'start-hosting':
      return 'Set up hosted API access: fixed engineering time for keys, limits and billing';
    case 'renegotiate':
      return `Renegotiate the ${shownName(detail.source)} commitment, or let it end`;
    case 'decide-contract': {
      const phrases = detail.plan.map(({ deployment, option }) =>
        changePhrase(option, shownName(deployment)),
      );
      const [first = 'change its deployments', ...more] = phrases;
      const rest = more.length === 0 ? '' : ` and change ${more.length} more`;
      return `End the ${shownName(detail.source)} commitment, then ${first}${rest}`;
    }
    case 'renew-waiver': {
      const { owner, deployment, reason } = detail;
      const why = oneLine(reason, 40);
      const stays = `${shownName(deployment)} must stay self-hosted (${why})`;
      return `Ask ${shownName(owner)} whether ${stays}`;
    }
  }
}

/** The command for a reader at the terminal, plain words for the others. */
function obtain({ role }: Reader): string {
  return role === 'terminal' ? 'Run rentcheck pull, or import' : 'Pull or import';
}

function missingText(missing: Missing, reader: Reader): string {
  switch (missing.code) {
    case 'no-deployments':
      return 'Name the deployments in rentcheck.yaml';
    case 'no-bills':
      return `${obtain(reader)} the bills of this period`;
    case 'unattributed':
      return 'Match the spend that is not attributed to deployments in rentcheck.yaml';
    case 'stack-coverage':
      return `${obtain(reader)} the missing usage of the stack`;
    case 'undecided-spend':
      return 'Complete the evidence for the deployments without a verdict';
    case 'no-bills-of':
      return `Pull the bills of ${shownName(missing.deployment)}, or correct its resources`;
    case 'no-paid-time':
      return `Import the compute charges of ${shownName(missing.deployment)} with their hours`;
    case 'coverage':
      return `${obtain(reader)} the missing usage of ${shownName(missing.deployment)}`;
    case 'no-price':
      return `Import hosted prices for ${shownName(missing.deployment)}, or correct its model name`;
    case 'replica-hours-apart':
      return `Correct gpu.count or the resources of ${shownName(missing.deployment)}`;
    case 'tokens-not-billed': {
      const subject =
        missing.deployment === undefined ? 'the stack' : shownName(missing.deployment);
      return `${obtain(reader)} the missing charges of ${subject}`;
    }
    case 'missing-charges':
      return `${obtain(reader)} the missing charges of ${shownName(missing.gap.source)}`;
    case 'bill-unreconciled':
      return `Reconcile the ${missing.month} bill of ${shownName(missing.source)}`;
    case 'invoice-without-rate':
    case 'charges-without-rate':
      return `Add the exchange rate for the bills of ${shownName(missing.source)}`;
  }
}
