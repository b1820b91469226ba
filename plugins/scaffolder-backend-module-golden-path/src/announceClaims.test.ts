import type { EventParams } from '@backstage/plugin-events-node';
import { DatabaseRequest } from '@goldenpath/plugin-golden-path-common';
import { exampleRequest } from './actions/exampleRequest';
import { announceClaims } from './announceClaims';
import { newClaims } from './testing/harness';

const key = {
  requestId: 'dev-users_db',
  repo: 'github.com/acme/user-service',
  taskId: 't1',
};

const announce = async (
  publish: (event: EventParams) => Promise<void> = async () => undefined,
) => {
  const published: EventParams[] = [];
  const logged: string[] = [];
  const claims = announceClaims(await newClaims(), {
    events: {
      publish: async event => {
        published.push(event);
        await publish(event);
      },
      subscribe: async () => undefined,
    },
    logger: { debug: message => void logged.push(message) },
  });
  return { claims, published, logged };
};

describe('announceClaims', () => {
  it('publishes once for each change, the request id and nothing more', async () => {
    const { claims, published } = await announce();
    const event = {
      topic: 'goldenpath.claim',
      eventPayload: { requestId: 'dev-users_db' },
    };
    await claims.take({ ...key, request: exampleRequest as DatabaseRequest });
    expect(published).toEqual([event]);
    await claims.setRun(key, 7);
    expect(published).toEqual([event, event]);
    await claims.setDone(key, 'https://github.com/acme/infra/pull/1');
    expect(published).toEqual([event, event, event]);
  });

  it('publishes nothing for a call that changes nothing', async () => {
    const { claims, published } = await announce();
    await claims.take(key);
    await claims.take(key);
    expect(published).toHaveLength(1);
    await claims.get(key);
    expect(published).toHaveLength(1);
  });

  it('claims although the event can not be sent', async () => {
    const { claims, logged } = await announce(async () => {
      throw new Error('no broker');
    });
    await claims.take(key);
    expect((await claims.get(key))?.state).toBe('held');
    expect(logged).toEqual(['goldenpath.claim: no broker']);
  });
});
