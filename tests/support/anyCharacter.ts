import fc from 'fast-check';

/** Any code point but a surrogate. Fast-check's own unit `binary` lists all of them in memory first, for a second. */
export const anyCharacter = fc
  .integer({ min: 0, max: 0x10ffff - 0x800 })
  .map(n => String.fromCodePoint(n < 0xd800 ? n : n + 0x800));
