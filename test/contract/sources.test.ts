import { expect, test } from 'vitest';
import { sourceKinds } from '../../src/sources/registry.ts';
import { otherCatalogs } from '../sources/catalog/subject.ts';
import { SUBJECTS } from '../sources/subjects.ts';
import { sourceContract } from './source.ts';

test('every registered kind of source keeps the contract', () => {
  expect(SUBJECTS.map(({ kind }) => kind)).toEqual(sourceKinds);
});

for (const subject of [...SUBJECTS, ...otherCatalogs]) sourceContract(subject);
