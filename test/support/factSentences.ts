/** The sentences of facts, as an audit stores them. */

import type { PullWarning } from '../../src/domain/pullWarning.ts';
import { pullWarningSentence } from '../../src/report/copy/pullWarnings.ts';
import { invariant } from '../../src/domain/failure.ts';
import type { HostLack, Lack } from '../../src/economics/lack.ts';
import type { Warning } from '../../src/economics/warning.ts';
import { STORED_FORMAT } from '../../src/report/locale.ts';
import { hostLackClause, lackClause } from '../../src/report/copy/lacks.ts';
import { warningSentence } from '../../src/report/copy/warnings.ts';

/** The sentences of the warnings of a pull. */
export function pullWarningSentences(warnings: readonly PullWarning[] = []): string[] {
  return warnings.map(pullWarningSentence);
}

/** @throws {Error} if there is no warning. */
export function warningSentences(warnings: readonly Warning[] | undefined): string[] {
  invariant(warnings !== undefined, 'there are warnings, if none');
  return warnings.map((warning) => warningSentence(warning, STORED_FORMAT));
}

export function lackSentence(lack: Lack | undefined): string | undefined {
  return lack && lackClause(lack, STORED_FORMAT);
}

export function providerLackSentence(lack: HostLack | undefined): string | undefined {
  return lack && hostLackClause(lack, STORED_FORMAT);
}
