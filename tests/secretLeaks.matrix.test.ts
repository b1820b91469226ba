import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  masterSecretName,
  requestId,
} from '@goldenpath/plugin-golden-path-common';
import { BackstageClient } from './support/backstage';
import { until } from './support/platform';
import { bootReplicas, Replicas } from './support/replica/bootReplicas';
import { Replica } from './support/replica/startReplica';
import { SharedInstance, startSharedInstance } from './support/sharedInstance';

const canary = (kind: string) =>
  `${kind}_canary${randomBytes(15).toString('hex')}`;
/** On this GitHub a token of Actions that it didn't issue is invalid; it takes every other. */
const REVOKED = canary('ghs');

/** Everything that may show what a backend knows, by place. */
type Places = Record<string, string>;

/** A secret as text, in JSON, in a URL, in SQL, and in Base64 at each of its three alignments. */
const spellings = (secret: string): string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  secret.replaceAll("'", "''"),
  Buffer.from(secret).toString('hex'),
  ...[0, 1, 2].map(before =>
    Buffer.concat([Buffer.alloc(before), Buffer.from(secret)])
      .toString('base64')
      // The first and last characters also depend on what stands around the secret.
      .slice(before === 0 ? 0 : 4, -4),
  ),
];

const findLeaks = (secrets: Record<string, string>, places: Places): string[] =>
  Object.entries(secrets).flatMap(([kind, secret]) =>
    Object.entries(places)
      .filter(([, text]) =>
        spellings(secret).some(spelling => text.includes(spelling)),
      )
      .map(([place]) => `${kind} in ${place}`),
  );

describe('the search for secrets', () => {
  const secret = `it's "a" secret/+ with 30 characters`;
  it.each<[reason: string, text: string]>([
    ['as it is', `a ${secret} b`],
    ['in JSON', JSON.stringify({ secret })],
    ['in a URL', `https://x:${encodeURIComponent(secret)}@host`],
    ['in SQL', `PASSWORD '${secret.replaceAll("'", "''")}'`],
    ['as git sends it', Buffer.from(`x:${secret}`).toString('base64')],
    ['in Base64', Buffer.from(`user:${secret} more`).toString('base64')],
    ['in hexadecimal', Buffer.from(secret).toString('hex')],
  ])('finds one %s', (_, text) => {
    expect(findLeaks({ secret }, { text })).toEqual(['secret in text']);
  });

  it('finds nothing elsewhere', () => {
    expect(findLeaks({ secret }, { text: 'a secret' })).toEqual([]);
  });
});

