import { databaseRequestPermission } from '@goldenpath/plugin-golden-path-common';
import {
  collectActions,
  isPrincipal,
  serviceCredentials,
  userCredentials,
} from '../testing/collectActions';
import { EXAMPLE_FIELDS } from '../testing/exampleFields';
import { registerRequestDatabase } from './requestDatabase';

describe('request-database', () => {
  let problems: Array<{ field: string; message: string }> = [];
  const started: unknown[] = [];
  const actions = collectActions();
  registerRequestDatabase({
    actionsRegistry: actions.registry,
    audited: actions.audited,
    auth: { isPrincipal },
    planRequest: async () => ({
      requestId: 'dev-users_db',
      problems,
      approvals: [],
    }),
    scaffolder: {
      scaffold: async (...args) => {
        started.push(args);
        return { taskId: 'task-1' };
      },
    },
    templateRef: 'template:default/backend-app-rds',
    appBaseUrl: 'https://backstage.example',
  });
  beforeEach(() => {
    problems = [];
    started.splice(0);
  });

  it('adds, and may not be repeated at will', () => {
    expect(actions.get('request-database')).toMatchObject({
      attributes: { readOnly: false, destructive: false, idempotent: false },
      visibilityPermission: databaseRequestPermission,
    });
  });

  it('runs the template with the credentials of the caller', async () => {
    expect(await actions.invoke('request-database', EXAMPLE_FIELDS)).toEqual({
      requestId: 'dev-users_db',
      taskId: 'task-1',
      url: 'https://backstage.example/create/tasks/task-1',
      nextStep:
        'Call explain-request with environment "dev" and databaseName "users_db" to follow it.',
    });
    expect(actions.events).toEqual([
      {
        eventId: 'database-request',
        severityLevel: 'medium',
        meta: {
          by: 'user:default/jane',
          environment: 'dev',
          databaseName: 'users_db',
        },
      },
    ]);
    expect(started).toEqual([
      [
        {
          templateRef: 'template:default/backend-app-rds',
          values: EXAMPLE_FIELDS,
        },
        { credentials: userCredentials },
      ],
    ]);
  });

  it('starts nothing that its plan refuses, and says every reason', async () => {
    problems = [
      { field: 'databaseName', message: 'Database name: taken.' },
      { field: 'owner', message: 'Owner: not yours.' },
    ];
    await expect(
      actions.invoke('request-database', EXAMPLE_FIELDS),
    ).rejects.toThrow(
      'Database name: taken. Owner: not yours. Nothing was requested.',
    );
    expect(started).toEqual([]);
  });

  it('refuses a service, which is a member of no team', async () => {
    await expect(
      actions.invoke('request-database', EXAMPLE_FIELDS, serviceCredentials),
    ).rejects.toMatchObject({ name: 'NotAllowedError' });
    expect(actions.events.at(-1)).toMatchObject({
      meta: { by: 'external:reporting' },
    });
    expect(started).toEqual([]);
  });
});
