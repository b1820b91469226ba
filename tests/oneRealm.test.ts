const { OF_ONE_FILE } = require('./support/oneRealmEnvironment');

describe('what ends with a test file', () => {
  it.each(OF_ONE_FILE as string[])(
    'is where this version of Jest keeps it: %s',
    name => {
      const kept = Object.getOwnPropertySymbols(globalThis).filter(
        ({ description }) => description === name,
      );
      expect(kept).toHaveLength(1);
    },
  );
});
