/** The chat of those on call, which takes whatever is posted to it. */

import { type Emulator, serve } from './serve.ts';

export interface Chat extends Emulator {
  /** What was posted, the oldest first. */
  readonly heard: readonly string[];
}

/** `POST /on-call`, as an incoming webhook of any chat. */
export async function startChat(): Promise<Chat> {
  const heard: string[] = [];
  const emulator = await serve(({ method, path, sent }) => {
    if (method !== 'POST' || path !== '/on-call')
      return { status: 404, type: 'text/plain', body: '' };
    heard.push(sent);
    return { status: 200, type: 'text/plain', body: 'ok' };
  });
  return { ...emulator, heard };
}
