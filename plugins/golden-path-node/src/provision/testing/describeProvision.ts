import type { PostgresVersion } from '@goldenpath/local-postgres';
import { itRunsAt } from '../../../../../tests/support/matrix';
import { entry, environmentOn, Instance, startInstance } from './instance';
import type { Context } from './context';
<<<<<<< HEAD
import { testDesiredState } from './desiredState';
import { testConcurrentRuns } from './concurrentRuns';
import { testLostConnection } from './lostConnection';
import { testDriftRepair } from './driftRepair';
import { testRdsBehaviour } from './rdsBehaviour';
import { testTenantIsolation } from './tenantIsolation';
import { testPasswordLeaks } from './passwordLeaks';
import { testMasterRole } from './masterRole';
import { testScramLogins } from './scramLogins';
=======
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
>>>>>>> f17c27d (test: the course of a run has a file of its own)

/** All that must hold of the provisioner on one version of PostgreSQL, with both kinds of master, as far as this run tests it. */
export const describeProvision = (version: PostgresVersion) => {
  let instance: Instance;
  beforeAll(async () => {
    instance = await startInstance({ version });
  });
  afterAll(() => instance?.stop());

  describe.each(['master', 'superuser'] as const)('as %s', runAs => {
    const context: Context = {
      runAs,
      itRuns: itRunsAt({ version, runAs }),
      instance: () => instance,
      on: () => environmentOn(instance, instance[runAs]),
      named: (name, more) => entry(`${name}_${runAs}`, more),
    };
<<<<<<< HEAD
    testDesiredState(context);
    testLostConnection(context);
    testConcurrentRuns(context);
    testDriftRepair(context, version);
    testPasswordLeaks(context);
    testRdsBehaviour(context, version);
=======
    testConverging(context);
    testCutting(context);
    testCourseOfRun(context);
    testCrowding(context);
    testDrifting(context, version);
    testKeepingSecrets(context);
    testFieldFacts(context, version);
>>>>>>> f17c27d (test: the course of a run has a file of its own)
  });
  const forAnyMaster = {
    instance: () => instance,
    itRuns: itRunsAt({ version, runAs: 'master' }),
  };
  testTenantIsolation(forAnyMaster);
  testScramLogins(forAnyMaster);
  testMasterRole(forAnyMaster, version);
};
