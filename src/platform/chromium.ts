/** How a page becomes a PDF: by a Chromium of this machine, cut off from every net. */

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

export interface ChromiumWish {
  /** An absolute path, or a name on `PATH`; the usual names unless told. */
  readonly wish?: string;
  /** The environment's `PATH`. */
  readonly path: string;
}

/**
 * The program's absolute path.
 * @throws {Failure} `not-found` that says where it was looked for.
 */
export async function findChromium({ wish, path }: ChromiumWish): Promise<string> {
  const names = wish === undefined ? NAMES : [wish];
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  for (const name of names) {
    const isPath = /[\\/]/.test(name);
    const places = isPath ? [name] : folders.map((folder) => join(folder, name));
    for (const place of places) if (await canRun(place)) return place;
  }
  const looked = wish ?? NAMES.join(', ');
  throw new Failure(
    'not-found',
    `Chromium not found (looked for ${looked}); it is needed for the PDF`,
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

export interface Print {
  /** Absolute path of the program; see {@link findChromium}. */
  readonly chromium: string;
  /** One whole page: nothing that it names is loaded. */
  readonly html: string;
  /** The date that the PDF carries. */
  readonly dateMs: number;
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * Prints a page on the paper that its own style names. The same page, date and browser give the
 * same bytes.
 * @throws {Failure} `unavailable` or `timeout` where the browser makes none, with its last words.
 */
export async function printPdf(print: Print): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-print-'));
  try {
    const page = join(folder, 'page.html');
    const out = join(folder, 'page.pdf');
    await writeFile(page, print.html, { mode: 0o600 });
    const words = await run(print, [
      ...flags(join(folder, 'profile')),
      `--print-to-pdf=${out}`,
      pathToFileURL(page).href,
    ]);
    return dated(await printed(out, words), print.dateMs);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A proxy at a port that nobody listens on: whatever is asked for over the net is not there. */
const NO_NETWORK = ['--proxy-server=http://127.0.0.1:1', '--proxy-bypass-list=<-loopback>'];

function flags(profile: string): string[] {
  // Chromium refuses to sandbox itself for root, as in most containers.
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

/** Its last words, once it has ended by itself. */
function run({ chromium, timeoutMs = DEFAULT_TIMEOUT_MS }: Print, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    // A group of its own: Chromium is many processes, and all of them must be ended.
    const child = spawn(chromium, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-2_000);
    });
    const timer = setTimeout(() => {
      endGroup(child.pid);
      reject(tooLong(chromium, timeoutMs));
    }, timeoutMs);
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(noPdf(chromium, cause.message, cause));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      if (code === 0) resolve(words);
      else reject(noPdf(chromium, `exit code ${code}: ${words}`));
    });
  });
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in this very moment.
  }
}

async function printed(out: string, words: string): Promise<Buffer> {
  try {
    const pdf = await readFile(out);
    if (pdf.subarray(0, 5).toString('latin1') === '%PDF-') return pdf;
  } catch (cause) {
    throw noPdf('Chromium', words, cause);
  }
  throw noPdf('Chromium', words);
}

/** The clock's date makes way for ours, digit for digit, so that no offset in the file moves. */
function dated(pdf: Buffer, dateMs: number): Uint8Array {
  const digits = instantText(dateMs).replace(/\D/g, '').slice(0, 14);
  const text = pdf
    .toString('latin1')
    .replace(/\/(CreationDate|ModDate) \(D:\d{14}\+00'00'\)/g, `/$1 (D:${digits}+00'00')`);
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

function noPdf(chromium: string, words: string, cause?: unknown): Failure {
  const said = shortText(words.replace(/^\[[^\]]*dbus[^\n]*\n?/gm, ''), 300) || 'no error message';
  return new Failure('unavailable', `${chromium} did not create a PDF: ${said}`, {
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
