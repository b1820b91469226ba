const { default: Runtime } = require('jest-runtime');
const asyncHooks = require('node:async_hooks');
const { sep } = require('node:path');
const { Script } = require('node:vm');

const NODE_MODULES = `${sep}node_modules${sep}`;
/** Libraries that use Jest's globals, such as `afterEach`, belong to one test file. */
const OF_TESTS =
  /[\\/]node_modules[\\/](@backstage[\\/][a-z-]*test-utils|@testing-library)[\\/]/;
/** So do the parts of Jest that know the file's tests, serializers or source maps. */
const OF_JEST =
  /[\\/]node_modules[\\/](jest-circus|jest-snapshot|@jest[\\/]expect|source-map-support)[\\/]/;

/**
 * Jest evaluates all modules again for each test file. In the environment of oneRealmEnvironment.js, this runtime takes
 * libraries from node, once per worker, which takes a sixth of the time from most files. Our own modules remain separate for
 * each file.
 */
module.exports = class OneRealmRuntime extends Runtime {
  /** What node copies to every promise until it is disabled. Jest itself creates one for each file. */
  storages = [];

  _requireCoreModule(name, supportsPrefix) {
    const core = super._requireCoreModule(name, supportsPrefix);
    if (core !== asyncHooks) return core;
    const { storages } = this;
    class AsyncLocalStorage extends core.AsyncLocalStorage {
      constructor() {
        super();
        storages.push(this);
      }
    }
    return { ...core, AsyncLocalStorage };
  }

  teardown() {
    super.teardown();
    for (const storage of this.storages) storage.disable();
  }

  _loadModule(module, from, moduleName, modulePath, options, registry) {
    if (
      this._environment.isOneRealm &&
      modulePath.includes(NODE_MODULES) &&
      (options?.isInternalModule
        ? !OF_JEST.test(modulePath)
        : !OF_TESTS.test(modulePath) &&
          !this._scriptTransformer.shouldTransform(modulePath))
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
    const names = this.constructInjectedModuleParameters();
    const before = `(function (${names.join(', ')}) {`;
    // V8 keeps what it has compiled of a script for the next test file, and not of a function.
    return new Script(`${before}${source}\n})`, {
      filename,
      columnOffset: -before.length,
    }).runInThisContext();
  }
};
