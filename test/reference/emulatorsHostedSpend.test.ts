/** Holds what OpenRouter's emulators tell of an account, and what we ask, to its OpenAPI document. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startOpenrouter } from '../../src/demo/emulators/openrouter.ts';
import { DAY_MS, dayStartMs, instantText } from '../../src/domain/period.ts';
import { secretFrom } from '../../src/platform/secret.ts';
import { openrouterKind } from '../../src/sources/openrouter/kind.ts';
import { accountDocument, KEY, type PlantedSpend } from '../sources/openrouter/account.ts';
import { demoClock, FLEET } from '../support/demoFleet.ts';
import { emulated } from '../support/emulator.ts';
import { startServer } from '../support/httpServer.ts';
import { faultsOf, schemaAt } from '../support/jsonSchema.ts';
import { pulledFrom } from '../support/pulledFrom.ts';

const SPECIFICATION: unknown = JSON.parse(
  readFileSync('../shared/reference/pricing/openrouter-openapi.json', 'utf8'),
);
const NOW = Date.UTC(2026, 7, 10, 9);

