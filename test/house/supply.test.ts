/** What ships is licensed, listed and looked up, and what npm leaves out is found. */

import { describe, expect, it } from 'vitest';
import { auditFaults, billFaults, billOf, isAllowed, licenseFaults, shippedIn } from './supply.mjs';
import { readSourceFile } from './tree.ts';

const ours = JSON.parse(readSourceFile('package-lock.json').text);

const lock = {
  packages: {
    '': { version: '1.0.0' },
    'node_modules/a': { version: '1.0.0', license: 'MIT' },
    'node_modules/@b/c': { version: '2.0.0', license: 'GPL-3.0-only' },
    'node_modules/@b/c/node_modules/a': { version: '1.1.0', license: 'ISC' },
    'node_modules/d': { version: '3.0.0', license: 'MIT', dev: true },
  },
};
const shipped = shippedIn(lock);

describe('the packages that ship', () => {
  it('are those of the lock, without those that only development needs', () => {
    expect([...shipped.keys()]).toEqual(['a@1.0.0', '@b/c@2.0.0', 'a@1.1.0']);
    const here = [...shippedIn(ours).values()].map(({ name }) => name);
    const { dependencies } = JSON.parse(readSourceFile('package.json').text);
    expect(here).toEqual(expect.arrayContaining(Object.keys(dependencies)));
  });

  it('each have a license on the list', () => {
    expect(licenseFaults(shippedIn(ours))).toEqual([]);
    expect(licenseFaults(shipped)).toEqual([
      '@b/c@2.0.0: the license "GPL-3.0-only" is not on the list of supply.mjs',
    ]);
  });

  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND OFL-1.1', true],
    ['MIT AND GPL-3.0-only', false],
    ['MIT (http://mootools.net/license.txt)', true],
    ['SEE LICENSE IN LICENSE.md', false],
    ['', false],
  ])('may be under "%s": %s', (license, may) => {
    expect(isAllowed(license)).toBe(may);
  });
});

const component = (id: string) => ({
  'bom-ref': id,
  purl: `pkg:npm/${id.replace(/^@/, '%40')}`,
  hashes: [{ alg: 'SHA-512', content: 'ab'.repeat(64) }],
});

const bill = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  components: ['a@1.0.0', '@b/c@2.0.0', 'a@1.1.0', 'd@3.0.0'].map(component),
  dependencies: [
    { ref: 'rentcheck@1.0.0', dependsOn: ['a@1.0.0', '@b/c@2.0.0', 'd@3.0.0'] },
    { ref: 'a@1.0.0' },
    { ref: '@b/c@2.0.0', dependsOn: ['a@1.1.0'] },
    { ref: 'a@1.1.0' },
    { ref: 'd@3.0.0' },
  ],
};

describe('the bill of materials', () => {
  it('lists what ships, and the dependencies of each', () => {
    const made = billOf(bill, shipped);
    expect(made.components).toHaveLength(3);
    expect(made.dependencies[0]).toEqual({
      ref: 'rentcheck@1.0.0',
      dependsOn: ['a@1.0.0', '@b/c@2.0.0'],
    });
    expect(billFaults(made, shipped)).toEqual([]);
  });

  it('is refused if it lacks a package, a digest or the right address', () => {
    const [first = component('a@1.0.0'), second = first] = billOf(bill, shipped).components;
    const faulty = [
      { ...first, hashes: [] },
      { ...second, purl: 'pkg:npm/other@1' },
    ];
    const made = { ...billOf(bill, shipped), components: faulty };
    expect(billFaults(made, shipped)).toEqual([
      'a@1.1.0 is not in the bill',
      'a@1.0.0 has no digest, or the address pkg:npm/a@1.0.0',
      '@b/c@2.0.0 has no digest, or the address pkg:npm/other@1',
    ]);
  });
});

describe('the output of npm audit', () => {
  const vulnerable = (name: string, severity: string, nodes: readonly string[]) => ({
    [name]: { name, severity, range: '<2', nodes },
  });

  it('is a fault if what ships has a known vulnerability of moderate or higher', () => {
    const vulnerabilities = {
      ...vulnerable('a', 'moderate', ['node_modules/@b/c/node_modules/a']),
      ...vulnerable('@b/c', 'low', ['node_modules/@b/c']),
      ...vulnerable('d', 'critical', ['node_modules/d']),
    };
    const output = JSON.stringify({ auditReportVersion: 2, vulnerabilities });
    expect(auditFaults(output, lock)).toEqual({ faults: ['a <2: known vulnerability, moderate'] });
  });

  it.each([
    ['{"message":"405 Method Not Allowed","error":{}}', '405 Method Not Allowed'],
    ['', 'no answer that can be read'],
    ['npm error {', 'no answer that can be read'],
  ])('is no fault if the registry does not answer: %s', (output, unasked) => {
    expect(auditFaults(output, lock)).toEqual({ faults: [], unasked });
  });
});
