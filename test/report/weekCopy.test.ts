import { expect, test } from 'vitest';
import { weekText } from '../../src/report/copy/steps.ts';

const week = (isOff: (day: number, hour: number) => boolean) =>
  Array.from({ length: 168 }, (_, at) => isOff(Math.floor(at / 24), at % 24));

test.each([
  ['nights and weekends', week((day, hour) => day > 4 || hour < 7 || hour >= 18)],
  ['a weekend', week((day) => day > 4)],
  ['one night', week((day, hour) => day === 2 && hour >= 22)],
  ['noon', week((_, hour) => hour === 12)],
  ['nothing', week(() => false)],
  ['always', week(() => true)],
  ['no timetable', week((day, hour) => hour === day)],
])('%s', (name, off) => {
  const words: Record<string, string> = {
    'nights and weekends': 'Mon–Fri 00:00–07:00 and 18:00–24:00, Sat–Sun all day',
    'a weekend': 'Sat–Sun all day',
    'one night': 'Wed 22:00–24:00',
    noon: 'Mon–Sun 12:00–13:00',
    nothing: '',
    always: 'Mon–Sun all day',
    'no timetable': '',
  };
  expect(weekText(off)).toBe(words[name]);
});
