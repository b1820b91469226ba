import {
  act,
  fireEvent,
  screen,
  waitFor,
  within,
} from '@testing-library/react';
import { coreApis, type ApiRef } from '@backstage/frontend-plugin-api';
import { renderInTestApp } from '@backstage/frontend-test-utils';
import {
  EntityProvider,
  entityPresentationApiRef,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import {
  EXAMPLE_STATUSES,
  exampleSummaries,
  statusAt,
} from '../../../../tests/support/exampleStatuses';
import type { DatabaseStatus } from '@goldenpath/plugin-golden-path-common';
import {
  goldenPathApiRef,
  type DatabaseFilter,
  type DatabaseList,
  type GoldenPathApi,
} from '../api/GoldenPathApi';
import { AppDatabasesCard } from '../card/AppDatabasesCard';
import { DatabaseCard } from '../card/DatabaseCard';
import { connectSnippets } from '../card/snippets';
import { DatabasesPage } from '../page/DatabasesPage';
import { databaseRouteRef, databasesRouteRef } from '../routes';
import { POLL_INTERVAL_MS } from '../status/usePolled';

const DATABASE_ENTITY = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: {
    name: 'rds-dev-users_db',
    annotations: {
      'goldenpath.io/environment': 'dev',
      'goldenpath.io/database': 'users_db',
    },
  },
  spec: { type: 'database' },
};
const APP_ENTITY = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'user-service' },
  spec: { dependsOn: ['resource:default/rds-dev-users_db'] },
};

const show = (
  element: JSX.Element,
  api: Partial<GoldenPathApi>,
  address = '/',
  others: ReadonlyArray<readonly [ApiRef<unknown>, object]> = [],
) =>
  renderInTestApp(element, {
    apis: [[goldenPathApiRef, api], ...others],
    initialRouteEntries: [address],
    mountedRoutes: {
      '/databases': databasesRouteRef,
      '/databases/:environment/:databaseName': databaseRouteRef,
      '/catalog/:namespace/:kind/:name': entityRouteRef,
    },
  });
const card = (
  <EntityProvider entity={DATABASE_ENTITY}>
    <DatabaseCard />
  </EntityProvider>
);
const hrefOf = (name: string) =>
  screen.getAllByRole('link', { name })[0].getAttribute('href');
const refusal = (statusCode: number, message: string) =>
  Object.assign(new Error(message), { statusCode });

