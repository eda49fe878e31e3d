import { expect, test } from 'vitest';
import { sourceKinds } from '../../src/sources/registry.ts';
import type { SourceKind } from '../../src/sources/source.ts';
import { otherCatalogs } from '../sources/catalog/subject.ts';
import { SUBJECTS } from '../sources/subjects.ts';
import { sourceContract } from './source.ts';

test('every registered kind of source keeps the contract', () => {
  const missing = sourceKinds.filter((kind) => !SUBJECTS.some((subject) => subject.kind === kind));
  const advice = ({ kind }: SourceKind) => `add ${kind} to SUBJECTS in test/sources/subjects.ts`;
  expect(missing.map(advice)).toEqual([]);
});

for (const subject of [...SUBJECTS, ...otherCatalogs]) sourceContract(subject);
