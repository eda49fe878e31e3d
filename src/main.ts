/** Knows the street outside: arguments, environment, standard streams, files and the exit code. */

import { access } from 'node:fs/promises';
import type { Files, Services } from './cli/command.ts';
import { explainError } from './cli/failures.ts';
import { runProgram } from './cli/program.ts';
import { Failure } from './domain/failure.ts';
import { systemClock } from './platform/clock.ts';
import { version } from './platform/version.ts';
import { writeInFolder } from './platform/writing.ts';

const files: Files = {
  async standardInput() {
    const chunks: Uint8Array[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
    return Buffer.concat(chunks).toString('utf8');
  },
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  write: writeInFolder,
};

// What is heavy is loaded when asked for: help and refusals must not wait for the queue or the
// ledger.
const services: Services = {
  clock: systemClock,
  version,
  env: process.env,
  terminal: process.stderr.isTTY,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  open: async (configPath, options) => {
    const { openApp } = await import('./app.ts');
    return openApp(configPath, { clock: systemClock, env: process.env, ...options });
  },
  openSql: async (configPath) => (await import('./sqlSession.ts')).openSql(configPath),
  files,
  examine: async (...args) => (await import('./doctor.ts')).examine(...args),
  openQueue: async (...args) => (await import('./adHoc.ts')).openAdHoc(...args),
  runWorker: async (...args) => {
    const code = await (await import('./work.ts')).runWorker(...args);
    // What was handed back may still wait for a provider; nobody waits for that.
    process.exit(code);
  },
  runDemo: async (...args) => (await import('./demo.ts')).runDemo(...args),
};

// `rentcheck … | head -1` closes the pipe early: the rest is not wanted, the work is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw notPrinted(error);
});
process.stderr.on('error', () => undefined);

// Node's own exit code for what nobody caught is 1, which here would say "done, but it fell short".
process.on('uncaughtException', (error) => {
  process.stderr.write(explainError(error));
  process.exit(3);
});

function notPrinted(cause: Error): Failure {
  return new Failure('disk-full', `standard output could not be written: ${cause.message}`, {
    hint: 'look where it is sent to; what the command stored is stored',
    cause,
  });
}

process.exitCode = await runProgram(process.argv.slice(2), services);
