import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CATALOG_PATH,
  REMOVAL_ALLOWED_LABEL,
  secretName,
  standaloneTfvarsPath,
} from '@goldenpath/plugin-golden-path-common';
import { parse } from 'yaml';
import type { TaskOutput } from '../support/backstage';
import { clone } from '../support/github';
import { nextSecond } from '../support/nextSecond';
import { until } from '../support/platform';
import { query } from '../support/postgres';
import { awsVariables } from '../support/secrets';
import {
  mergeAndApply,
  readLogin,
  readMasterLogin,
  textOf,
  usePlatform,
} from '../support/usePlatform';

const DECOMMISSION = 'template:default/rds-decommission';
const form = {
  component_id: 'parcel-tracker',
  databaseName: 'parcels_db',
  username: 'parcels_app',
  owner: 'group:default/checkout-team',
  environment: 'dev',
};

/** From the form to the instance of the next environment, and out of it again. */
describe('an app that moves on', () => {
  const used = usePlatform();
  let promotion: Record<string, unknown>;
  /** Credentials of the database in test before its end. */
  let old: Awaited<ReturnType<typeof login>>;
  let pull: { number: number; html_url: string; body: string };

  const submit = async (
    values: Record<string, unknown>,
    template?: string,
  ): Promise<TaskOutput> => {
    const { status, id, body } = await used.backstage.createTask(
      values,
      template,
    );
    expect({ status, body }).toEqual({ status: 201, body: { id } });
    const task = await used.backstage.finished(id);
    expect({
      status: task.status,
      says: task.status === 'completed' ? '' : textOf(task.events),
    }).toEqual({ status: 'completed', says: '' });
    return task.events.find(({ type }) => type === 'completion')!.body.output!;
  };
  const refuse = async (values: Record<string, unknown>, template?: string) => {
    const { id } = await used.backstage.createTask(values, template);
    const task = await used.backstage.finished(id);
    expect(task.status).toBe('failed');
    return textOf(task.events);
  };
  const pullOf = async (branch: string) => {
    const found = (await used.infra.pullRequests('open')).find(
      ({ head }) => head.ref === branch,
    );
    if (!found) throw new Error(`No open pull request from ${branch}.`);
    return found;
  };
  const merge = (number: number) => mergeAndApply(used.infra, number);
  const login = (environment: string) =>
    readLogin(used, secretName(environment, 'parcels_db'));
  const whoAmI = async (credentials: Awaited<ReturnType<typeof login>>) =>
    query(
      credentials,
      'SELECT current_user AS role, current_database() AS database',
    );
  const EXISTS = [{ role: 'parcels_app', database: 'parcels_db' }];
  const outputLink = ({ links = [] }: TaskOutput, title: string) =>
    links.find(link => link.title === title);

  it('has its first database in dev', async () => {
    const output = await submit(form);
    const link = outputLink(output, 'Request it in test');
    promotion = JSON.parse(
      new URL(link!.url!, used.platform.backstage).searchParams.get(
        'formData',
      )!,
    );
    const { number } = await pullOf('database/dev/parcels_db');
    expect(await merge(number)).toEqual({ conclusion: 'success', log: '' });
    expect(await whoAmI(await login('dev'))).toEqual(EXISTS);
  });

  it('is not promoted in the name of another team', async () => {
    expect(
      await refuse({ ...promotion, owner: 'group:default/platform-team' }),
    ).toContain(
      'component:default/parcel-tracker belongs to group:default/checkout-team',
    );
  });

  it('gets the same database in test by the link, beside the one in dev', async () => {
    expect(promotion).toMatchObject({ ...form, environment: 'test' });
    const repository = await used.infra.json<{ pushed_at: string }>(
      '/repos/acme/parcel-tracker',
    );
    const output = await submit(promotion);
    expect(outputLink(output, 'App repository')?.url).toBe(
      `${used.platform.github}/acme/parcel-tracker`,
    );
    expect(outputLink(output, 'App in the catalog')?.entityRef).toBe(
      'component:default/parcel-tracker',
    );
    expect(
      await used.infra.json<{ pushed_at: string }>(
        '/repos/acme/parcel-tracker',
      ),
    ).toMatchObject({ pushed_at: repository.pushed_at });
    const { number } = await pullOf('database/test/parcels_db');
    expect((await used.infra.pullRequestFiles(number)).sort()).toEqual([
      CATALOG_PATH,
      standaloneTfvarsPath('test'),
    ]);
    expect(await merge(number)).toEqual({ conclusion: 'success', log: '' });
    const [dev, test] = await Promise.all([login('dev'), login('test')]);
    expect(await whoAmI(test)).toEqual(EXISTS);
    expect(await whoAmI(dev)).toEqual(EXISTS);
    expect(test.port).not.toBe(dev.port);
    expect(test.password).not.toBe(dev.password);
  });

  it('shows who uses the database in test, and changes nothing', async () => {
    const database = 'resource:default/rds-test-parcels_db';
    await until(async () => {
      const answer = await used.backstage.get(
        '/api/catalog/entities/by-name/resource/default/rds-test-parcels_db',
      );
      if (!answer.ok) return undefined;
      const { relations = [] } = (await answer.json()) as {
        relations?: Array<{ type: string }>;
      };
      return relations.some(({ type }) => type === 'dependencyOf') || undefined;
    }, 'the database in the catalog, with its app');
    const { text = [] } = await submit(
      { database, whatToDo: 'inspect', reason: 'The app is retired' },
      DECOMMISSION,
    );
    expect(text.map(({ title }) => title)).toEqual(['Who uses the database']);
    expect(text[0].content).toContain('- `component:default/parcel-tracker`');
    expect(text[0].content).toMatch(/- Size: `\d+\.\d MiB`/);
    expect(text[0].content).not.toContain('Not seen');
    expect(
      (await used.infra.runs()).filter(({ path }) =>
        path.endsWith('decommission-rds-database.yml'),
      ),
    ).toEqual([]);
  });

  it('has the pull request opened that takes it out, once the name is typed again', async () => {
    const values = {
      database: 'resource:default/rds-test-parcels_db',
      whatToDo: 'request',
      reason: 'The data moved to another database',
      confirmation: 'parcels',
    };
    expect(await refuse(values, DECOMMISSION)).toContain(
      'Confirmation: type the name of the database, parcels_db',
    );
    const output = await submit(
      { ...values, confirmation: 'parcels_db' },
      DECOMMISSION,
    );
    pull = await pullOf('decommission/test/parcels_db');
    expect(outputLink(output, 'Pull request')?.url).toBe(pull.html_url);
    for (const words of [
      'The data moved to another database',
      '`component:default/parcel-tracker`',
      'MiB',
      '`guest` asks to decommission',
    ])
      expect(pull.body).toContain(words);
    expect((await used.infra.pullRequestFiles(pull.number)).sort()).toEqual([
      CATALOG_PATH,
      standaloneTfvarsPath('test'),
    ]);
  });

  it('is merged after two people have approved it', async () => {
    const { github, githubToken } = used.platform;
    const approved = await fetch(
      `${github}/acme/platform-infra/pull/${pull.number}/approve`,
      {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: github, authorization: `token ${githubToken}` },
      },
    );
    expect(approved.status).toBe(303);
    const since = Math.max(...(await used.infra.runs()).map(({ id }) => id));
    await nextSecond();
    const labelled = await used.infra.call(
      'POST',
      `/repos/acme/platform-infra/issues/${pull.number}/labels`,
      { labels: [REMOVAL_ALLOWED_LABEL] },
    );
    expect(labelled.status).toBe(200);
    const guard = await used.infra.finishedRun('rds-database-guard.yml', since);
    expect({
      conclusion: guard.conclusion,
      log:
        guard.conclusion === 'success' ? '' : await used.infra.runLog(guard.id),
    }).toEqual({ conclusion: 'success', log: '' });
    old = await login('test');
    expect(await merge(pull.number)).toEqual({
      conclusion: 'success',
      log: '',
    });
    const { databases } = parse((await used.infra.file(CATALOG_PATH))!);
    expect(Object.keys(databases.dev)).toEqual(['parcels_db']);
    expect(databases.test).toEqual({});
    expect(await used.infra.file(standaloneTfvarsPath('test'))).not.toContain(
      'parcels_db',
    );
  });

  it('can no longer log in once it is locked, and keeps its data', async () => {
    // The merge alone locks nothing.
    expect(await whoAmI(old)).toEqual(EXISTS);
    const root = join(used.place.stateDir, 'infra');
    clone(`${used.platform.github}/acme/platform-infra`, root);
    const lock = () =>
      promisify(execFile)(
        process.execPath,
        [
          join(__dirname, '../../packages/cli/bin/goldenpath-rds.js'),
          ...['provision', '--root', root, '--env', 'test'],
          ...['--retire', 'parcels_db'],
          ...['--ca-file', used.caFile],
        ],
        {
          env: {
            ...process.env,
            ...awsVariables(used.platform.secretsManager.url),
            AWS_ACCESS_KEY_ID: used.platform.secretsManager.accessKeyId,
          },
        },
      );
    await lock();
    await expect(whoAmI(old)).rejects.toThrow(/not permitted to log in/);
    expect(
      await query(
        await readMasterLogin(used, 'test'),
        "SELECT datname, pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = 'parcels_db'",
      ),
    ).toEqual([{ datname: 'parcels_db', owner: 'parcels_app' }]);
    expect(await whoAmI(await login('dev'))).toEqual(EXISTS);
  });
});
