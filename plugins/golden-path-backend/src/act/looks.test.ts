import type { StatusContext } from '../decide/decideStatus';
import { quietLogger } from '../testing/quietLogger';
import { createLooksAtRequests } from './looks';

const context: StatusContext = {
  now: 0,
  patience: { reviewMs: 1, provisionMs: 1, runMs: 1, conflictMs: 1 },
  platformTeam: 'group:default/platform-team',
  catalogPath: 'rds.yaml',
  catalogUrl: 'https://github.com/acme/infra/blob/main/rds.yaml',
  environments: ['dev'],
  instances: {},
};

it('follows many hints, four at a time', async () => {
  let running = 0;
  let most = 0;
  let looked = 0;
  const looks = createLooksAtRequests({
    store: {
      claimLook: async () => true,
      getKnown: async () => undefined,
      change: async () => false,
      forget: async () => undefined,
    },
    lookAt: async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(done => {
        setImmediate(done);
      });
      running -= 1;
      looked += 1;
      return {};
    },
    readContext: async () => context,
    logger: quietLogger,
    now: () => 0,
    later: () => () => undefined,
  });
  await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      looks.follow({ environment: 'dev', databaseName: `d${n}_db` }),
    ),
  );
  expect(looked).toBe(30);
  expect(most).toBe(4);
});
