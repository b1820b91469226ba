import { EventEmitter, once } from 'node:events';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import type { EntityProviderMutation } from '@backstage/plugin-catalog-node';
import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { printAuditRows } from '@goldenpath/plugin-golden-path-node';
import { CONFIG, entryOf, infraRepoOf } from '../testing/infraRepo';
import { createDatabaseProvider } from './databaseProvider';

/** A connected provider over files that a test changes. */
const startProvider = async (
  files: Record<string, string>,
  read = async (path: string): Promise<string | undefined> => files[path],
) => {
  const mutations: EntityProviderMutation[] = [];
  const errors: string[] = [];
  const logger = {
    error: (text: string) => errors.push(text),
    debug: () => undefined,
  } as unknown as LoggerService;
  const provider = createDatabaseProvider(CONFIG, { files: { read }, logger });
  await provider.connect({
    applyMutation: async mutation => {
      mutations.push(mutation);
    },
    refresh: async () => undefined,
  });
  return { provider, mutations, errors };
};

const namesOf = (mutation: EntityProviderMutation | undefined) =>
  (mutation?.type === 'full' ? mutation.entities : mutation?.added ?? []).map(
    ({ entity }) => entity.metadata.name,
  );
const instances = ['rds-dev', 'rds-test', 'rds-staging', 'rds-prod'];
const one = { dev: { users_db: entryOf('dev', 'users_db') } };

describe('the provider of databases', () => {
  it('emits every database and instance, and drops one that left the file', async () => {
    const files = infraRepoOf(one);
    const { provider, mutations } = await startProvider(files);
    await provider.refresh();
    Object.assign(files, infraRepoOf({ dev: {} }));
    await provider.refresh();
    expect(mutations.map(namesOf)).toEqual([
      [...instances, 'rds-dev-users_db'],
      instances,
    ]);
    expect(mutations.every(({ type }) => type === 'full')).toBe(true);
  });

  it('goes by the settings of the infra repo', async () => {
    const { provider, mutations } = await startProvider({
      'goldenpath.yaml': 'environments: [perf]\ncatalog: rds.yaml\n',
      'rds.yaml': infraRepoOf({})[CATALOG_PATH],
    });
    await provider.refresh();
    expect(mutations.map(namesOf)).toEqual([['rds-perf']]);
  });

  it('links the last run of the audit', async () => {
    const row = {
      timestamp_utc: '2026-11-24T10:00:00Z',
      environment: 'dev',
      build_id: '',
      run_id: '77',
      database: 'users_db',
      username: 'users_app_user',
      action: 'create_database',
      status: 'success',
      duration_ms: '5',
      message: '',
      run_url: '',
    } as const;
    const header = `${Object.keys(row).join(',')}\n`;
    const { provider, mutations } = await startProvider({
      ...infraRepoOf(one),
      'governance/dev/rds_provision_audit.csv':
        header + printAuditRows([row, { ...row, run_id: '78' }]),
    });
    await provider.refresh();
    expect(JSON.stringify(mutations)).toContain('/actions/runs/78');
  });

  it.each([
    { text: 'databases: [', reason: 'no YAML' },
    { text: '', reason: 'an empty file' },
    {
      text: 'version: "1.0"\ndatabases:\n  users_db: { metadata: { id: x } }\n',
      reason: 'the older shape',
    },
    { text: 'version: "1.0"\ndatabases: &a { dev: *a }\n', reason: 'a loop' },
    {
      text: `version: "1.0"\na: &a [x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nd: &d [*c, *c, *c, *c]\ne: [*d, *d, *d, *d, *d]\ndatabases: {}\n`,
      reason: 'aliases that multiply',
    },
    {
      text: 'version: "1.0"\ndatabases: { __proto__: { x: { metadata: 1 } } }\n',
      reason: 'a name of JavaScript',
    },
    {
      text: infraRepoOf({ dev: { 'a b': entryOf('dev', 'users_db') } })[
        CATALOG_PATH
      ],
      reason: 'an invalid entry beside good ones',
    },
  ])('keeps every database while the file has $reason', async ({ text }) => {
    const files = infraRepoOf(one);
    const { provider, mutations, errors } = await startProvider(files);
    await provider.refresh();
    files[CATALOG_PATH] = text;
    await provider.refresh();
    // Only instances change: they carry the reason.
    expect(mutations[1]).toMatchObject({ type: 'delta', removed: [] });
    expect(namesOf(mutations[1])).toEqual(instances);
    expect(JSON.stringify(mutations[1])).toContain(CATALOG_PATH);
    expect(JSON.stringify(mutations[1])).toContain(
      'goldenpath.io/catalog-problem',
    );
    expect(errors).toEqual([expect.stringContaining('stay as they were')]);
    Object.assign(files, infraRepoOf(one));
    await provider.refresh();
    expect(mutations[2]).toEqual(mutations[0]);
  });

  it('says so when the catalog is gone, or the token sees no repository', async () => {
    const { provider, mutations, errors } = await startProvider({});
    await provider.refresh();
    expect(mutations).toMatchObject([{ type: 'delta' }]);
    expect(errors[0]).toContain(`${CATALOG_PATH}: not found on branch main`);
  });

  it.each([
    { error: new ServiceUnavailableError('502'), reason: 'GitHub is down' },
    { error: new NotFoundError('x'), reason: 'the reader fails otherwise' },
  ])('changes nothing when $reason', async ({ error }) => {
    const { provider, mutations } = await startProvider({}, async () => {
      throw error;
    });
    await expect(provider.refresh()).rejects.toThrow(error.message);
    expect(mutations).toEqual([]);
  });

  it('reads once more, and no oftener, for the pushes during a refresh', async () => {
    let reads = 0;
    const files = infraRepoOf(one);
    const gate = new EventEmitter();
    const { provider, mutations } = await startProvider(files, async path => {
      if (path === CATALOG_PATH) {
        reads += 1;
        if (reads === 1) await once(gate, 'open');
      }
      return files[path];
    });
    const push = {
      ref: 'refs/heads/main',
      repository: { html_url: 'https://github.com/acme/platform-infra' },
      commits: [{ modified: [CATALOG_PATH] }],
    };
    const first = provider.refresh();
    while (reads === 0) await new Promise(setImmediate);
    const others = [
      ...Array.from({ length: 9 }, () => provider.onPush(push)),
      provider.onPush({ ...push, ref: 'refs/heads/other' }),
    ];
    gate.emit('open');
    await Promise.all([first, ...others]);
    expect(reads).toBe(2);
    expect(mutations).toHaveLength(2);
  });
});
