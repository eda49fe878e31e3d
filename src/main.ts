/** Knows the street outside: arguments, environment, standard streams, files and the exit code. */

import { access, writeFile } from 'node:fs/promises';
import type { Files, Services } from './cli/command.ts';
import { runProgram } from './cli/program.ts';
import { systemClock } from './platform/clock.ts';
import { version } from './platform/version.ts';

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
  write: (path, text) => writeFile(path, text),
};

// What is heavy is loaded when asked for: help and refusals must not wait for the queue or the ledger.
const services: Services = {
  clock: systemClock,
  version,
  env: process.env,
  terminal: process.stderr.isTTY === true,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  open: async (configPath, options) => {
    const { openApp } = await import('./app.ts');
    return openApp(configPath, { clock: systemClock, env: process.env, ...options });
  },
  files,
  runWorker: async (...args) => (await import('./work.ts')).runWorker(...args),
  runDemo: async (...args) => (await import('./demo.ts')).runDemo(...args),
};

process.exitCode = await runProgram(process.argv.slice(2), services);
