const CODES = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
/** Groups of countries and other things that have a code and no telephone numbers. */
const NO_COUNTRIES = ['EU', 'EZ', 'UN', 'QO', 'ZZ', 'XA', 'XB'];

/** All countries by their names in a language, in the order of that language. @param {string} language */
export const regions = (language) => {
  const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
  return CODES.flatMap((first) => CODES.map((second) => first + second))
    .filter((code) => !NO_COUNTRIES.includes(code))
    .flatMap((value) => {
      const label = names.of(value);
      // Codes of countries that are no more have the name of what is there now.
      return label === undefined || new Intl.Locale(`und-${value}`).region !== value ? [] : [{ value, label }];
    })
    .sort((one, other) => one.label.localeCompare(other.label, language));
};

/** Where somebody's number is most likely from. @param {string | undefined} own As the person is configured. @param {string} language Of the browser. */
export const usualRegion = (own, language) => own ?? new Intl.Locale(language).maximize().region ?? 'DE';
