/** The sign-in page: one field, one button, and the last error. */

import { html } from '../html.ts';
import { renderPage } from '../layout.ts';

export interface SignInView {
  /** The path to redirect to after sign-in. */
  readonly next: string;
  readonly problem?: string;
}

export function renderSignInPage({ next, problem }: SignInView): string {
  const error = problem !== undefined && html`<p class="notice bad" role="alert">${problem}</p>`;
  const body = html`<h1>Sign in</h1>
${error}
<form method="post" action="/sign-in" class="card narrow">
<input type="hidden" name="next" value="${next}">
<label for="token">Token</label>
<input id="token" name="token" type="password" required autofocus autocomplete="current-password">
<p class="hint">The value that <code>web.token</code> in rentcheck.yaml points to.</p>
<button>Sign in</button>
</form>`;
  return renderPage({ title: 'Sign in', body });
}
