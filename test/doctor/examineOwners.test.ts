/** What the doctor checks in the config: who acts, and how a contract can be ended. */

import { describe, expect, test } from 'vitest';
import { examineOwners } from '../../src/doctor/examineOwners.ts';
import { withFindingText } from '../../src/report/copy/findings.ts';
import { loadConfigText } from '../config/configFile.ts';

const deployments = (count: number, rest = '') =>
  Array.from(
    { length: count },
    (_, at) => `
  d-${at + 1}:
    model: open/model
    gpu: { type: A100 }
    resources: [{ source: pods, match: {} }]
${rest}`,
  ).join('');

const configOf = (parts: string) => loadConfigText(`sources: { pods: { kind: import } }\n${parts}`);

const COMMITMENTS = `
commitments:
  - { source: coreweave, id: c-1, usdPerMonth: 100, until: 2026-12-31 }
  - { source: nebius, usdPerMonth: 100, until: 2026-12-31, noticeDays: 30, owner: finance }
`;

describe('the doctor asks for', () => {
  test('the owners of the deployments, in one finding for all of them', async () => {
    const found = examineOwners(await configOf(`deployments:${deployments(7)}`));
    expect(found.map(withFindingText)).toEqual([
      {
        area: 'config',
        state: 'warn',
        code: 'deployment-without-owner',
        deployments: ['d-1', 'd-2', 'd-3', 'd-4', 'd-5', 'd-6', 'd-7'],
        says: 'No owner is set for 7 deployments: d-1, d-2, d-3, d-4, d-5 and 2 more.',
        fix: 'Set owner: NAME at the top of rentcheck.yaml, or in each deployment.',
      },
    ]);
  });

  test('who gives notice of a commitment, and how many days before', async () => {
    const found = examineOwners(await configOf(COMMITMENTS));
    expect(found.map(withFindingText)).toEqual([
      {
        area: 'config',
        state: 'warn',
        code: 'commitment-without-owner',
        commitments: [{ source: 'coreweave', id: 'c-1' }],
        says: 'No owner is set for 1 commitment: coreweave c-1.',
        fix: 'Set owner: NAME at the top of rentcheck.yaml, or in each commitment.',
      },
      {
        area: 'config',
        state: 'warn',
        code: 'commitment-without-notice',
        commitments: [{ source: 'coreweave', id: 'c-1' }],
        says: 'No notice period is set for 1 commitment: coreweave c-1.',
        fix: 'Set noticeDays to the days in the contract, or to 0 if it ends without notice.',
      },
    ]);
  });

  test('no name if one is set at the top level, or in all of them', async () => {
    const codes = async (parts: string) =>
      examineOwners(await configOf(parts)).map(({ code }) => code);
    expect(await codes(`owner: platform\ndeployments:${deployments(2)}${COMMITMENTS}`)).toEqual([
      'commitment-without-notice',
    ]);
    expect(await codes(`deployments:${deployments(2, '    owner: chat team')}`)).toEqual([]);
  });
});