describe('the card of a database', () => {
  it.each(Object.entries(EXAMPLE_STATUSES))(
    'shows every step, what is wrong and who moves next: %s',
    async (_, status) => {
      show(card, { getDatabase: async () => status });
      const steps = await screen.findByRole('list', {
        name: 'Progress of users_db',
      });
      const items = within(steps).getAllByRole('listitem');
      expect(items.map(({ dataset }) => dataset.state)).toEqual(
        status.steps.map(({ state }) => state),
      );
      const current = items.filter(
        item => item.getAttribute('aria-current') === 'step',
      );
      expect(current).toHaveLength(
        status.steps.filter(({ state }) => state === 'current').length,
      );
      for (const [index, { evidence, url }] of status.steps.entries())
        if (evidence)
          expect(
            within(items[index]).getByText(evidence).closest('a')?.href,
          ).toBe(url);
      const { problem, next } = status;
      for (const text of [problem?.evidence, next?.reason])
        if (text) screen.getAllByText(text, { exact: false });
      if (next) screen.getByText(`Next: ${next.who}`);
      // The owner, and the facts of the connection.
      expect(hrefOf('platform-team')).toBe(
        '/catalog/default/group/platform-team',
      );
      for (const fact of [
        'users_app_user',
        'goldenpath/dev/users_db/postgres',
        'user-service-db-creds',
      ])
        screen.getByText(fact);
    },
  );

  it('says in UTC when a step was done', async () => {
    show(card, { getDatabase: async () => statusAt('requested') });
    const [time] = await screen.findAllByTitle('2026-11-24 10:15:00 UTC');
    expect(time.tagName).toBe('TIME');
  });

  const NOTHING_TO_SHOW =
    'There is no such database, or you may not see it. Ask the team that owns the app, or the platform team.';
  it.each([
    { reason: 'there is none', getDatabase: async () => undefined },
    {
      reason: 'it may not be seen',
      getDatabase: async () => {
        throw refusal(403, 'not yours');
      },
    },
  ])('says the same if $reason', async ({ getDatabase }) => {
    show(card, { getDatabase });
    await screen.findByText(NOTHING_TO_SHOW);
    expect(screen.queryByText('not yours')).toBeNull();
  });

  it('leads to the forms for the next environment and for its end', async () => {
    const status = { ...statusAt('provisioned'), nextEnvironment: 'test' };
    show(card, { getDatabase: async () => status });
    await screen.findByText('Request it in test');
    const formOf = (name: string) => {
      const { pathname, searchParams } = new URL(hrefOf(name)!, 'http://app');
      return { pathname, data: JSON.parse(searchParams.get('formData')!) };
    };
    expect(formOf('Request it in test')).toMatchObject({
      pathname: '/create/templates/default/backend-app-rds',
      data: { databaseName: 'users_db', environment: 'test' },
    });
    expect(formOf('Decommission it')).toEqual({
      pathname: '/create/templates/default/rds-decommission',
      data: { database: 'resource:default/rds-dev-users_db' },
    });
  });

  const READY = 'The database is ready';
  it.each([
    {
      reason: 'is ready',
      step: 'provisioned' as const,
      changes: {},
      shown: [READY, 'Not due yet', 'How do I connect'],
    },
    {
      reason: 'was rotated',
      step: 'rotated' as const,
      changes: {},
      shown: [READY, 'How do I connect'],
    },
    {
      reason: 'drifts',
      step: 'provisioned' as const,
      changes: { problem: EXAMPLE_STATUSES.drifted.problem },
      shown: ['Not due yet', 'How do I connect'],
    },
    {
      reason: 'is no longer declared',
      step: 'provisioned' as const,
      changes: { undeclared: true },
      shown: ['No longer declared', 'No longer reported', 'Not started'],
    },
    {
      reason: 'waits for a person',
      step: 'pull_request' as const,
      changes: {},
      shown: ['Waiting', 'Not due yet', 'How do I connect'],
    },
    {
      reason: 'waits for a workflow',
      step: 'merged' as const,
      changes: {},
      shown: ['In progress', 'Not due yet', 'How do I connect'],
    },
  ])(
    'says of a database that $reason whether it is of use',
    async ({ step, changes, shown }) => {
      show(card, { getDatabase: async () => statusAt(step, changes) });
      await screen.findByText('Links');
      const said = [
        READY,
        'No longer declared',
        'No longer reported',
        'Waiting',
        'In progress',
        'Not due yet',
        'How do I connect',
      ];
      for (const text of said)
        expect([text, screen.queryAllByText(text).length > 0]).toEqual([
          text,
          shown.includes(text),
        ]);
      for (const text of shown) screen.getAllByText(text);
    },
  );

  it('links to the owner by the title that the catalog has', async () => {
    const entityRef = 'group:default/platform-team';
    const snapshot = (ref: string) => ({
      entityRef: ref,
      primaryTitle: ref === entityRef ? 'Platform Team' : 'user-service',
    });
    show(card, { getDatabase: async () => statusAt('merged') }, '/', [
      [
        entityPresentationApiRef,
        {
          forEntity: (ref: string) => ({
            snapshot: snapshot(ref),
            promise: Promise.resolve(snapshot(ref)),
          }),
        },
      ],
    ]);
    await screen.findByText('Links');
    expect(hrefOf('Platform Team')).toBe(
      '/catalog/default/group/platform-team',
    );
  });

  it('offers no form for a database that is not there yet', async () => {
    show(card, { getDatabase: async () => statusAt('merged') });
    await screen.findByText('Links');
    expect(screen.queryByText(/^Request it in|^Decommission/)).toBeNull();
  });

  it('says that it is loading, and asks again after an error', async () => {
    const getDatabase = jest
      .fn<Promise<DatabaseStatus>, []>()
      .mockRejectedValueOnce(refusal(503, 'The backend is starting.'))
      .mockResolvedValueOnce(statusAt('merged'));
    show(card, { getDatabase });
    screen.getByText('Loading the status of the database');
    await screen.findByText('The backend is starting.');
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
    await screen.findByText('Pull request #7 was merged.');
    expect(screen.queryByText('The backend is starting.')).toBeNull();
  });

  it('offers code to copy, without a password', async () => {
    const written: string[] = [];
    Object.assign(navigator, {
      clipboard: { writeText: async (text: string) => written.push(text) },
    });
    show(card, { getDatabase: async () => statusAt('provisioned') });
    await screen.findByText('How do I connect');
    fireEvent.click(screen.getByRole('button', { name: 'Copy' }));
    await screen.findByText('Copied');
    expect(written).toEqual([connectSnippets(statusAt('provisioned')).python]);

    Object.assign(navigator, { clipboard: undefined });
    fireEvent.click(screen.getByRole('button', { name: 'Copy' }));
    await screen.findByText(/does not allow copying/);
  });
});

