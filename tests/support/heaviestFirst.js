const { default: Sequencer } = require('@jest/test-sequencer');

/** The files that take longest, heaviest first. Jest knows after one run; a fresh clone goes by this. */
const HEAVIEST = ['tests/e2e/wholePath.test.ts'];

/** Starts heavy files first, so that all workers end at about the same time. */
module.exports = class HeaviestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const at = HEAVIEST.findIndex(name => path.endsWith(name));
      return at < 0 ? HEAVIEST.length : at;
    };
    // Stable: all others stay in the order of Jest's own sequencer.
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
