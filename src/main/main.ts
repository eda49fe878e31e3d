/** Entry point: arguments, environment, standard streams and the exit code. */

import { renderError } from '../cli/session.ts';
import { runProgram } from '../cli/program.ts';
import { Failure } from '../domain/failure.ts';
import { systemClock } from '../platform/clock.ts';
import { createServices } from './commandServices.ts';

let isClosed = false;

const services = createServices({
  clock: systemClock,
  env: process.env,
  folder: '.',
  terminal: process.stderr.isTTY,
  terminalOut: process.stdout.isTTY,
  screen: { columns: process.stdout.columns, rows: process.stdout.rows },
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  async drainOutput() {
    if (!isClosed && process.stdout.writableNeedDrain) {
      await new Promise((done) => process.stdout.once('drain', done).once('error', done));
    }
    return !isClosed;
  },
  async standardInput() {
    const chunks: Uint8Array[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
    return Buffer.concat(chunks).toString('utf8');
  },
  // A job that was handed back may still wait for a provider; the process exits without it.
  workerEnded: (code) => process.exit(code),
});

// `rentcheck … | head -1` closes the pipe early: the rest of the output is dropped, but the command
// finishes.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  isClosed = true;
  if (error.code !== 'EPIPE') throw notPrinted(error);
});
process.stderr.on('error', () => undefined);

// Node exits with 1 after an uncaught error, but here 1 means "done, but incomplete".
process.on('uncaughtException', (error) => {
  process.stderr.write(renderError(error));
  process.exit(3);
});

function notPrinted(cause: Error): Failure {
  return new Failure('disk-full', `cannot write to standard output: ${cause.message}`, {
    hint: 'check where standard output goes; the results of the command are stored',
    cause,
  });
}

process.exitCode = await runProgram(process.argv.slice(2), services);
