import { NEWEST_VERSION, VERSIONS } from '../../../../../tests/support/matrix';
import { GRANT_CHAINS, PASSED_ON } from '../testing/fieldCases/grants';
import { OBJECTS, OTHERS } from '../testing/fieldCases/inside';
import { LIMITS } from '../testing/fieldCases/limits';
import { MASTER_LIMITS, PROBES, WAYS_IN } from '../testing/fieldCases/logins';
import { SETTINGS } from '../testing/fieldCases/settings';
import { testFieldCases } from '../testing/fieldCases/testFieldCases';
import { testHosts } from '../testing/fieldCases/testHosts';
import { provideInstance } from '../testing/instance';

const CASES = [
  ...LIMITS,
  ...GRANT_CHAINS,
  ...PASSED_ON,
  ...PROBES,
  ...SETTINGS,
  ...WAYS_IN,
  ...MASTER_LIMITS,
  ...OBJECTS,
  ...OTHERS,
];

describe.each(VERSIONS)('what the field saw, on PostgreSQL %s', version => {
  // The superuser's own session is elsewhere: rows change database postgres.
  const instance = provideInstance({ version, superuserIn: 'backstage' });
  testFieldCases(CASES, version, instance);
  // The server is never asked.
  if (version === NEWEST_VERSION) testHosts(instance);
});
