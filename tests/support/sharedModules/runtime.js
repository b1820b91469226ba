const { sep } = require('node:path');
const { default: Runtime } = require('jest-runtime');

const DEPENDENCIES = `${sep}node_modules${sep}`;
const NATIVE = /\.(c?js|json|node)$/;
/** What YAML parsers return is compared by its prototype; cli-progress uses the test's clock. They are small. */
const OF_EACH_FILE = /[\\/]node_modules[\\/](js-yaml|yaml|cli-progress)[\\/]/;
/** What it returns is compared by its prototype, too. */
const HCL = /[\\/]@cdktn[\\/]hcl2json[\\/]/;
/** Templates take plain objects of their own realm only. */
const SCAFFOLDER = /[\\/]@backstage[\\/]plugin-scaffolder-(node|backend)[\\/]/;

/**
 * Jest's runtime, but dependencies that need no transform are loaded by Node, once in a worker instead of once in a test
 * file: loading them took most of the time of most files.
 */
module.exports = class SharedModulesRuntime extends Runtime {
  requireModule(from, moduleName, options, isRequireActual) {
    const path = this.#findShared(from, moduleName, options);
    if (path === undefined)
      return super.requireModule(from, moduleName, options, isRequireActual);
    const shared = require(path);
    if (HCL.test(path)) return this.#bringResults(shared);
    return SCAFFOLDER.test(path) ? copyValues(shared) : shared;
  }

  #findShared(from, moduleName, options) {
    if (
      !moduleName ||
      !this._environment.sharesModules ||
      options?.isInternalModule ||
      this._resolver.isCoreModule(moduleName)
    )
      return undefined;
    const path = this._resolveCjsModule(from, moduleName);
    return path.includes(DEPENDENCIES) &&
      !OF_EACH_FILE.test(path) &&
      NATIVE.test(path) &&
      !this._scriptTransformer.shouldTransform(path)
      ? path
      : undefined;
  }

  /** hcl2json, with values of the test's realm. */
  #bringResults({ parse, ...others }) {
    const { JSON: ownJson } = this._environment.global;
    return {
      ...others,
      parse: async (...args) =>
        ownJson.parse(JSON.stringify(await parse(...args))),
    };
  }
};

/** The scaffolder's library, whose actions take inputs and outputs as values of its realm. */
const copyValues = shared => {
  const { createTemplateAction, createFetchTemplateAction } = shared;
  return {
    ...shared,
    ...(createTemplateAction && {
      createTemplateAction: action =>
        createTemplateAction({
          ...action,
          handler: context =>
            action.handler({
              ...context,
              output: (name, value) =>
                context.output(name, structuredClone(value)),
            }),
        }),
    }),
    ...(createFetchTemplateAction && {
      createFetchTemplateAction: options => {
        const action = createFetchTemplateAction(options);
        return {
          ...action,
          handler: context =>
            action.handler({
              ...context,
              input: structuredClone(context.input),
            }),
        };
      },
    }),
  };
};
