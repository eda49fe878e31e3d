/** Prints a page to PDF with a local Chromium that has no network access. */

import { spawn } from 'node:child_process';
import { access, constants, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from '../domain/failure.ts';
import { instantText } from '../domain/period.ts';
import { shortText } from './json.ts';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'microsoft-edge-stable',
];

export interface ChromiumSearch {
  /** An absolute path, or a name on `PATH`. Default: the usual names. */
  readonly nameOrPath?: string;
  /** The environment variable `PATH`. */
  readonly path: string;
}

/**
 * The absolute path of Chromium.
 * @throws {Failure} `not-found` with the names that were tried.
 */
export async function findChromium({ nameOrPath, path }: ChromiumSearch): Promise<string> {
  const names = nameOrPath === undefined ? NAMES : [nameOrPath];
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  for (const name of names) {
    const isPath = /[\\/]/.test(name);
    const places = isPath ? [name] : folders.map((folder) => join(folder, name));
    for (const place of places) if (await canRun(place)) return place;
  }
  const tried = nameOrPath ?? NAMES.join(', ');
  throw new Failure(
    'not-found',
    `Chromium not found (looked for ${tried}); it is needed for the PDF`,
    {
      where: 'report.pdf',
      expected: 'Chromium or Chrome on PATH, or its path in report.chromium',
      hint: 'install one (apt-get install chromium), or set report.pdf to false',
    },
  );
}

async function canRun(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

export interface PrintRequest {
  /** The absolute path of Chromium; see {@link findChromium}. */
  readonly chromium: string;
  /** One complete page. Nothing that it references is loaded. */
  readonly html: string;
  /** The creation date of the PDF. */
  readonly dateMs: number;
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * Prints a page on the paper size that its style sets. The same page, date and browser give the
 * same bytes.
 * @throws {Failure} `unavailable` or `timeout` if there is no PDF, with the last error output.
 */
export async function printPdf(print: PrintRequest): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-print-'));
  try {
    const page = join(folder, 'page.html');
    const out = join(folder, 'page.pdf');
    await writeFile(page, print.html, { mode: 0o600 });
    const output = await run(print, [
      ...flags(join(folder, 'profile')),
      `--print-to-pdf=${out}`,
      pathToFileURL(page).href,
    ]);
    return withDate(await readPdf(out, output), print.dateMs);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A proxy at a port where nothing listens, so every network request fails. */
const NO_NETWORK = ['--proxy-server=http://127.0.0.1:1', '--proxy-bypass-list=<-loopback>'];

function flags(profile: string): string[] {
  // Chromium refuses to sandbox itself as root, which is common in containers.
  const isRoot = process.getuid?.() === 0;
  return [
    '--headless',
    ...(isRoot ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-extensions',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--no-default-browser-check',
    '--no-pdf-header-footer',
    ...NO_NETWORK,
    `--user-data-dir=${profile}`,
  ];
}

/** Runs Chromium and returns the end of its error output. */
function run(
  { chromium, timeoutMs = DEFAULT_TIMEOUT_MS }: PrintRequest,
  args: string[],
): Promise<string> {
  return new Promise((resolve, reject) => {
    // A process group of its own, because all of Chromium's processes must be killed.
    const child = spawn(chromium, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-2_000);
    });
    const timer = setTimeout(() => {
      killGroup(child.pid);
      reject(tooLong(chromium, timeoutMs));
    }, timeoutMs);
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(noPdf(chromium, cause.message, cause));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      if (code === 0) resolve(output);
      else reject(noPdf(chromium, `exit code ${code}: ${output}`));
    });
  });
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

async function readPdf(out: string, output: string): Promise<Buffer> {
  try {
    const pdf = await readFile(out);
    if (pdf.subarray(0, 5).toString('latin1') === '%PDF-') return pdf;
  } catch (cause) {
    throw noPdf('Chromium', output, cause);
  }
  throw noPdf('Chromium', output);
}

/** Replaces the date in place with one of the same length, so no offset in the file moves. */
function withDate(pdf: Buffer, dateMs: number): Uint8Array {
  const digits = instantText(dateMs).replace(/\D/g, '').slice(0, 14);
  const text = pdf
    .toString('latin1')
    .replace(/\/(CreationDate|ModDate) \(D:\d{14}\+00'00'\)/g, `/$1 (D:${digits}+00'00')`);
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

function noPdf(chromium: string, output: string, cause?: unknown): Failure {
  const problem =
    shortText(output.replace(/^\[[^\]]*dbus[^\n]*\n?/gm, ''), 300) || 'no error message';
  return new Failure('unavailable', `${chromium} did not create a PDF: ${problem}`, {
    where: 'report.pdf',
    hint: 'run it by hand, name another browser in report.chromium, or set report.pdf to false',
    cause,
  });
}

function tooLong(chromium: string, timeoutMs: number): Failure {
  return new Failure('timeout', `${chromium} did not create a PDF within ${timeoutMs / 1000} s`, {
    where: 'report.pdf',
    hint: 'the machine may be overloaded; try again, or set report.pdf to false',
  });
}
