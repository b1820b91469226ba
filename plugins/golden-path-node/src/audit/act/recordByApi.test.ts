import { AuditRow, CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { AUDIT_HEADER, printAuditRows } from '../decide/auditCsv';
import { EditFiles, recordByApi } from './recordByApi';

const AUDIT = 'governance/dev/rds_provision_audit.csv';
const row = (database: string): AuditRow => ({
  timestamp_utc: '2026-11-24T12:00:00.000Z',
  environment: 'dev',
  build_id: 'backstage',
  run_id: 'task-1',
  database,
  username: '',
  action: 'create_database',
  status: 'success',
  duration_ms: '1',
  message: '=cmd "x"',
  run_url: '',
});
const catalog = (status: string) => `version: "1.0"
databases:
  dev:
    users_db:
      metadata: { id: X, component: app, owner: team, requested_by: jane, domain: delivery, risk: medium, status: ${status}, created_date: "2026-11-24" }
      configuration: { username: users_app, size_tier: small, instance_class: db.t3.micro, secret_path: goldenpath/dev/users_db/postgres }
`;
describe('recordByApi', () => {
  const repo = (texts: Array<[string, string]>) => {
    const files = new Map(texts);
    const edit: EditFiles = async (paths, message, change) => {
      const edited = change(
        new Map(paths.map(path => [path, files.get(path)])),
      );
      for (const [path, text] of edited) files.set(path, text);
      return edited.size > 0 ? message : undefined;
    };
    return { files, edit };
  };
  const run = (database: string) => ({
    environment: 'dev',
    catalogPath: CATALOG_PATH,
    rows: [row(database)],
    statuses: { users_db: 'active' as const },
  });

  it('appends rows to the current file, and sets the status', async () => {
    const { files, edit } = repo([[CATALOG_PATH, catalog('pending')]]);
    await recordByApi(run('theirs'), edit);
    await recordByApi(run('ours'), edit);
    const text = files.get(AUDIT)!;
    expect(text.split('\n').slice(1).join('\n')).toBe(
      printAuditRows([row('theirs'), row('ours')]),
    );
    expect(files.get(CATALOG_PATH)).toBe(catalog('active'));
  });

  it('completes a truncated last line', async () => {
    const { files, edit } = repo([[AUDIT, `${AUDIT_HEADER}half,a "ro`]]);
    await recordByApi(run('ours'), edit);
    expect(files.get(AUDIT)).toBe(
      `${AUDIT_HEADER}half,a "ro"\n${printAuditRows([row('ours')])}`,
    );
  });

  it('changes nothing the second time', async () => {
    const { files, edit } = repo([[CATALOG_PATH, catalog('pending')]]);
    await recordByApi(run('ours'), edit);
    const before = new Map(files);
    await recordByApi(run('ours'), edit);
    expect(files).toEqual(before);
  });

  it('works without a catalog', async () => {
    const { files, edit } = repo([]);
    await recordByApi(run('ours'), edit);
    expect([...files.keys()]).toEqual([AUDIT]);
  });

  it('commits the audit even if the catalog cannot be edited, and throws', async () => {
    const { files, edit } = repo([[CATALOG_PATH, 'databases: [']]);
    await expect(recordByApi(run('ours'), edit)).rejects.toThrow(CATALOG_PATH);
    expect(files.get(AUDIT)).toContain('ours');
    expect(files.get(CATALOG_PATH)).toBe('databases: [');
  });
});
