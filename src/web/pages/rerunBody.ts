/** The form that runs a job again. */

import { html, type Markup } from '../html.ts';
import { RERUN_CHOICES, type RerunFields } from './rerunOrder.ts';

export interface RerunView extends RerunFields {
  /** The CSRF token. */
  readonly token: string;
  /** The error of the last submission. */
  readonly problem?: string;
}

export function renderRerunPage(view: RerunView): Markup {
  const { token, quarter, deliver, job, payload } = view;
  return html`<h1>Run again</h1>
${problem(view)}
<form method="post" action="/rerun" class="card">
<input type="hidden" name="form" value="${token}">
<fieldset>
<legend>What to run</legend>
${RERUN_CHOICES.map((offer) => choice(offer, offer.name === view.choice))}
</fieldset>
<label for="quarter">Quarter</label>
<input id="quarter" name="quarter" value="${quarter}" placeholder="2026-Q3" size="8"
 autocomplete="off" aria-describedby="quarter-hint">
<p class="hint" id="quarter-hint">Used by the first three choices.</p>
<p class="check"><input type="checkbox" id="deliver" name="deliver" value="yes"
${deliver && html` checked`}>
<label for="deliver">Send the report to its recipients when it is ready</label></p>
<details${view.choice === 'other' && html` open`}>
<summary>Name and payload of another job</summary>
<label for="name">Name</label>
<input id="name" name="name" value="${job}" autocomplete="off" placeholder="pull">
<label for="payload">Payload</label>
<textarea id="payload" name="payload" rows="4" spellcheck="false"
 placeholder="{&quot;source&quot;: &quot;prom&quot;}">${payload}</textarea>
</details>
<button>Run</button>
</form>`;
}

function problem({ problem }: RerunView): Markup | undefined {
  if (problem === undefined) return undefined;
  return html`<p class="notice bad" role="alert" tabindex="-1" autofocus>${problem}</p>`;
}

function choice({ name, title, what }: (typeof RERUN_CHOICES)[number], isChosen: boolean): Markup {
  return html`<div class="choice">
<input type="radio" id="job-${name}" name="job" value="${name}"${isChosen && html` checked`}
 aria-describedby="job-${name}-what">
<label for="job-${name}">${title}</label>
<span class="hint" id="job-${name}-what">${what}</span>
</div>
`;
}
