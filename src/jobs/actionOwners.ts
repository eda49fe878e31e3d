/**
 * Finds who acts on an audit and by when, from the config: owners, days to act, the next report.
 */

import { reportDueMs } from '../calendar/reportDue.ts';
import {
  DAY_MS,
  DAYS_TO_ACT,
  dayStartMs,
  quarterAt,
  quarterPeriod,
  quarterText,
} from '../domain/period.ts';
import { localDayText } from '../domain/localTime.ts';
import type { StepAssignments } from '../verdict/steps/stepTerms.ts';
import { toDueRule } from './schedule.ts';
import type { AuditConfig } from './gather.ts';

export function findActionOwners(config: AuditConfig, asOfMs: number): StepAssignments {
  const { owner, deployments, commitments, policy } = config;
  const todayMs = dayStartMs(asOfMs);
  return {
    todayMs,
    actByMs: todayMs + policy.actWithinDays * DAY_MS,
    review: reviewOf(config, asOfMs),
    ...(owner === undefined ? {} : { owner }),
    owners: new Map(deployments.flatMap(({ id, owner: own }) => (own ? [[id, own]] : []))),
    commitmentOwners: new Map(
      commitments.flatMap(({ owner: own }, at) => (own ? [[at, own]] : [])),
    ),
  };
}

/** Returns when the running quarter is reported; its last day if no report date is configured. */
function reviewOf(config: AuditConfig, asOfMs: number): StepAssignments['review'] {
  const { fiscal, report } = config;
  const quarter = quarterAt(asOfMs, fiscal.startMonth);
  const name = quarterText(quarter);
  if (report?.sendOn === undefined) {
    return { quarter: name, dayMs: quarterPeriod(quarter, fiscal.startMonth).endMs - DAY_MS };
  }
  const rule = toDueRule({ fiscal, report });
  const day = localDayText(reportDueMs(quarter, rule), rule.timeZone);
  return { quarter: name, dayMs: Date.parse(`${day}T00:00:00Z`) };
}

/** Returns the settings that decide who acts and by when; they change no dollar figure. */
export function actionSettings(config: AuditConfig): Readonly<Record<string, unknown>> {
  const { owner, deployments, commitments, policy, report } = config;
  const { actWithinDays } = policy;
  const owners = deployments.flatMap(({ id, owner: own }) => (own ? [[id, own]] : []));
  const givers = commitments.flatMap(({ owner: own }, at) => (own ? [[at, own]] : []));
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(owners.length === 0 ? {} : { owners }),
    ...(givers.length === 0 ? {} : { givers }),
    ...(actWithinDays === DAYS_TO_ACT ? {} : { actWithinDays }),
    ...(report?.sendOn === undefined ? {} : { sendOn: report.sendOn }),
  };
}
