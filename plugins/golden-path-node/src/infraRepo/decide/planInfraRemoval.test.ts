import {
  CREATED,
  EXAMPLE_DATABASE as request,
} from '../../../../../tests/support/exampleDatabase';
import { planInfraRemoval } from './planInfraRemoval';
import { planInfraRequest } from './planInfraRequest';
import { TextFile } from './text';

const empty = {
  catalog: {
    path: 'catalog.yaml',
    text: 'version: "1.0"\ndatabases:\n  dev: {}\n',
  },
  tfvars: { path: 'terraform.tfvars', text: 'application_databases = {}\n' },
};
const KEY = { environment: 'dev', databaseName: 'users_db' };
const applied = (files: typeof empty, changes: TextFile[]) => ({
  catalog: changes.find(({ path }) => path === 'catalog.yaml') ?? files.catalog,
  tfvars:
    changes.find(({ path }) => path === 'terraform.tfvars') ?? files.tfvars,
});
const declared = async () =>
  applied(empty, (await planInfraRequest(empty, request, CREATED)).changes);

describe('planInfraRemoval', () => {
  it('reverses a request, and says what it removed', async () => {
    const files = await declared();
    const removal = await planInfraRemoval(files, KEY);
    expect(applied(files, removal.changes)).toEqual(empty);
    expect(removal).toMatchObject({
      catalogEntry: { metadata: { owner: 'platform-team' } },
      tfvarsEntry: { key: 'users_db', username: 'users_app_user' },
    });
  });

  it('changes nothing the second time, and nothing for another environment', async () => {
    expect(await planInfraRemoval(empty, KEY)).toEqual({ changes: [] });
    const files = await declared();
    const { changes } = await planInfraRemoval(
      { ...files, tfvars: empty.tfvars },
      { ...KEY, environment: 'prod' },
    );
    expect(changes).toEqual([]);
  });

  it.each(['catalog', 'tfvars'] as const)(
    'removes what only the %s has',
    async lacking => {
      const files = await declared();
      const other = lacking === 'catalog' ? 'tfvars' : 'catalog';
      const { changes } = await planInfraRemoval(
        { ...empty, [lacking]: files[lacking] },
        KEY,
      );
      expect(changes).toEqual([empty[lacking]]);
      expect(changes).not.toContainEqual(empty[other]);
    },
  );

  it('changes neither file when one is refused, and reports both', async () => {
    const files = await declared();
    const broken = { ...files.tfvars, text: 'application_databases = {\n' };
    await expect(
      planInfraRemoval({ ...files, tfvars: broken }, KEY),
    ).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(/^terraform.tfvars:2:1: /),
    });
    await expect(
      planInfraRemoval(
        {
          catalog: { ...files.catalog, text: 'databases: [\n' },
          tfvars: broken,
        },
        KEY,
      ),
    ).rejects.toMatchObject({
      message: expect.stringMatching(
        /^catalog.yaml:2:1: .*\nterraform.tfvars:2:1: /,
      ),
    });
  });
});
