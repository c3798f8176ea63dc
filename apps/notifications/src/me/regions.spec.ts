import { regions, usualRegion } from '../../page/regions.js';

describe('the countries to choose from', () => {
  it('have their names in the language of the person, in its order, each once', () => {
    const german = regions('de');
    expect(german.slice(0, 3).map(({ label }: { label: string }) => label)).toEqual(['Afghanistan', 'Ägypten', 'Ålandinseln']);
    const labels = german.map(({ label }: { label: string }) => label);
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels.length).toBeGreaterThan(200);
    expect(regions('en')).toContainEqual({ value: 'DE', label: 'Germany' });
  });

  it('begin with the one of the person, else with the one of their browser', () =>
    expect([usualRegion('AT', 'de-CH'), usualRegion(undefined, 'de-CH'), usualRegion(undefined, 'de')]).toEqual(['AT', 'CH', 'DE']));
});
