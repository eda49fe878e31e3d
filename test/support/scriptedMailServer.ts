/** A mail server that misbehaves on purpose: a script sets each reply and where it hangs up. */

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** The replies in place of a well-behaved server's. */
export interface SmtpScript {
  readonly greeting?: string | Act;
  readonly ehlo?: string | Act;
  readonly auth?: string | Act;
  readonly mail?: string | Act;
  readonly rcpt?: string | Act;
  readonly data?: string | Act;
  /** Called with each piece of the message's text, before its end is searched for. */
  readonly text?: Act;
  /** After the final dot. */
  readonly end?: string | Act;
}

type Act = (socket: Socket) => void;

const POLITE = {
  greeting: '220 nasty.example',
  ehlo: '250 nasty.example',
  auth: '235 welcome',
  mail: '250 ok',
  rcpt: '250 ok',
  data: '354 go on',
  end: '250 queued',
};

const COMMANDS: readonly (readonly [RegExp, keyof typeof POLITE])[] = [
  [/^(EHLO|HELO)/i, 'ehlo'],
  [/^AUTH/i, 'auth'],
  [/^MAIL/i, 'mail'],
  [/^RCPT/i, 'rcpt'],
  [/^DATA/i, 'data'],
];

export interface ScriptedMailServer {
  readonly port: number;
  /** How often the final dot came. */
  readonly ends: () => number;
}

export async function startScriptedMailServer(script: SmtpScript): Promise<ScriptedMailServer> {
  let ends = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket, script, () => {
      ends += 1;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, ends: () => ends };
}

/** Input that was not read yet. */
class Unread {
  #text = '';

  add(chunk: Buffer): void {
    this.#text += chunk.toString('latin1');
  }

  /** The text before the mark. The mark is consumed too. */
  upTo(mark: string): string | undefined {
    const at = this.#text.indexOf(mark);
    if (at < 0) return undefined;
    const found = this.#text.slice(0, at);
    this.#text = this.#text.slice(at + mark.length);
    return found;
  }
}

/** Reads commands line by line, and after DATA a text up to its dot. */
function serve(socket: Socket, script: SmtpScript, ended: () => void): void {
  const act = (what: keyof typeof POLITE) => {
    const does = script[what] ?? POLITE[what];
    if (typeof does === 'string') socket.write(`${does}\r\n`);
    else does(socket);
  };
  const unread = new Unread();
  let inText = false;
  const readText = (): boolean => {
    if (unread.upTo('\r\n.\r\n') === undefined) return false;
    inText = false;
    ended();
    act('end');
    return true;
  };
  const readCommand = (): boolean => {
    const line = unread.upTo('\r\n');
    if (line === undefined) return false;
    const known = COMMANDS.find(([pattern]) => pattern.test(line))?.[1];
    if (known === undefined) socket.write('221 bye\r\n');
    else act(known);
    inText = known === 'data';
    return true;
  };
  act('greeting');
  socket.on('data', (chunk) => {
    unread.add(chunk);
    if (inText) script.text?.(socket);
    while (inText ? readText() : readCommand());
  });
}
