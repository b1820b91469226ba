import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AuditRow } from '@goldenpath/plugin-golden-path-common';
import { AUDIT_HEADER } from '../../decide/auditCsv';
import { auditFile } from './auditFile';

const row = (message: string): AuditRow => ({
  timestamp_utc: '2026-11-24T10:00:00.000Z',
  environment: 'dev',
  build_id: '',
  run_id: '',
  database: '',
  username: '',
  action: 'observe',
  status: 'success',
  duration_ms: '1',
  message,
});

describe('auditFile', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'golden-path-audit-'));
    path = join(folder, 'governance/dev/rds_provision_audit.csv');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('has no rows before there is a file', async () => {
    expect(await auditFile(path).read()).toEqual([]);
  });

  it('is made with its header, and appended to', async () => {
    await auditFile(path).append([row('one')]);
    await auditFile(path).append([row('two'), row('three')]);
    expect(readFileSync(path, 'utf8').startsWith(AUDIT_HEADER)).toBe(true);
    expect(
      (await auditFile(path).read()).map(({ message }) => message),
    ).toEqual(['one', 'two', 'three']);
    expect(readdirSync(dirname(path))).toHaveLength(1);
  });

  it('keeps the rows of several writers apart', async () => {
    const writers = Array.from({ length: 8 }, () => auditFile(path));
    await Promise.all(
      writers.flatMap((writer, w) =>
        Array.from({ length: 25 }, (_, n) => writer.append([row(`${w}-${n}`)])),
      ),
    );
    const text = readFileSync(path, 'utf8');
    expect(text.split('timestamp_utc')).toHaveLength(2);
    expect(await auditFile(path).read()).toHaveLength(200);
  });

  it('goes on behind a line that a crash cut short', async () => {
    const audit = auditFile(path);
    await audit.append([row('one')]);
    appendFileSync(path, '2026-11-24T10:00:00.000Z,dev,,,"half a');
    await audit.append([row('two')]);
    expect((await audit.read()).map(({ message }) => message)).toEqual([
      'one',
      'two',
    ]);
  });
});
