import type { PostgresVersion } from '@goldenpath/local-postgres';
import { entry, environmentOn, Instance, startInstance } from './instance';
import type { Context } from './context';
import { testConverging } from './desiredState';
import { testCrowding } from './concurrentRuns';
import { testCutting } from './lostConnection';
import { testDrifting } from './driftRepair';
import { testFieldFacts } from './rdsBehaviour';
import { testIsolation } from './tenantIsolation';
import { testKeepingSecrets } from './passwordLeaks';
import { testMaster } from './masterRole';
import { testPasswords } from './scramLogins';

/** All that must hold of the provisioner on one version of PostgreSQL, with both kinds of master. */
export const describeProvision = (version: PostgresVersion) => {
  // Real servers and programs on two busy cores.
  jest.setTimeout(120_000);

  let instance: Instance;
  beforeAll(async () => {
    instance = await startInstance({ version });
  });
  afterAll(() => instance?.stop());

  describe.each(['master', 'superuser'] as const)('as %s', who => {
    const context: Context = {
      who,
      instance: () => instance,
      on: () => environmentOn(instance, instance[who]),
      named: (name, more) => entry(`${name}_${who}`, more),
    };
    testConverging(context);
    testCutting(context);
    testCrowding(context);
    testDrifting(context, version);
    testKeepingSecrets(context);
    testFieldFacts(context, version);
  });
  testIsolation(() => instance);
  testPasswords(() => instance);
  testMaster(version, () => instance);
};