describe('a status that moves', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());
  const pass = (intervals: number) =>
    act(() => jest.advanceTimersByTimeAsync(intervals * POLL_INTERVAL_MS));

  it('is asked for every ten seconds until the database is provisioned, then every minute', async () => {
    const getDatabase = jest
      .fn<Promise<DatabaseStatus>, []>()
      .mockResolvedValueOnce(statusAt('requested'))
      .mockResolvedValueOnce(statusAt('merged'))
      .mockResolvedValueOnce(statusAt('credentials'))
      .mockResolvedValueOnce(statusAt('provisioned'))
      .mockResolvedValue(EXAMPLE_STATUSES.drifted);
    show(card, { getDatabase });
    await pass(0.5);
    expect(getDatabase).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(getDatabase).toHaveBeenCalledTimes(2);
    screen.getByText('Pull request #7 was merged.');
    await pass(2);
    expect(getDatabase).toHaveBeenCalledTimes(4);
    screen.getByText('The audit records the database.');
    await pass(6);
    expect(getDatabase).toHaveBeenCalledTimes(5);
    screen.getByText(EXAMPLE_STATUSES.drifted.problem!.evidence);
  });

  it('keeps the last answer when the backend fails, and says so', async () => {
    const getDatabase = jest
      .fn<Promise<DatabaseStatus>, []>()
      .mockResolvedValueOnce(statusAt('merged'))
      .mockRejectedValue(refusal(500, 'Out of order.'));
    show(card, { getDatabase });
    await pass(2);
    screen.getByText('Out of order.');
    screen.getByText('Pull request #7 was merged.');
  });
});

describe('the card of an app', () => {
  const appCard = (
    <EntityProvider entity={APP_ENTITY}>
      <AppDatabasesCard />
    </EntityProvider>
  );

  it('shows the databases of the app, and where the rest is', async () => {
    const listDatabases = jest.fn(async () => ({
      items: exampleSummaries(2),
      total: 7,
    }));
    show(appCard, {
      listDatabases,
      getDatabase: async (environment, databaseName) =>
        statusAt('merged', { environment, databaseName }),
    });
    await screen.findByRole('list', { name: 'Progress of service_00000_db' });
    await screen.findByRole('list', { name: 'Progress of service_00001_db' });
    expect(listDatabases).toHaveBeenCalledWith(
      { component: 'user-service', limit: 4 },
      expect.anything(),
    );
    // Requested, so that the catalog has no entity.
    expect(hrefOf('service_00000_db in dev')).toBe(
      '/databases/dev/service_00000_db',
    );
    expect(hrefOf('5 more databases on the page Databases')).toBe(
      '/databases?text=user-service',
    );
  });

  it('says that there is none', async () => {
    show(appCard, { listDatabases: async () => ({ items: [], total: 0 }) });
    await screen.findByText(
      'No database is declared or requested for this app.',
    );
  });
});

