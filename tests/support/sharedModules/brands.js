const { types } = require('node:util');

/** What an object is, in whatever realm it was made. */
const BRANDS = {
  Array: Array.isArray,
  Date: types.isDate,
  // Some errors are only made with the prototype.
  Error: value => types.isNativeError(value) || isMadeOf(Error, value),
  Function: value => typeof value === 'function',
  Map: types.isMap,
  Object: value =>
    typeof value === 'function' ||
    (typeof value === 'object' && value !== null),
  Promise: types.isPromise,
  RegExp: types.isRegExp,
  Set: types.isSet,
  ...Object.fromEntries(
    [RangeError, SyntaxError, TypeError].map(({ name }) => [
      name,
      value => types.isNativeError(value) && value.name === name,
    ]),
  ),
};

const isMadeOf = (constructor, value) =>
  Function.prototype[Symbol.hasInstance].call(constructor, value);

/**
 * Lets `instanceof` of a realm's own constructors recognize objects of other realms: dependencies outside a test's realm
 * get objects of the test, and it gets theirs.
 */
exports.recognizeOtherRealms = realm => {
  for (const [name, isBranded] of Object.entries(BRANDS)) {
    const constructor = realm[name];
    Object.defineProperty(constructor, Symbol.hasInstance, {
      configurable: true,
      value(candidate) {
        return (
          isMadeOf(this, candidate) ||
          // Subclasses inherit this method, and ask for themselves.
          (this === constructor && isBranded(candidate))
        );
      },
    });
  }
};
