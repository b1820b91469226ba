import type { PostgresVersion } from '@goldenpath/local-postgres';
import { itRunsAt } from '../../../../../tests/support/matrix';
import { entry, environmentOn, provideInstance } from './instance';
import { testRetire } from './testRetire';

/** Retirement on one version of PostgreSQL, with both kinds of master, each on an instance of its own. */
export const describeRetire = (version: PostgresVersion) =>
  describe.each(['master', 'superuser'] as const)('as %s', runAs => {
    const instance = provideInstance({ version });
    testRetire({
      runAs,
      itRuns: itRunsAt({ version, runAs }),
      instance,
      on: () => environmentOn(instance(), instance()[runAs]),
      named: (name, more) => entry(`${name}_${runAs}`, more),
    });
  });
