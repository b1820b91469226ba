import { execFile } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AUDIT_COLUMNS, AuditRow } from '@goldenpath/plugin-golden-path-common';
import { parse } from 'csv-parse/sync';
import { createFolder } from '../../../../../tests/support/createFolder';
import { itWhen } from '../../../../../tests/support/needs';
import { AUDIT_HEADER } from '../../audit/decide/auditCsv';
import { auditFile } from './auditFile';
import { upgradeAuditFile, waitForOther } from './upgradeAuditFile';

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
  run_url: '',
});

describe('auditFile', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = createFolder();
    path = join(folder, 'governance/dev/rds_provision_audit.csv');
  });

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

  describe.each([
    { version: 'fewer', columns: AUDIT_COLUMNS.slice(0, 8) },
    { version: 'more', columns: [...AUDIT_COLUMNS, 'actor'] },
  ])('with $version columns', ({ version, columns }) => {
    const header = `${columns.join(',')}\n`;
    const old = `2026-11-23T10:00:00.000Z,dev,,,a_db,a_user,grant,success${
      version === 'more' ? ',1,done,,jane' : ''
    }\n`;
    beforeEach(() => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, header + old);
    });

    it('is read, and left as it is until a row comes', async () => {
      const audit = auditFile(path);
      await audit.prepare();
      expect(await audit.read()).toMatchObject([
        { database: 'a_db', status: 'success' },
      ]);
      expect(readFileSync(path, 'utf8')).toBe(header + old);
    });

    it('takes rows, each as long as its header', async () => {
      await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          auditFile(path).append([row(`w${n}`)]),
        ),
      );
      const text = readFileSync(path, 'utf8');
      const first = version === 'more' ? header : AUDIT_HEADER;
      expect(text.startsWith(first)).toBe(true);
      const [names, ...rows] = parse(text) as string[][];
      expect(rows.map(fields => fields.length)).toEqual(
        Array(9).fill(names.length),
      );
      expect(text).toContain(version === 'more' ? old : old.trim());
      expect(readdirSync(dirname(path))).toHaveLength(1);
    });
  });

  it('says what to do where another program stopped while it added columns', async () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'timestamp_utc,environment\n');
    writeFileSync(`${path}.upgrade`, '');
    await expect(upgradeAuditFile(path, 50)).rejects.toThrow(
      `${path}.upgrade exists: another program is creating the audit or adding its new columns`,
    );
    expect(readFileSync(path, 'utf8')).toBe('timestamp_utc,environment\n');
  });

  it.each([
    { reason: 'a new file', start: undefined },
    {
      reason: 'one with fewer columns, upgraded once',
      start: 'timestamp_utc,environment,build_id\n2026,dev,7\n',
    },
  ])('keeps the rows of eight processes apart: $reason', async ({ start }) => {
    if (start !== undefined) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, start);
    }
    const program = `
      require('@backstage/cli-node/config/nodeTransform.cjs');
      const { auditFile } = require(${JSON.stringify(
        join(__dirname, 'auditFile.ts'),
      )});
      const audit = auditFile(process.argv[1]);
      const row = n => ({ ...JSON.parse(process.argv[2]), message: process.argv[3] + '-' + n + ' ' + 'said "no", '.repeat(400) });
      (async () => {
        for (let n = 0; n < 25; n += 1) await audit.append([row(n), row(n)]);
      })();
    `;
    const writers = [...'abcdefgh'];
    await Promise.all(
      writers.map(writer =>
        promisify(execFile)(process.execPath, [
          ...['-e', program, path],
          ...[JSON.stringify(row('')), writer],
        ]),
      ),
    );
    expect(readFileSync(path, 'utf8').split('timestamp_utc')).toHaveLength(2);
    const rows = (await auditFile(path).read()).slice(start ? 1 : 0);
    const words = 'said "no", '.repeat(400).trim();
    expect(rows.map(({ message }) => message).sort()).toEqual(
      writers
        .flatMap(writer =>
          Array.from({ length: 50 }, (_, n) => `${writer}-${n >> 1} ${words}`),
        )
        .sort(),
    );
  });

  describe('on a file system without hard links', () => {
    const failWith = (code: string) => async () => {
      throw Object.assign(new Error(`${code}: link`), { code });
    };

    it.each([
      { code: 'EPERM', reason: 'FAT, exFAT' },
      { code: 'ENOTSUP', reason: 'SMB' },
      { code: 'EOPNOTSUPP', reason: 'its other name' },
      { code: 'ENOSYS', reason: 'FUSE without it' },
      { code: 'EXDEV', reason: 'overlays' },
      { code: 'EACCES', reason: "Android's storage" },
    ])('$code ($reason): is created and appended to', async ({ code }) => {
      const audit = auditFile(path, failWith(code));
      await audit.prepare();
      await audit.append([row('one')]);
      await auditFile(path, failWith(code)).append([row('two')]);
      expect((await audit.read()).map(({ message }) => message)).toEqual([
        'one',
        'two',
      ]);
      expect(readFileSync(path, 'utf8').split('timestamp_utc')).toHaveLength(2);
      expect(readdirSync(dirname(path))).toHaveLength(1);
    });

    it('keeps the rows of many that start at once', async () => {
      await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          auditFile(path, failWith('EPERM')).append([row(`w${n}`)]),
        ),
      );
      expect(readFileSync(path, 'utf8').split('timestamp_utc')).toHaveLength(2);
      expect(await auditFile(path).read()).toHaveLength(20);
      expect(readdirSync(dirname(path))).toHaveLength(1);
    });

    it('names the file that another program left when it stopped', async () => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(`${path}.create`, '');
      await expect(waitForOther(`${path}.create`, 50)).rejects.toThrow(
        `${path}.create exists: another program is creating the audit`,
      );
    });

    it('tells every other error', async () => {
      await expect(auditFile(path, failWith('EIO')).prepare()).rejects.toThrow(
        `Can't write the audit to ${path}: EIO: link`,
      );
      expect(readdirSync(dirname(path))).toEqual([]);
    });
  });

  it('is ready once it is prepared, and nothing else is left there', async () => {
    await auditFile(path).prepare();
    expect(readFileSync(path, 'utf8')).toBe(AUDIT_HEADER);
    expect(readdirSync(dirname(path))).toHaveLength(1);
    await auditFile(path).prepare();
    expect(readFileSync(path, 'utf8')).toBe(AUDIT_HEADER);
  });

  it.each([
    {
      at: 'file/audit.csv',
      code: /ENOTDIR|EEXIST/,
      reason: 'a file stands in its way',
    },
    { at: '.', code: /EISDIR/, reason: 'it is a folder' },
  ])(
    'says before the first row that it takes none: $reason',
    async ({ at, code }) => {
      writeFileSync(join(folder, 'file'), '');
      const where = join(folder, at);
      const error = await auditFile(where)
        .prepare()
        .catch(e => e);
      expect(error.name).toBe('InputError');
      expect(error.message).toMatch(code);
      expect(error.message).toContain(`Can't write the audit to ${where}: `);
      expect(error.message).toContain('--audit-output. Nothing was changed.');
    },
  );

  it.each([
    { text: '# Notes\n', reason: 'some other file, named by mistake' },
    { text: '', reason: 'an empty one, whose first row would be its header' },
    { text: 'timestamp_utc,environ', reason: 'half a header' },
    { text: 'timestamp_utc,note\n', reason: 'another column' },
  ])('changes no file that is not an audit: $reason', async ({ text }) => {
    const where = join(folder, 'given');
    writeFileSync(where, text);
    const error = await auditFile(where)
      .prepare()
      .catch(e => e);
    expect(error.name).toBe('InputError');
    expect(error.message).toContain(
      `Can't write the audit to ${where}: not an audit file: expected the header timestamp_utc,`,
    );
    expect(error.message).toContain('--audit-output');
    await expect(auditFile(where).append([row('one')])).rejects.toThrow(
      'not an audit file',
    );
    expect(readFileSync(where, 'utf8')).toBe(text);
  });

  it('takes no device, whose rows could not be read again', async () => {
    const error = await auditFile('/dev/null')
      .prepare()
      .catch(e => e);
    expect(error.name).toBe('InputError');
    expect(error.message).toMatch(
      /^Can't write the audit to \/dev\/null: it is not a regular file\. .*--audit-output\. Nothing was changed\.$/,
    );
  });

  itWhen(existsSync('/proc/self'), 'a folder that takes no others')(
    'says so where no folder can be made, instead of trying for ever',
    async () => {
      const error = await auditFile('/proc/x/y')
        .prepare()
        .catch(e => e);
      expect(error.name).toBe('InputError');
      expect(error.message).toMatch(
        /^Can't write the audit to \/proc\/x\/y: .* mkdir '\/proc\/x'\. Make it writable, or set another file with --audit-output\. Nothing was changed\./,
      );
    },
  );

  itWhen(existsSync('/dev/full'), 'a device that is always full')(
    'says so when the disk is full in the middle',
    async () => {
      const error = await auditFile('/dev/full')
        .append([row('one')])
        .catch(e => e);
      expect(error.name).toBe('InputError');
      expect(error.message).toMatch(
        /^Can't write the audit to \/dev\/full: ENOSPC.* Free disk space, .*Earlier changes are kept/,
      );
    },
  );
});
