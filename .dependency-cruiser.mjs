/** The rules for imports: made from the table of rooms, checked by `npm run doors`. */

import { HOMES, ROOMS, WIRING } from './test/house/rooms.mjs';

/** @typedef {import('dependency-cruiser').DependencyType} DependencyType */
/** @type {DependencyType[]} */
const CORE = ['core'];
/** @type {DependencyType[]} */
const NPM = [
  'npm',
  'npm-dev',
  'npm-optional',
  'npm-peer',
  'npm-bundled',
  'npm-no-pkg',
  'npm-unknown',
];
/** @type {DependencyType[]} */
const TYPE_ONLY = ['type-only'];

const inRoom = (/** @type {string} */ room) => `^src/${room}/`;

/** @param {string} name @param {string} because */
const rule = (name, because) => ({
  name,
  comment: because,
  severity: /** @type {const} */ ('error'),
});

/** Doors that do not exist, and doors through which only types may pass. */
const doors = Object.entries(ROOMS).flatMap(([room, { because, ...may }]) => {
  const types = (may.mayImportTypesOf ?? []).map(inRoom);
  const values = [room, ...may.mayImport].map(inRoom).concat(may.mayImportFiles ?? []);
  return [
    {
      ...rule(`${room}-has-no-door-there`, because),
      from: { path: inRoom(room) },
      to: { path: '^src/', pathNot: [...values, ...types] },
    },
    ...types.map((path) => ({
      ...rule(`${room}-knows-only-types-of-${path.slice(5, -1)}`, because),
      from: { path: inRoom(room) },
      to: { path, pathNot: [...(may.mayImportFiles ?? [])], dependencyTypesNot: TYPE_ONLY },
    })),
  ];
});

const pureRooms = Object.entries(ROOMS).flatMap(([room, { outside, because }]) =>
  outside === undefined
    ? []
    : [
        {
          ...rule(`${room}-does-no-io`, because),
          from: { path: inRoom(room) },
          to: { dependencyTypes: outside === 'nothing' ? [...CORE, ...NPM] : CORE },
        },
      ],
);

const homes = HOMES.map(({ libraries, home, because }) => ({
  ...rule(`${libraries[0]}-has-one-home`, because),
  from: { path: '^src/', pathNot: home },
  to: { path: `^node_modules/(@types/)?(${libraries.join('|')})/` },
}));

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const general = [
  {
    ...rule(
      'no-circles',
      'Two files that need each other are one file, or hide a third; types count too.',
    ),
    from: {},
    to: { circular: true },
  },
  {
    ...rule('every-file-has-a-room', 'A new room is a decision: add it to the table first.'),
    from: {},
    to: { path: '^src/', pathNot: [...Object.keys(ROOMS).map(inRoom), WIRING] },
  },
  {
    ...rule('nobody-imports-the-wiring', 'What is needed elsewhere belongs in a room.'),
    from: { path: '^src/', pathNot: WIRING },
    to: { path: WIRING },
  },
  {
    ...rule(
      'providers-do-not-meet',
      'Adding or removing a provider must touch its own folder only; what all read with is none.',
    ),
    from: { path: '^src/sources/([^/]+)/' },
    to: { path: '^src/sources/[^/]+/', pathNot: '^src/sources/($1|import|bills|engines)/' },
  },
  {
    ...rule('product-knows-no-tests', 'What is shipped must run without what tests it.'),
    from: { path: '^src/' },
    to: { path: '^(test|bench)/' },
  },
  {
    ...rule(
      'product-runs-without-dev-dependencies',
      '`npm ci --omit=dev` must give a program that runs.',
    ),
    from: { path: '^src/' },
    to: {
      dependencyTypes: ['npm-dev'],
      dependencyTypesNot: TYPE_ONLY,
      pathNot: '^node_modules/@types/',
    },
  },
  {
    ...rule(
      'only-declared-packages',
      'A package that only happens to be installed can vanish with any upgrade.',
    ),
    from: {},
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    ...rule('every-import-resolves', 'An import of nothing fails only when that line runs.'),
    from: {},
    to: { couldNotResolve: true },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [...doors, ...pureRooms, ...homes, ...general],
  options: {
    doNotFollow: { path: '^node_modules/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
