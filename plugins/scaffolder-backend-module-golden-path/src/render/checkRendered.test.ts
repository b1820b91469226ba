import { findRenderProblems } from './checkRendered';

const whole = {
  'catalog-info.yaml': 'metadata:\n  name: user-service\n',
  'deploy/base/externalsecret.yaml': 'key: goldenpath/dev/users_db/postgres\n',
  'deploy/base/deployment.yaml': 'name: user-service-db-creds\n',
  '.github/workflows/delivery.yml': 'if: ${{ inputs.environment }}\n',
};
const problems = (
  changes: Record<string, string | undefined>,
  description = '',
) =>
  findRenderProblems(
    Object.entries({ ...whole, ...changes }).flatMap(([path, text]) =>
      text === undefined ? [] : [{ path, text }],
    ),
    { component_id: 'user-service', description },
    'goldenpath/dev/users_db/postgres',
  );

describe('findRenderProblems', () => {
  const rows: Array<{
    changes: Record<string, string | undefined>;
    description?: string;
    says: string[];
    reason: string;
  }> = [
    { changes: {}, says: [], reason: 'a whole app' },
    {
      changes: { 'README.md': 'a\n${{ values.x }}' },
      says: ['README.md:2: not rendered: ${{ values.x }}'],
      reason: 'a placeholder that was not rendered',
    },
    {
      changes: { 'README.md': '${ values.x }' },
      says: ['README.md:1: not rendered: ${ values.x }'],
      reason: 'a placeholder in another syntax',
    },
    {
      changes: { 'README.md': 'We write ${{ values.x }} here' },
      description: 'How to write ${{ values.x }}',
      says: [],
      reason: 'a placeholder in the description',
    },
    {
      changes: { 'a/b.yml': 'a: [' },
      says: [expect.stringContaining('a/b.yml: ') as unknown as string],
      reason: 'YAML that does not parse',
    },
    {
      changes: { 'deploy/base/deployment.yaml': undefined },
      says: ['deploy/base/deployment.yaml: missing'],
      reason: 'a file is missing',
    },
    {
      changes: {
        'deploy/overlays/dev/kustomization.yaml':
          'resources: [../../base, ingress.yaml, "https://example.com/x"]\ncomponents: [../../components/a]\n',
        'deploy/base/kustomization.yaml': 'resources: [deployment.yaml]\n',
      },
      says: [
        'deploy/overlays/dev/ingress.yaml: missing, deploy/overlays/dev/kustomization.yaml refers to it',
        'deploy/components/a: missing, deploy/overlays/dev/kustomization.yaml refers to it',
      ],
      reason: 'a kustomization builds from what is missing',
    },
    {
      changes: {
        'catalog-info.yaml':
          'name: user-service\nbackstage.io/techdocs-ref: dir:.\n',
      },
      says: ['mkdocs.yml: missing, catalog-info.yaml refers to it'],
      reason: 'TechDocs without its file',
    },
    {
      changes: { 'catalog-info.yaml': 'metadata: {}' },
      says: ['catalog-info.yaml: lacks the name of the app, user-service'],
      reason: 'a name is missing',
    },
  ];
  it.each(rows)('$reason', ({ changes, description, says }) => {
    expect(problems(changes, description)).toEqual(says);
  });
});