describe('tokens and passwords, after forms that succeeded, failed, were retried or tried out', () => {
  let instance: SharedInstance;
  let all: Replicas;
  let replica: Replica;
  let backstage: BackstageClient;
  let userToken: string;
  const platformToken = canary('ghp');
  const wrongPassword = canary('password');
  const secrets: Record<string, string> = {};
  const places: Places = {};

  beforeAll(async () => {
    instance = await startSharedInstance(['dev']);
    all = await bootReplicas('canary-app', {
      folder: join(instance.folder, 'platform'),
      runnerEnv: instance.runnerEnv,
    });
    await all.infra.setVariables(instance.postgres.caFile);
    userToken = await all.infra.github.createUserToken('backstage');
    replica = await all.start({
      token: platformToken,
      env: { ...instance.runnerEnv, LOG_LEVEL: 'debug', PRINT_METRICS: '1' },
      provision: {
        caFile: instance.postgres.caFile,
        region: 'eu-central-1',
        groups: ['group:default/checkout-team'],
        masterUsername: instance.postgres.master.username,
      },
    });
    backstage = await all.signIn(replica);
  });
  afterAll(async () => {
    await all?.stop();
    await instance?.stop();
  });

  const send = async (
    values: Record<string, string>,
    token?: string,
    template?: string,
  ) => {
    const { status, id, body } = await backstage.createTask(values, template, {
      ...(token && { USER_OAUTH_TOKEN: token }),
    });
    expect({ status, body }).toEqual({ status: 201, body: { id } });
    const task = await backstage.finished(id);
    places[`events of ${values.component_id ?? id}`] = JSON.stringify(task);
    return task;
  };
  const textOf = (task: { events: unknown }) => JSON.stringify(task.events);

  it("a form with the user's own token succeeds", async () => {
    const task = await send(all.formOf('canary-app-00'), userToken);
    expect([task.status, textOf(task)]).toEqual([
      'completed',
      expect.any(String),
    ]);
    // Proves that the token was used; otherwise the checks below would prove nothing.
    expect(all.gate.tokens()).toContain(userToken);
  });

  it('a form with a revoked token fails, and succeeds after Retry with a valid one', async () => {
    const failed = await send(all.formOf('canary-app-01'), REVOKED);
    expect(failed.status).toBe('failed');
    expect(all.gate.tokens()).toContain(REVOKED);
    const answer = await backstage.post(
      `/api/scaffolder/v2/tasks/${failed.id}/retry`,
      { secrets: { USER_OAUTH_TOKEN: userToken } },
    );
    expect(answer.status).toBe(201);
    const task = await backstage.finished(failed.id);
    places['events after Retry'] = JSON.stringify(task);
    expect([task.status, textOf(task)]).toEqual([
      'completed',
      expect.any(String),
    ]);
  });

  it('a form whose push is cut off ends', async () => {
    const app = 'canary-app-02';
    all.gate.hold({
      app,
      request: 'POST /acme/{app}.git/git-receive-pack',
      nth: 1,
      when: 'before',
    });
    const sent = send(all.formOf(app), userToken);
    await until(() => all.gate.isParked(app), 'the push');
    all.gate.drop();
    expect(['completed', 'failed']).toContain((await sent).status);
  });

  it('a form without a token succeeds', async () => {
    const task = await send(all.formOf('canary-app-03'));
    expect([task.status, textOf(task)]).toEqual([
      'completed',
      expect.any(String),
    ]);
    expect(all.gate.tokens()).toContain(platformToken);
  });

  it('a dry run ends', async () => {
    const template = await (
      await backstage.get(
        '/api/catalog/entities/by-name/template/default/backend-app-rds',
      )
    ).json();
    const answer = await backstage.post('/api/scaffolder/v2/dry-run', {
      template,
      values: all.formOf('canary-app-04'),
      secrets: { USER_OAUTH_TOKEN: userToken },
      directoryContents: [],
    });
    places['answer of the dry run'] = await answer.text();
    expect([answer.status, places['answer of the dry run']]).toEqual([
      200,
      expect.any(String),
    ]);
  });

  it('the provisioner applies, and fails with a wrong password', async () => {
    const { databaseName } = all.formOf('canary-app-00');
    const branch = `database/dev/${databaseName}`;
    const pull = await all.infra.pullOf(branch);
    expect((await all.infra.merge(pull!.number)).status).toBe(200);
    await all.infra.github.actions.idle();
    secrets['password of the app'] = (
      await instance.credentials('dev', databaseName)
    ).password;

    const client = await instance.postgres.connectAsSuperuser();
    await client.query(`GRANT CONNECT ON DATABASE ${databaseName} TO PUBLIC`);
    await client.end();
    const apply = () =>
      send(
        { environment: 'dev', whatToDo: 'apply' },
        undefined,
        'template:default/rds-provision',
      );
    const applied = await apply();
    expect([applied.status, textOf(applied)]).toEqual([
      'completed',
      expect.stringContaining('Plan: 1 change in 1 database.'),
    ]);

    const { host, port, master } = instance.postgres;
    await instance.secrets.send(
      new PutSecretValueCommand({
        SecretId: masterSecretName('dev'),
        SecretString: JSON.stringify({
          ...{ host, port, username: master.username },
          password: wrongPassword,
        }),
      }),
    );
    const failed = await apply();
    expect([failed.status, textOf(failed)]).toEqual([
      'failed',
      expect.stringContaining('password authentication failed'),
    ]);
  });

  it('are in no table, event, output, log, audit or metric', async () => {
    Object.assign(secrets, {
      'token of the platform': platformToken,
      'token of the user': userToken,
      'revoked token': REVOKED,
      'password of the database of Backstage':
        all.postgres.databases.backstage.password,
      'password of the master': instance.postgres.master.password,
      'wrong password of the master': wrongPassword,
    });
    const { rows: tables } = await all.sql.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'gate')`,
    );
    for (const { name } of tables) {
      const { rows } = await all.sql.query<{ row: string }>(
        `SELECT t::text AS row FROM ${name} t`,
      );
      places[`table ${name}`] = rows.map(({ row }) => row).join('\n');
    }
    // A metric is printed within seconds after its change.
    await until(
      () => replica.log().includes('goldenpath_request_dispatched_total'),
      'the metrics',
    );
    places.log = replica.log();

    // Proves that each place was read.
    const names = all.formOf('canary-app-00');
    const request = requestId(names);
    for (const [place, text] of [
      ['table scaffolder.tasks', names.component_id],
      ['table scaffolder.task_events', request],
      ['table scaffolder.goldenpath_claims', request],
      ['table catalog.locations', names.component_id],
      ['log', 'isAuditEvent'],
      ['log', request],
      ['events after Retry', 'Finished step'],
      ['answer of the dry run', 'canary_app_04'],
    ])
      expect([place, places[place]]).toEqual([
        place,
        expect.stringContaining(text),
      ]);

    const leaks = findLeaks(secrets, places);
    expect(leaks).toEqual([]);
    const { rows } = await all.sql.query(
      'SELECT id FROM scaffolder.tasks WHERE secrets IS NOT NULL',
    );
    expect(rows).toEqual([]);
  });
});
