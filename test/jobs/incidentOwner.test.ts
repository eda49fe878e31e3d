/** An incident belongs to the first matching rule, or else to the deployment of that name. */

import { expect, it } from 'vitest';
import { createIncidentOwner } from '../../src/jobs/importFile.ts';
import { pullWarningSentences } from '../support/factSentences.ts';

const deployments = ['chat', 'embed', 'rest'].map((id) => ({ id }));
const owner = (...services: readonly (readonly [string, string])[]) =>
  createIncidentOwner({
    deployments,
    ops: { services: services.map(([pattern, deployment]) => ({ pattern, deployment })) },
  });

it('the first rule that matches any of the names wins over a deployment of that name', () => {
  const { deploymentOf, warnings } = owner(['llm-*', 'chat'], ['Search', 'embed'], ['*', 'rest']);
  expect(deploymentOf(['llm-eu', 'Search'])).toBe('chat');
  expect(deploymentOf(['embed', 'Search'])).toBe('embed');
  expect(deploymentOf(['embed'])).toBe('rest');
  expect(warnings()).toEqual([]);
});

it('a deployment name needs no rule; others count for the whole stack and are reported', () => {
  const { deploymentOf, warnings } = owner();
  expect(deploymentOf(['team', 'chat'])).toBe('chat');
  expect(deploymentOf(['billing', 'team'])).toBeUndefined();
  expect(deploymentOf([])).toBeUndefined();
  expect(pullWarningSentences(warnings())).toEqual([
    'Hours of "billing", "no service" count for the whole stack. ' +
      'To assign them to deployments, add rules under ops.services in rentcheck.yaml.',
  ]);
});

it('unknown names are reported in a readable number', () => {
  const { deploymentOf, warnings } = owner();
  for (let n = 0; n < 1000; n++) deploymentOf([`service-${n}`]);
  expect(pullWarningSentences(warnings())[0]).toContain('"service-9" and others count');
});
