const { default: Runtime } = require('jest-runtime');
const { sep } = require('node:path');
const { compileFunction } = require('node:vm');

const NODE_MODULES = `${sep}node_modules${sep}`;
/** Libraries that use Jest's globals, such as `afterEach`, belong to one test file. */
const OF_TESTS =
  /[\\/]node_modules[\\/](@backstage[\\/][a-z-]*test-utils|@testing-library)[\\/]/;

/**
 * Jest evaluates all modules again for each test file. In the environment of oneRealmEnvironment.js, this runtime takes
 * libraries from node, once per worker, which takes a sixth of the time from most files. Our own modules remain separate for
 * each file.
 */
module.exports = class OneRealmRuntime extends Runtime {
  _loadModule(module, from, moduleName, modulePath, options, registry) {
    if (
      this._environment.isOneRealm &&
      !options?.isInternalModule &&
      modulePath.includes(NODE_MODULES) &&
      !OF_TESTS.test(modulePath) &&
      !this._scriptTransformer.shouldTransform(modulePath)
    ) {
      module.exports = require(modulePath);
      module.loaded = true;
      return;
    }
    super._loadModule(module, from, moduleName, modulePath, options, registry);
  }

  createScriptFromCode(source, filename) {
    if (!this._environment.isOneRealm)
      return super.createScriptFromCode(source, filename);
    return compileFunction(source, this.constructInjectedModuleParameters(), {
      filename,
    });
  }
};
