/**
 * The floor plan as data: the rooms, their allowed imports, and the room of each library, each
 * with its reason.
 */

/**
 * @typedef {object} Room
 * @property {string} holds One line: what the room is for.
 * @property {readonly string[]} mayImport Rooms whose code it may use.
 * @property {readonly string[]} [mayImportTypesOf] Rooms of which it may import only types.
 * @property {readonly string[]} [mayImportFiles] Single files outside those rooms, as regular
 * expressions.
 * @property {'nothing' | 'no I/O'} [outside] `nothing`: neither Node nor npm; `no I/O`: npm, but no
 * Node modules.
 * @property {string} because Why its doors are as they are.
 */

/**
 * Every room under `src/`. A folder that is not listed is not allowed, and neither is an import.
 */
/** @type {Readonly<Record<string, Room>>} */
export const ROOMS = {
  domain: {
    holds: 'The types that rooms exchange, and the rules for each of them alone.',
    mayImport: [],
    outside: 'nothing',
    because: 'All rooms use these types, so they may depend on no room.',
  },
  calendar: {
    holds: 'What is due when: quarters, the schedule, its backlog, retries, how far back to look.',
    mayImport: ['domain'],
    outside: 'nothing',
    because: 'A due time is a function of rules and an instant; the clock is an argument.',
  },
  platform: {
    holds: 'Infrastructure: clock, log, HTTP, backoff, digest, secrets.',
    mayImport: ['domain'],
    because: 'Infrastructure depends only on the types that it transports.',
  },
  sources: {
    holds: 'Calls a provider; returns facts and rejects, or a failure.',
    mayImport: ['domain', 'platform'],
    because: 'A source with access to the ledger would start to decide what is already known.',
  },
  ledger: {
    holds: 'Stores facts exactly once, append-only, with provenance; reads them as of a time.',
    mayImport: ['domain', 'platform'],
    because: 'Storage must serve any source and any reader, so it depends on neither.',
  },
  economics: {
    holds: 'What it cost, what it would have cost, and what is unknown.',
    mayImport: ['domain'],
    outside: 'nothing',
    because: 'A figure that depends on a clock, a file or a setting cannot be recomputed.',
  },
  verdict: {
    holds: 'The verdict: reasons, probability, break-even values, steps.',
    mayImport: ['domain', 'economics'],
    outside: 'nothing',
    because: 'Advice must be a function of the figures printed beside it.',
  },
  report: {
    holds: 'Writes the report: finished text, then subject, HTML, charts, JSON.',
    mayImport: ['domain', 'economics', 'verdict'],
    because: 'A report that could look something up could state more than was audited.',
  },
  delivery: {
    holds: 'Sends each message to its recipient, once.',
    mayImport: ['domain', 'platform'],
    mayImportTypesOf: ['report'],
    because: 'Sending a message does not require writing one.',
  },
  jobs: {
    holds: 'The jobs as declarations: name, payload, run, and one of four results.',
    mayImport: ['domain', 'calendar', 'economics', 'verdict', 'report'],
    mayImportTypesOf: ['platform', 'sources', 'ledger', 'delivery', 'config'],
    outside: 'no I/O',
    because: 'Jobs get the rooms with I/O as arguments, so tests, CLI and worker run them alike.',
  },
  schedule: {
    holds: 'Runs jobs at their times: a queue with its workers, or the current process.',
    mayImport: ['jobs', 'calendar', 'platform', 'domain'],
    mayImportTypesOf: ['config'],
    because: 'The calendar says what is due; an engine only runs it, so engines can be replaced.',
  },
  doctor: {
    holds: 'Examines an installation: config, ledger, queue, sources, mappings, delivery.',
    mayImport: [
      'config',
      'calendar',
      'delivery',
      'domain',
      'economics',
      'jobs',
      'ledger',
      'platform',
      'schedule',
      'sources',
    ],
    because: 'It opens each part by itself, so that no failure hides another.',
  },
  config: {
    holds: 'Reads rentcheck.yaml once, and reports all its faults.',
    mayImport: ['domain', 'calendar', 'platform'],
    mayImportTypesOf: ['sources', 'delivery'],
    mayImportFiles: ['^src/sources/registry\\.ts$', '^src/delivery/options\\.ts$'],
    because: 'Each source owns its options and the calendar its crons; config only gathers them.',
  },
  cli: {
    holds: 'Runs the same jobs from the command line. One file per command.',
    mayImport: ['config', 'jobs', 'calendar', 'report', 'domain', 'platform'],
    mayImportTypesOf: ['ledger', 'verdict', 'sources', 'doctor'],
    because: 'Work inside a command could not run in the worker.',
  },
  web: {
    holds: 'Web pages: reports, health, metrics, the job board.',
    mayImport: ['domain', 'calendar', 'platform', 'report'],
    mayImportTypesOf: ['ledger'],
    because: 'Pages show what is stored; they neither pull nor audit.',
  },
  demo: {
    holds: 'A fictional fleet with known costs, served by emulators of the providers on loopback.',
    mayImport: ['domain', 'platform'],
    mayImportTypesOf: ['sources'],
    because: 'An emulator that shares code with its source would share its mistakes.',
  },
};

/** The only wiring: it may import everything, and no room imports it. */
export const WIRING = '^src/(start\\.js$|main/)';

/** Libraries that one room alone may import, so that each can be replaced. */
export const HOMES = [
  {
    libraries: ['better-sqlite3', 'drizzle-orm'],
    home: '^src/ledger/',
    because: 'The ledger is asynchronous, so another database can replace SQLite later.',
  },
  {
    libraries: [
      'mjml',
      'vega',
      'vega-lite',
      '@resvg/resvg-js',
      'fontkit',
      '@expo-google-fonts/inter',
    ],
    home: '^src/report/',
    because: 'One room decides how a report looks.',
  },
  {
    libraries: ['nodemailer'],
    home: '^src/delivery/',
    because: 'Only delivery makes and sends mail.',
  },
  {
    libraries: ['bullmq', 'ioredis', 'node-cron'],
    home: '^src/schedule/',
    because: 'Jobs must also run without a queue, in the CLI and in tests.',
  },
  {
    libraries: [
      'fastify',
      '@fastify/cookie',
      '@bull-board/api',
      '@bull-board/fastify',
      'prom-client',
    ],
    home: '^src/web/',
    because: 'One room serves pages and decides who may see them.',
  },
  {
    libraries: ['commander'],
    home: '^src/cli/',
    because: 'Only the command line has arguments.',
  },
  {
    libraries: ['csv-parse', 'hyparquet', 'hyparquet-compressors'],
    home: '^src/sources/import/',
    because: 'Files are one source among others; no other room reads CSV or Parquet.',
  },
  {
    libraries: ['csv-stringify'],
    home: '^src/report/',
    because: 'CSV is one form in which a report prints a table.',
  },
  {
    libraries: ['yaml'],
    home: '^src/config/',
    because: 'The config is read once, at the start.',
  },
  {
    libraries: ['aws4fetch'],
    home: '^src/platform/',
    because: 'Buckets and Amazon Managed Prometheus need the same signature.',
  },
  {
    libraries: ['p-queue'],
    home: '^src/platform/',
    because: 'Every request to a provider passes one limiter.',
  },
  {
    libraries: ['pino', 'saxes'],
    home: '^src/platform/',
    because: 'Logging and XML are infrastructure; rooms use our own interface to them.',
  },
];
