import {
  CREATED,
  EXAMPLE_DATABASE as request,
  renderCatalog,
} from '../../../../../tests/support/exampleDatabase';
import { previewPullRequest } from './previewPullRequest';

const catalog = { path: 'catalog.yaml', text: renderCatalog([]) };
const tfvars = {
  path: 'envs/dev-rds/terraform.tfvars',
  text: '# databases\napplication_databases = {\n}\n',
};
const context = { ...CREATED, taskId: 'task-1', base: 'main' };

describe('previewPullRequest', () => {
  it('prints title, branch, labels, body and diff', async () => {
    expect(
      await previewPullRequest({ catalog, tfvars }, request, context),
    ).toMatchSnapshot();
  });

  it('keeps a fence in a file inside its own', async () => {
    const fenced = {
      ...tfvars,
      text: tfvars.text.replace('databases', '````'),
    };
    expect(
      await previewPullRequest({ catalog, tfvars: fenced }, request, context),
    ).toMatch(/^`{5}diff$.*^ # ````$.*^`{5}$/ms);
  });

  it('says when the database is declared already', async () => {
    const declared = {
      ...tfvars,
      text: `application_databases = {
  users_db = {
    database_name = "users_db"
    username      = "users_app_user"
  }
}
`,
    };
    expect(
      await previewPullRequest(
        {
          catalog: { ...catalog, text: renderCatalog([request]) },
          tfvars: declared,
        },
        request,
        context,
      ),
    ).toBe('No pull request: main declares the database already.\n');
  });
});
