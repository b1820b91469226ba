import { AuditorServiceCreateEventOptions } from '@backstage/backend-plugin-api';
import { Visible } from '../permissions/access';
import { DatabaseStore } from '../ports';
import { userCredentials } from '../testing/collectActions';
import { EXAMPLE_STATUS } from '../testing/exampleStatus';
import { createVisibleDatabases } from './visibleDatabases';

const key = { environment: 'dev', databaseName: 'users_db' };

describe('what an action shows of databases', () => {
  const create = (
    visible: Visible,
    found: typeof EXAMPLE_STATUS | undefined,
  ) => {
    const events: AuditorServiceCreateEventOptions[] = [];
    const asked: Array<Parameters<DatabaseStore['list']>[0]> = [];
    return {
      events,
      asked,
      databases: createVisibleDatabases({
        access: {
          findVisible: async () => visible,
          keepVisible: async databases =>
            visible.kind === 'all' ? databases : [],
        },
        store: {
          list: async filter => {
            asked.push(filter);
            return { items: [], total: 7 };
          },
          get: async () => found,
        },
        audited: async (event, answer) => {
          events.push(event);
          return answer();
        },
      }),
    };
  };

  it('a list of what the permissions leave', async () => {
    const criteria = { ownerRefs: ['group:default/a'] };
    const { databases, asked, events } = create(
      { kind: 'some', criteria },
      undefined,
    );
    await databases.list(
      { owner: 'group:default/a', limit: 5 },
      userCredentials,
    );
    expect(asked).toEqual([
      { owners: ['group:default/a'], limit: 5, visible: criteria },
    ]);
    expect(events).toEqual([
      {
        eventId: 'database-fetch',
        meta: { queryType: 'list', by: 'user:default/jane', limit: 5 },
      },
    ]);
  });

  it('an empty list to those who may see none, without a query', async () => {
    const { databases, asked } = create({ kind: 'none' }, undefined);
    expect(await databases.list({ limit: 5 }, userCredentials)).toEqual({
      items: [],
      total: 0,
    });
    expect(asked).toEqual([]);
  });

  it('a database to those who may see it', async () => {
    const { databases } = create({ kind: 'all' }, EXAMPLE_STATUS);
    expect(await databases.get(key, userCredentials)).toBe(EXAMPLE_STATUS);
  });

  it('the same words for a database that is not there and one that may not be seen', async () => {
    const answers = await Promise.all(
      [
        create({ kind: 'all' }, undefined),
        create({ kind: 'none' }, EXAMPLE_STATUS),
      ].map(({ databases }) =>
        databases.get(key, userCredentials).catch(({ name, message }) => ({
          name,
          message,
        })),
      ),
    );
    expect(answers[0]).toMatchObject({ name: 'NotFoundError' });
    expect(answers[1]).toEqual(answers[0]);
  });
});
