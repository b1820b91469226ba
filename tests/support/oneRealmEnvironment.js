const { LegacyFakeTimers, ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');
const { installCommonGlobals } = require('jest-util');
const { createContext } = require('node:vm');

// What Jest itself reads of the global object.
const { process: _, ...forJest } = Object.getOwnPropertyDescriptors(
  installCommonGlobals({ Symbol, Date }, {}),
);
for (const name of Reflect.ownKeys(forJest))
  if (!(name in globalThis))
    Object.defineProperty(globalThis, name, forJest[name]);

/** Where Jest keeps the tests of a file and who listens to them, on the global object. */
const OF_ONE_FILE = ['JEST_STATE_SYMBOL', 'EVENT_HANDLERS'];

/**
 * Test files run in the realm of node, one after another in each worker, so that they and the libraries that the worker
 * shares (oneRealmRuntime.js) have the same `Error` and `Date`. What a file sets in `process.env` ends with it.
 */
module.exports = class OneRealmEnvironment {
  static OF_ONE_FILE = OF_ONE_FILE;

  isOneRealm = true;
  global = globalThis;
  // Jest asks for one; nothing of a test runs in it.
  context = createContext({});

  constructor({ projectConfig: config }) {
    this.global.global = globalThis;
    // Jest replaces two of these for each file.
    this.before = {
      console,
      exit: process.exit,
      env: { ...process.env },
      prepareStackTrace: Error.prepareStackTrace,
    };
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimers = new LegacyFakeTimers({
      config,
      global: globalThis,
      moduleMocker: this.moduleMocker,
      timerConfig: { idToRef: id => id, refToId: timer => timer },
    });
    this.fakeTimersModern = new ModernFakeTimers({
      config,
      global: globalThis,
    });
    Error.stackTraceLimit = 100;
  }

  async setup() {}

  async teardown() {
    this.fakeTimers.dispose();
    this.fakeTimersModern.dispose();
    const { env, exit } = this.before;
    globalThis.console = this.before.console;
    process.exit = exit;
    Error.prepareStackTrace = this.before.prepareStackTrace;
    for (const symbol of Object.getOwnPropertySymbols(globalThis))
      if (OF_ONE_FILE.includes(symbol.description)) delete globalThis[symbol];
    for (const name of Object.keys(process.env))
      if (!(name in env)) delete process.env[name];
    Object.assign(process.env, env);
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return this.context;
  }
};
