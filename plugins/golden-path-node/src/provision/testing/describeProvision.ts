import type { PostgresVersion } from '@goldenpath/local-postgres';
import { entry, environmentOn, Instance, startInstance } from './instance';
import type { Context } from './context';
import { testDesiredState } from './desiredState';
import { testConcurrentRuns } from './concurrentRuns';
import { testLostConnection } from './lostConnection';
import { testDriftRepair } from './driftRepair';
import { testRdsBehaviour } from './rdsBehaviour';
import { testTenantIsolation } from './tenantIsolation';
import { testPasswordLeaks } from './passwordLeaks';
import { testMasterRole } from './masterRole';
import { testScramLogins } from './scramLogins';

/** The provisioner's tests on one version of PostgreSQL, with both kinds of master. */
export const describeProvision = (version: PostgresVersion) => {
  // Real servers and programs on two busy cores.
  jest.setTimeout(120_000);

  let instance: Instance;
  beforeAll(async () => {
    instance = await startInstance({ version });
  });
  afterAll(() => instance?.stop());

  describe.each(['master', 'superuser'] as const)('as %s', runAs => {
    const context: Context = {
      runAs,
      instance: () => instance,
      on: () => environmentOn(instance, instance[runAs]),
      named: (name, more) => entry(`${name}_${runAs}`, more),
    };
    testDesiredState(context);
    testLostConnection(context);
    testConcurrentRuns(context);
    testDriftRepair(context, version);
    testPasswordLeaks(context);
    testRdsBehaviour(context, version);
  });
  testTenantIsolation(() => instance);
  testScramLogins(() => instance);
  testMasterRole(version, () => instance);
};
