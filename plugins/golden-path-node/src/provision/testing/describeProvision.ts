import type { PostgresVersion } from '@goldenpath/local-postgres';
import { itRunsAt } from '../../../../../tests/support/matrix';
import { entry, environmentOn, provideInstance } from './instance';
import type { Context } from './context';
import { testCourseOfRun } from './courseOfRun';
import { testDesiredState } from './desiredState';
import { testConcurrentRuns } from './concurrentRuns';
import { testLostConnection } from './lostConnection';
import { testAddresses } from './addresses';
import { testLogins } from './logins';
import { testDriftRepair } from './driftRepair';
import { testRdsBehaviour } from './rdsBehaviour';
import { testGrantors } from './grantors';
import { testGrantorsAtRandom } from './grantorsAtRandom';
import { testTenantIsolation } from './tenantIsolation';
import { testPasswordLeaks } from './passwordLeaks';
import { testNamesOfSql } from './namesOfSql';
import { testMasterRole } from './masterRole';
import { testScramLogins } from './scramLogins';
import { testAdoptedObjects } from './adoptedObjects';
import { testUndeclaredState } from './undeclaredState';
import { testUsage } from './testUsage';

/** All that must hold of the provisioner on one version of PostgreSQL, with both kinds of master, as far as this run tests it. */
export const describeProvision = (version: PostgresVersion) => {
  const instance = provideInstance({ version });

  describe.each(['master', 'superuser'] as const)('as %s', runAs => {
    const context: Context = {
      runAs,
      itRuns: itRunsAt({ version, runAs }),
      instance,
      on: () => environmentOn(instance(), instance()[runAs]),
      named: (name, more) => entry(`${name}_${runAs}`, more),
    };
    testDesiredState(context);
    testLostConnection(context);
    testCourseOfRun(context);
    testConcurrentRuns(context);
    testDriftRepair(context, version);
    testLogins(context, version);
    testAddresses(context);
    testPasswordLeaks(context);
    testRdsBehaviour(context, version);
    testGrantors(context, version);
    testGrantorsAtRandom(context);
    if (runAs === 'master') testNamesOfSql(context);
    testAdoptedObjects(context);
    testUndeclaredState(context, version);
    testUsage(context);
  });
  const forAnyMaster = {
    instance,
    itRuns: itRunsAt({ version, runAs: 'master' }),
  };
  testTenantIsolation(forAnyMaster);
  testScramLogins(forAnyMaster);
  testMasterRole(forAnyMaster, version);
};
