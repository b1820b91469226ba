import {
  CREATED,
  EXAMPLE_DATABASE as request,
} from '../../../../../tests/support/exampleDatabase';
import { planInfraRequest } from './planInfraRequest';
import { readCatalog } from './readCatalog';
import { readTfvars } from './readTfvars';
import { TextFile } from './text';

const empty = {
  catalog: { path: 'catalog.yaml', text: 'databases: {}\n' },
  tfvars: { path: 'terraform.tfvars', text: 'application_databases = {}\n' },
};
const applied = (files: typeof empty, changes: TextFile[]) => ({
  catalog: changes.find(({ path }) => path === 'catalog.yaml') ?? files.catalog,
  tfvars:
    changes.find(({ path }) => path === 'terraform.tfvars') ?? files.tfvars,
});

describe('planInfraRequest', () => {
  it('changes both files, with the same values', async () => {
    const { changes } = await planInfraRequest(empty, request, {
      ...CREATED,
      secretPrefix: 'acme',
    });
    const { catalog, tfvars } = applied(empty, changes);
    expect(readCatalog(catalog.text, catalog.path)).toMatchObject({
      dev: {
        users_db: {
          metadata: { created_date: '2026-11-24', status: 'pending' },
          configuration: {
            username: 'users_app_user',
            secret_path: 'acme/dev/users_db/postgres',
          },
        },
      },
    });
    expect(await readTfvars(tfvars.text, tfvars.path)).toMatchObject([
      { key: 'users_db', databaseName: 'users_db', username: 'users_app_user' },
    ]);
  });

  it('changes nothing the second time, on another day', async () => {
    const { changes } = await planInfraRequest(empty, request, CREATED);
    expect(
      await planInfraRequest(applied(empty, changes), request, {
        createdDate: '2027-01-01',
      }),
    ).toEqual({ changes: [] });
  });

  it('changes nothing for an owner in another spelling', async () => {
    const { changes } = await planInfraRequest(empty, request, CREATED);
    const { catalog, tfvars } = applied(empty, changes);
    const spelled = catalog.text.replace('platform-team', 'Platform-Team');
    expect(spelled).not.toBe(catalog.text);
    expect(
      await planInfraRequest(
        { catalog: { ...catalog, text: spelled }, tfvars },
        request,
        CREATED,
      ),
    ).toEqual({ changes: [] });
  });

  it.each(['catalog', 'tfvars'] as const)(
    'adds an entry missing only in the %s',
    async lacking => {
      const { changes } = await planInfraRequest(empty, request, CREATED);
      const complete = applied(empty, changes);
      expect(
        await planInfraRequest(
          { ...complete, [lacking]: empty[lacking] },
          request,
          CREATED,
        ),
      ).toEqual({ changes: [complete[lacking]] });
    },
  );

  it('rejects a changed request and shows current and requested values of both files', async () => {
    const { changes } = await planInfraRequest(empty, request, CREATED);
    const other = { ...request, username: 'other_user', risk: 'high' as const };
    await expect(
      planInfraRequest(applied(empty, changes), other, CREATED),
    ).rejects.toMatchObject({
      name: 'ConflictError',
      message: [
        'catalog.yaml:3:5: database "users_db" is already in the catalog of dev with other values: risk is "medium" there and "high" in the request; username is "users_app_user" there and "other_user" in the request. Choose another database name, or change the entry by hand.',
        'terraform.tfvars:2:3: database "users_db" is already declared with other values: username is "users_app_user" there and "other_user" in the request. Choose another database name, or change the entry by hand.',
      ].join('\n'),
    });
  });

  it('reports the problems of both files at once', async () => {
    const broken = {
      catalog: { ...empty.catalog, text: 'databases: [\n' },
      tfvars: { ...empty.tfvars, text: 'application_databases = {\n' },
    };
    await expect(
      planInfraRequest(broken, request, CREATED),
    ).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(
        /^catalog.yaml:2:1: .*\nterraform.tfvars:2:1: .*$/,
      ),
    });
    // A broken file is no conflict, even next to a conflicting one.
    const { changes } = await planInfraRequest(empty, request, CREATED);
    const { catalog } = applied(empty, changes);
    await expect(
      planInfraRequest(
        { ...broken, catalog },
        { ...request, risk: 'low' as const },
        CREATED,
      ),
    ).rejects.toMatchObject({ name: 'InputError' });
  });
});
