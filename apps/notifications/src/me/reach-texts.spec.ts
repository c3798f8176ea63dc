import { readinessCodes } from '@tocsin/contracts';
import { phrases as german } from '../../page/reach-texts-de.js';
import { phrases as english } from '../../page/reach-texts-en.js';
import { LONGEST_DELAY_MIN, UPDATES } from '../../page/rule-ways.js';

describe.each([
  ['English', english],
  ['German', german],
])('the texts of how somebody is reached, in %s', (_language, { problems, updates, wrong, delayHint }) => {
  it('say of every problem what is the matter', () =>
    expect(Object.keys(problems).sort()).toEqual([...new Set(Object.values(readinessCodes))].sort()));

  it('say of every update when it comes', () => expect(Object.keys(updates).sort()).toEqual([...UPDATES].sort()));

  it('name the longest delay', () =>
    expect([wrong.delayMin, delayHint]).toEqual(Array(2).fill(expect.stringContaining(` ${LONGEST_DELAY_MIN}`))));
});
