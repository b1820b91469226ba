import type { PostgresVersion } from '@goldenpath/local-postgres';
import { itRunsAt } from '../../../../../tests/support/matrix';
import { entry, environmentOn, Instance, startInstance } from './instance';
import type { Context } from './context';
import { testCourseOfRun } from './courseOfRun';
import { testConverging } from './desiredState';
import { testCrowding } from './concurrentRuns';
import { testCutting } from './lostConnection';
import { testDrifting } from './driftRepair';
import { testFieldFacts } from './rdsBehaviour';
import { testIsolation } from './tenantIsolation';
import { testKeepingSecrets } from './passwordLeaks';
import { testMaster } from './masterRole';
import { testPasswords } from './scramLogins';

/** All that must hold of the provisioner on one version of PostgreSQL, with both kinds of master, as far as this run tests it. */
export const describeProvision = (version: PostgresVersion) => {
  let instance: Instance;
  beforeAll(async () => {
    instance = await startInstance({ version });
  });
  afterAll(() => instance?.stop());

  describe.each(['master', 'superuser'] as const)('as %s', who => {
    const context: Context = {
      who,
      itRuns: itRunsAt({ version, who }),
      instance: () => instance,
      on: () => environmentOn(instance, instance[who]),
      named: (name, more) => entry(`${name}_${who}`, more),
    };
    testConverging(context);
    testCutting(context);
    testCourseOfRun(context);
    testCrowding(context);
    testDrifting(context, version);
    testKeepingSecrets(context);
    testFieldFacts(context, version);
  });
  const forAnyMaster = {
    instance: () => instance,
    itRuns: itRunsAt({ version, who: 'master' }),
  };
  testIsolation(forAnyMaster);
  testPasswords(forAnyMaster);
  testMaster(forAnyMaster, version);
};
