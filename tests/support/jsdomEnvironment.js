// For tests of the frontend: begin the file with "@jest-environment <path to this file>" in its first comment.
// Backstage's own environment for them, and what React Aria asks of a browser besides.
const JsdomEnvironment = require('@backstage/cli-module-test-jest/config/jest-environment-jsdom');

class Observer {
  observe() {}
  unobserve() {}
  disconnect() {}
}

module.exports = class extends JsdomEnvironment {
  // Packages for browsers are ES modules, which Jest would have to transform.
  exportConditions() {
    return ['node', 'require'];
  }

  async setup() {
    await super.setup();
    this.global.scrollTo = () => {};
    this.global.CSS = { escape: text => text };
    this.global.ResizeObserver = Observer;
    this.global.IntersectionObserver = Observer;
    this.global.matchMedia = query => ({
      matches: false,
      media: query,
      addEventListener() {},
      removeEventListener() {},
      addListener() {},
      removeListener() {},
    });
    // React warns unless a test says that it acts.
    this.global.IS_REACT_ACT_ENVIRONMENT = true;
  }
};
