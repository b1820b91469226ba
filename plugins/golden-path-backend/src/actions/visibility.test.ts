import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { standaloneTfvarsPath } from '@goldenpath/plugin-golden-path-common';
import {
  createGoldenPathConditionalDecision,
  goldenPathConditions,
} from '../permissions/rules';
import {
  collectActions,
  isPrincipal,
  userCredentials,
} from '../testing/collectActions';
import { EXAMPLE_FIELDS } from '../testing/exampleFields';
import { databaseOf } from '../testing/databaseOf';
import { Policy, ServedRoutes, serveRoutes } from '../testing/serveRoutes';
import { registerActions } from '.';

/** Each team sees its own databases; nobody may request one. */
const OWN_ONLY: Policy = permission =>
  permission.type === 'resource'
    ? createGoldenPathConditionalDecision(
        Object(permission),
        goldenPathConditions.isOwnedByMe({
          claims: ['group:default/platform-team'],
        }),
      )
    : { result: AuthorizeResult.DENY };

describe('actions of a caller who may not see every database', () => {
  const actions = collectActions();
  const started: unknown[] = [];
  let routes: ServedRoutes;

  beforeAll(async () => {
    routes = await serveRoutes([
      databaseOf({ databaseName: 'users_db' }),
      databaseOf({
        databaseName: 'bills_db',
        ownerRef: 'group:default/payments',
      }),
    ]);
    routes.state.policy = OWN_ONLY;
    registerActions({
      actionsRegistry: actions.registry,
      audited: actions.audited,
      auth: { isPrincipal },
      databases: routes.databases,
      planRequest: routes.planRequest,
      scaffolder: {
        scaffold: async request => {
          started.push(request);
          return { taskId: 'task-1' };
        },
      },
      templateRef: 'template:default/backend-app-rds',
      appBaseUrl: 'https://backstage.example',
    });
  });
  afterAll(() => routes?.stop());

  const explain = (databaseName: string) =>
    actions.invoke('explain-request', { environment: 'dev', databaseName });

  it('list those of the own teams, and count no others', async () => {
    const { items, total } = await actions.invoke('list-databases', {});
    expect(items.map((one: { requestId: string }) => one.requestId)).toEqual([
      'dev-users_db',
    ]);
    expect(total).toBe(1);
  });

  it('explain those alone: another one might as well not exist', async () => {
    expect(await explain('users_db')).toMatchObject({
      status: { requestId: 'dev-users_db' },
    });
    const [hidden, missing] = await Promise.all(
      ['bills_db', 'other_db'].map(name =>
        explain(name).catch((error: Error) =>
          `${error.name} ${error.message}`.replace(name, '<name>'),
        ),
      ),
    );
    expect(hidden).toMatch(/^NotFoundError There is no database "<name>"/);
    expect(hidden).toBe(missing);
  });

  it('plan without facts of another team', async () => {
    routes.state.policy = permission =>
      permission.type === 'resource'
        ? OWN_ONLY(permission, '')
        : { result: AuthorizeResult.ALLOW };
    routes.github.files.set(
      standaloneTfvarsPath('dev'),
      `application_databases = {\n  bills_db = {\n    database_name = "bills_db"\n    username      = "${EXAMPLE_FIELDS.username}"\n  }\n}\n`,
    );
    const { problems } = await actions.invoke('plan-request', EXAMPLE_FIELDS);
    routes.state.policy = OWN_ONLY;
    expect(JSON.stringify(problems)).toContain(
      `${EXAMPLE_FIELDS.username} is taken in dev; choose another name.`,
    );
    expect(JSON.stringify(problems)).not.toMatch(/bills_db|tfvars|payments/);
  });

  it('neither plan nor request without the permission', async () => {
    for (const name of ['plan-request', 'request-database'])
      await expect(
        actions.invoke(name, EXAMPLE_FIELDS, userCredentials),
      ).rejects.toMatchObject({ name: 'NotAllowedError' });
    expect(started).toEqual([]);
  });
});