describe('the page Databases', () => {
  const all = exampleSummaries(120);
  const listDatabases = async () => ({ items: all, total: all.length });
  const namesOfRows = () =>
    screen
      .getAllByRole('row')
      .slice(1)
      .map(row => within(row).getByRole('rowheader').textContent);

  it('shows what the address says', async () => {
    show(
      <DatabasesPage />,
      { listDatabases },
      '/?environment=prod&sort=database&status=rotated',
    );
    await screen.findByText(/^\d+ of 120 databases$/);
    const expected = all
      .filter(
        ({ environment, step, problem }) =>
          environment === 'prod' && step === 'rotated' && !problem,
      )
      .map(({ databaseName }) => databaseName);
    expect(expected).not.toHaveLength(0);
    expect(namesOfRows()).toEqual(expected);
  });

  it('puts filters, sorting and page into the address, and Back undoes them', async () => {
    const { apis } = show(<DatabasesPage />, { listDatabases });
    const history = apis.get(coreApis.appHistory)!;
    const address = () => history.getSnapshot().location.search;
    await screen.findByText('120 databases');
    expect(namesOfRows()).toHaveLength(25);

    fireEvent.click(screen.getByRole('columnheader', { name: /Database/ }));
    expect(address()).toBe('?sort=database');
    expect(namesOfRows()[0]).toBe('service_00000_db');
    fireEvent.click(screen.getByRole('button', { name: /next/i }));
    expect(address()).toBe('?sort=database&page=2');
    expect(namesOfRows()[0]).toBe('service_00025_db');

    // At once in the table, after a pause in the address.
    fireEvent.change(screen.getByRole('searchbox'), {
      target: { value: '00007' },
    });
    expect(namesOfRows()).toEqual(['service_00007_db']);
    await waitFor(() => expect(address()).toBe('?text=00007&sort=database'));
    fireEvent.click(screen.getByRole('button', { name: 'Reset filters' }));
    expect(address()).toBe('?sort=database');
    act(() => history.navigate(-1));
    await waitFor(() => expect(namesOfRows()).toEqual(['service_00007_db']));
  });

  it('leads to the entity, or to our own page while there is none', async () => {
    show(<DatabasesPage />, { listDatabases }, '/?sort=database');
    await screen.findByText('120 databases');
    const linkOf = (name: string) =>
      screen.getByText(name).closest('[role=row]')?.getAttribute('data-href');
    // Requested, and merged.
    expect(linkOf('service_00007_db')).toBe('/databases/prod/service_00007_db');
    expect(linkOf('service_00003_db')).toBe(
      '/catalog/default/resource/rds-prod-service_00003_db',
    );
  });

  it('loads page after page, and shows the first at once', async () => {
    let answer: (list: DatabaseList) => void = () => {};
    const second = new Promise<DatabaseList>(resolve => {
      answer = resolve;
    });
    const pages = jest.fn(async ({ cursor }: DatabaseFilter = {}) =>
      cursor
        ? second
        : { items: all.slice(0, 60), total: 120, nextCursor: 'next' },
    );
    show(<DatabasesPage />, { listDatabases: pages });
    await screen.findByText('Loading: 60 of 120');
    expect(namesOfRows()).toHaveLength(25);
    await act(async () => answer({ items: all.slice(60), total: 120 }));
    await screen.findByText('120 databases');
  });

  it.each([
    {
      reason: 'there is none',
      list: async () => ({ items: [], total: 0 }),
      address: '/',
      says: 'No databases yet',
    },
    {
      reason: 'no filter matches',
      list: listDatabases,
      address: '/?text=nothing',
      says: 'No database matches these filters',
    },
    {
      reason: 'the backend fails',
      list: async () => {
        throw refusal(500, 'Out of order.');
      },
      address: '/',
      says: 'Out of order.',
    },
  ])('says what to do if $reason', async ({ list, address, says }) => {
    show(<DatabasesPage />, { listDatabases: list }, address);
    await screen.findByText(says);
  });
});
