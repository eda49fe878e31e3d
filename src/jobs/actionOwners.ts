/**
 * Finds who acts on an audit and by when, from the config: owners, days to act, the next report.
 */

import { nextReview } from '../calendar/reportDue.ts';
import { DAY_MS, dayStartMs } from '../domain/period.ts';
import { DAYS_TO_ACT } from '../calendar/horizons.ts';
import type { StepAssignments } from '../verdict/steps/stepTerms.ts';
import type { AuditConfig } from './gather.ts';

export function findActionOwners(config: AuditConfig, asOfMs: number): StepAssignments {
  const { owner, deployments, commitments, policy } = config;
  const todayMs = dayStartMs(asOfMs);
  return {
    todayMs,
    actByMs: todayMs + policy.actWithinDays * DAY_MS,
    review: nextReview(config, asOfMs),
    ...(owner === undefined ? {} : { owner }),
    owners: new Map(deployments.flatMap(({ id, owner: own }) => (own ? [[id, own]] : []))),
    commitmentOwners: new Map(
      commitments.flatMap(({ owner: own }, at) => (own ? [[at, own]] : [])),
    ),
  };
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
