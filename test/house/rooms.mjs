/**
 * Knows the floor plan as data: the rooms, their doors, and which library lives where, each with
 * its reason.
 */

/**
 * @typedef {object} Room
 * @property {string} holds One line: what the room is for.
 * @property {readonly string[]} mayImport Rooms whose code it may use.
 * @property {readonly string[]} [mayImportTypesOf] Rooms it may know by their types alone.
 * @property {readonly string[]} [mayImportFiles] Single files outside those rooms, as regular
 * expressions.
 * @property {'nothing' | 'no I/O'} [outside] `nothing`: neither Node nor npm; `no I/O`: npm, but no
 * Node modules.
 * @property {string} because Why its doors are as they are.
 */

/**
 * Every room under `src/`. A room that is not here does not exist; a door that is not here is
 * closed.
 */
/** @type {Readonly<Record<string, Room>>} */
export const ROOMS = {
  domain: {
    holds: 'The nouns handed from room to room, and the laws that hold of each alone.',
    mayImport: [],
    outside: 'nothing',
    because: 'Everything stands on the nouns, so they stand on nothing.',
  },
  platform: {
    holds: 'The pipes: clock, log, HTTP, backoff, digest, secrets.',
    mayImport: ['domain'],
    because: 'Pipes do not know what flows through them beyond its nouns.',
  },
  sources: {
    holds: 'Ask a provider; hand back facts and rejects, or a failure.',
    mayImport: ['domain', 'platform'],
    because: 'A source that could see the ledger would start to decide what is already known.',
  },
  ledger: {
    holds:
      'Remember facts exactly once, append-only, with provenance; read them back as of a time.',
    mayImport: ['domain', 'platform'],
    because: 'Storage must serve any source and any reader, so it knows neither.',
  },
  economics: {
    holds: 'What it cost, what it would have cost, what is not known.',
    mayImport: ['domain'],
    outside: 'nothing',
    because: 'A figure that depends on a clock, a file or a setting cannot be recomputed.',
  },
  verdict: {
    holds: 'What follows, why, how sure, what would flip it.',
    mayImport: ['domain', 'economics'],
    outside: 'nothing',
    because: 'Advice must be a function of the figures it is printed beside.',
  },
  report: {
    holds: 'Say it: finished words, then subject, text, HTML, charts, JSON.',
    mayImport: ['domain', 'economics', 'verdict'],
    because: 'A report that could look something up would say more than was audited.',
  },
  delivery: {
    holds: "Put it in someone's hands, once.",
    mayImport: ['domain', 'platform'],
    mayImportTypesOf: ['report'],
    because: 'Who carries a letter need not be able to write one.',
  },
  jobs: {
    holds: 'What is to be done, as declarations: name, payload, run, and one of four answers.',
    mayImport: ['domain', 'economics', 'verdict', 'report'],
    mayImportTypesOf: ['platform', 'sources', 'ledger', 'delivery', 'config'],
    outside: 'no I/O',
    because:
      'Jobs are handed the rooms that touch the world; so they run alike in tests, CLI and worker.',
  },
  schedule: {
    holds: 'The timetable, and the engines that run jobs: a queue, or this very process.',
    mayImport: ['jobs', 'platform', 'domain'],
    because: 'When and by which engine is one decision, made in one place.',
  },
  config: {
    holds: 'Read the wish once; refuse it well.',
    mayImport: ['domain', 'platform'],
    mayImportTypesOf: ['sources', 'delivery'],
    mayImportFiles: ['^src/sources/registry\\.ts$', '^src/delivery/options\\.ts$'],
    because: 'Each source owns its options; config only gathers their schemas.',
  },
  cli: {
    holds: 'The same jobs, now, for a person. One command a file.',
    mayImport: ['config', 'jobs', 'report', 'domain', 'platform'],
    mayImportTypesOf: ['ledger', 'verdict', 'sources'],
    because: 'A command that did work of its own would be a job nobody else can run.',
  },
  web: {
    holds: 'The archive of reports, health, metrics, the queue board.',
    mayImport: ['domain', 'platform', 'report'],
    mayImportTypesOf: ['ledger'],
    because: 'Pages show what is there; they neither pull nor audit.',
  },
  demo: {
    holds: 'A fictional fleet with a planted truth, served by loopback emulators of the providers.',
    mayImport: ['domain', 'platform'],
    mayImportTypesOf: ['sources'],
    because: 'An emulator that shared code with the source it feeds would share its mistakes.',
  },
};

/**
 * Files directly under `src/`: the only wiring. They may import everything; nobody imports them.
 */
export const WIRING = '^src/[^/]+\\.(ts|js)$';

/** Libraries with one home. A second home is the day the library can no longer be replaced. */
export const HOMES = [
  {
    libraries: ['better-sqlite3', 'drizzle-orm'],
    home: '^src/ledger/',
    because: 'The ledger is asynchronous to its readers so that another engine can serve it later.',
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
    because: 'How a report looks is decided in one room.',
  },
  {
    libraries: ['nodemailer'],
    home: '^src/delivery/',
    because: 'Only who delivers needs to know how mail is made and sent.',
  },
  {
    libraries: ['bullmq', 'ioredis', 'node-cron'],
    home: '^src/schedule/',
    because: 'Jobs must run without a queue, in the CLI and in tests.',
  },
  {
    libraries: ['fastify', '@bull-board/api', '@bull-board/fastify', 'prom-client'],
    home: '^src/web/',
    because: 'Whoever serves pages decides who may see them: there is one door.',
  },
  {
    libraries: ['commander'],
    home: '^src/cli/',
    because: 'Only the command line has arguments.',
  },
  {
    libraries: ['csv-parse', 'hyparquet', 'hyparquet-compressors'],
    home: '^src/sources/import/',
    because: 'Files are one source among others; nobody else reads CSV or Parquet.',
  },
  {
    libraries: ['csv-stringify'],
    home: '^src/report/',
    because: 'CSV is a way to print a table for a person.',
  },
  {
    libraries: ['yaml'],
    home: '^src/config/',
    because: 'The wish is read once, at the door.',
  },
  {
    libraries: ['aws4fetch'],
    home: '^src/platform/',
    because: 'Buckets and Amazon Managed Prometheus want the same signature: it is made once.',
  },
  {
    libraries: ['pino', 'p-retry', 'saxes'],
    home: '^src/platform/',
    because: 'Logging, retrying and XML are pipes; the rooms see an interface of ours.',
  },
];
