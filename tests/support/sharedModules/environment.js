const { TestEnvironment } = require('jest-environment-node');
const { recognizeOtherRealms } = require('./brands');

recognizeOtherRealms(globalThis);
const ENV = Object.getOwnPropertyDescriptor(process, 'env');

/** Jest's environment for Node, for tests that use a worker's dependencies (runtime.js). */
module.exports = class SharedModulesEnvironment extends TestEnvironment {
  sharesModules = true;

  constructor(config, context) {
    super(config, context);
    recognizeOtherRealms(this.global);
    const own = this.global.process;
    // Dependencies read the variables of the test, which has a copy.
    Object.defineProperty(process, 'env', {
      configurable: true,
      enumerable: true,
      get: () => own.env,
      set: env => {
        own.env = env;
      },
    });
  }

  async teardown() {
    Object.defineProperty(process, 'env', ENV);
    await super.teardown();
  }
};
