import { AuditRow, CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { printAuditRows } from '../decide/auditCsv';
import { EditFiles, recordProvision } from './recordProvision';

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
});
const catalog = (status: string) => `version: "1.0"
databases:
  dev:
    users_db:
      metadata: { id: X, component: app, owner: team, requested_by: jane, domain: delivery, risk: medium, status: ${status}, created_date: "2026-11-24" }
      configuration: { username: users_app, size_tier: small, instance_class: db.t3.micro, secret_path: goldenpath/dev/users_db/postgres }
`;
const changed = {
  database: 'users_db',
  username: 'users_app',
  outcome: 'changed' as const,
  changes: 1,
  problems: [],
};

describe('recordProvision', () => {
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
    audit: [row(database)],
    databases: [changed],
  });

  it('adds rows at the end of what is there by then, and the status', async () => {
    const { files, edit } = repo([[CATALOG_PATH, catalog('pending')]]);
    await recordProvision(run('theirs'), edit);
    await recordProvision(run('ours'), edit);
    const text = files.get(AUDIT)!;
    expect(text.split('\n').slice(1).join('\n')).toBe(
      printAuditRows([row('theirs'), row('ours')]),
    );
    expect(files.get(CATALOG_PATH)).toBe(catalog('active'));
  });

  it('closes a last line that a crash cut short', async () => {
    const { files, edit } = repo([[AUDIT, 'timestamp_utc\nhalf,a "ro']]);
    await recordProvision(run('ours'), edit);
    expect(files.get(AUDIT)).toBe(
      `timestamp_utc\nhalf,a "ro"\n${printAuditRows([row('ours')])}`,
    );
  });

  it('changes nothing the second time', async () => {
    const { files, edit } = repo([[CATALOG_PATH, catalog('pending')]]);
    await recordProvision(run('ours'), edit);
    const before = new Map(files);
    await recordProvision(run('ours'), edit);
    expect(files).toEqual(before);
  });

  it('needs no catalog', async () => {
    const { files, edit } = repo([]);
    await recordProvision(run('ours'), edit);
    expect([...files.keys()]).toEqual([AUDIT]);
  });

  it('keeps the audit where the catalog can not be edited, and says so', async () => {
    const { files, edit } = repo([[CATALOG_PATH, 'databases: [']]);
    await expect(recordProvision(run('ours'), edit)).rejects.toThrow(
      CATALOG_PATH,
    );
    expect(files.get(AUDIT)).toContain('ours');
    expect(files.get(CATALOG_PATH)).toBe('databases: [');
  });
});
