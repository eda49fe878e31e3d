/**
 * What ships besides our own code: each package's license, a bill of materials, and known
 * vulnerabilities. `npm run supply -- FILE` writes the bill (CycloneDX) to a file.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Licenses that allow use and unchanged redistribution. MPL-2.0 requires the source of the files it
 * covers, which we do not change. CC-BY-4.0 and OFL-1.1 are for data and fonts.
 */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'OFL-1.1',
  'Python-2.0',
  'Unlicense',
]);

/** @typedef {{ readonly name: string, readonly version: string, readonly license: string }} Part */
/**
 * @typedef {object} Locked
 * @property {boolean} [dev]
 * @property {string} [version]
 * @property {string} [license]
 * @typedef {{ readonly packages: Readonly<Record<string, Locked>> }} Lock
 */

/**
 * The lock says what ships: `npm sbom --omit dev` leaves out what a development package wants too,
 * zod and nodemailer among them.
 * @param {Lock} lock
 * @returns {Map<string, Part>} by `name@version`
 */
export function shippedIn({ packages }) {
  const parts = Object.entries(packages).flatMap(([place, { dev, version = '', license = '' }]) => {
    const name = place.replace(/^.*node_modules\//, '');
    return place === '' || dev === true ? [] : [{ name, version, license }];
  });
  return new Map(parts.map((part) => [`${part.name}@${part.version}`, part]));
}

/**
 * Is every license of it allowed, or one where there is a choice? An address in brackets is no
 * license.
 * @param {string} license an SPDX expression, as packages state it
 */
export function isAllowed(license) {
  const plain = license.replaceAll(/\s*\(https?:[^)]*\)/g, '').replaceAll(/[()]/g, '');
  return plain
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((one) => ALLOWED.has(one.trim())));
}

/**
 * @param {ReadonlyMap<string, Part>} shipped
 * @returns {string[]} what is wrong, a line a package
 */
export function licenseFaults(shipped) {
  return [...shipped].flatMap(([id, { license }]) =>
    isAllowed(license) ? [] : [`${id}: the license "${license}" is not on the list of supply.mjs`],
  );
}

/**
 * @typedef {{ readonly ref: string, readonly dependsOn?: readonly string[] }} Wants
 * @typedef {object} Component
 * @property {string} bom-ref
 * @property {string} purl
 * @property {readonly { readonly alg: string, readonly content: string }[]} [hashes]
 * @typedef {object} Bill
 * @property {string} bomFormat
 * @property {string} specVersion
 * @property {readonly Component[]} components
 * @property {readonly Wants[]} dependencies
 */

/**
 * The same bill with what ships alone.
 * @param {Bill} bill
 * @param {ReadonlyMap<string, Part>} shipped
 * @returns {Bill}
 */
export function billOf(bill, shipped) {
  const components = bill.components.filter((each) => shipped.has(each['bom-ref']));
  const dependencies = bill.dependencies.flatMap(({ ref, dependsOn = [] }) =>
    shipped.has(ref) || !bill.components.some((each) => each['bom-ref'] === ref)
      ? [{ ref, dependsOn: dependsOn.filter((one) => shipped.has(one)) }]
      : [],
  );
  return { ...bill, components, dependencies };
}

/**
 * A bill must name each package that ships, with its address and digest, and nothing twice.
 * @param {Bill} bill
 * @param {ReadonlyMap<string, Part>} shipped
 * @returns {string[]} what is wrong, a line each
 */
export function billFaults(bill, shipped) {
  const named = new Map(bill.components.map((each) => [each['bom-ref'], each]));
  const form = bill.bomFormat === 'CycloneDX' && /^1\.\d+$/.test(bill.specVersion);
  const refs = new Set(bill.dependencies.map(({ ref }) => ref));
  return [
    ...(form ? [] : ['the bill is not CycloneDX 1.x']),
    ...(named.size === bill.components.length ? [] : ['the bill names a package twice']),
    ...[...shipped.keys()].filter((id) => !named.has(id)).map((id) => `${id} is not in the bill`),
    ...[...named.keys()].filter((id) => !refs.has(id)).map((id) => `${id} has no dependencies`),
    ...bill.components.flatMap(({ 'bom-ref': id, purl, hashes = [] }) => {
      const isHashed = hashes.some(({ content }) => /^[0-9a-f]{128}$/.test(content));
      const address = `pkg:npm/${id.replace(/^@/, '%40')}`;
      return isHashed && purl === address ? [] : [`${id} has no digest, or the address ${purl}`];
    }),
  ];
}

const FAILING = new Set(['moderate', 'high', 'critical']);

/**
 * @typedef {object} Vulnerable
 * @property {string} name
 * @property {string} severity
 * @property {string} range
 * @property {readonly string[]} nodes places in node_modules
 */

/**
 * What `npm audit --json` said: faults in what ships, or why the registry did not respond.
 * @param {string} said
 * @param {Lock} lock
 * @returns {{ readonly faults: string[], readonly unasked?: string }}
 */
export function auditFaults(said, { packages }) {
  const answer = answerIn(said);
  if (answer.vulnerabilities === undefined) {
    return { faults: [], unasked: answer.message ?? 'no answer that can be read' };
  }
  const all = /** @type {Vulnerable[]} */ (Object.values(answer.vulnerabilities));
  const serious = all.filter(
    ({ severity, nodes }) =>
      FAILING.has(severity) && nodes.some((place) => packages[place]?.dev !== true),
  );
  return {
    faults: serious.map(
      ({ name, range, severity }) => `${name} ${range}: known vulnerability, ${severity}`,
    ),
  };
}

/**
 * @typedef {object} Answer
 * @property {Readonly<Record<string, unknown>>} [vulnerabilities]
 * @property {string} [message]
 */

/**
 * @param {string} said
 * @returns {Answer}
 */
function answerIn(said) {
  try {
    return JSON.parse(said.slice(said.indexOf('{'), said.lastIndexOf('}') + 1));
  } catch {
    return {};
  }
}

/** @param {readonly string[]} args */
function npm(...args) {
  const isWindows = process.platform === 'win32';
  const limits = { encoding: /** @type {const} */ ('utf8'), maxBuffer: 2 ** 28 };
  return spawnSync('npm', args, { ...limits, shell: isWindows }).stdout;
}

/** @param {string} [file] where to write the bill */
function check(file) {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const shipped = shippedIn(lock);
  const whole = npm('sbom', '--sbom-format', 'cyclonedx', '--package-lock-only');
  const bill = billOf(JSON.parse(whole), shipped);
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
  const quick = ['--fetch-retries', '0', '--fetch-timeout', '30000'];
  const audit = auditFaults(npm('audit', '--json', ...quick), lock);
  const faults = [...licenseFaults(shipped), ...billFaults(bill, shipped), ...audit.faults];
  const known =
    audit.unasked === undefined
      ? 'none has a known vulnerability of moderate or higher'
      : `vulnerabilities were not checked, because the registry does not respond: ${audit.unasked}`;
  const kinds = Map.groupBy(shipped.values(), ({ license }) => license);
  const counts = [...kinds].sort(([, a], [, b]) => b.length - a.length);
  const list = counts.map(([license, parts]) => `${parts.length} ${license}`).join(', ');
  process.stdout.write(`${shipped.size} packages ship: ${list}\n`);
  if (faults.length === 0) process.stdout.write(`note: ${shipped.size} packages ship; ${known}\n`);
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) check(process.argv[2]);
