import {
  chmodSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createFolder } from '../../../tests/support/createFolder';
import {
  provideReachableBinaries,
  chooseReachableDataDir,
} from './operatingUser';

/** Somebody who owns none of the test's folders. */
const STRANGER = { uid: 54321, gid: 54321 };

describe('where PostgreSQL runs when its user may not enter', () => {
  let folder: string;
  let lines: string[];
  const log = (line: string) => lines.push(line);
  beforeEach(() => {
    lines = [];
    folder = createFolder();
    mkdirSync(join(folder, 'native/bin'), { recursive: true });
    writeFileSync(join(folder, 'native/bin/postgres'), 'program');
  });
  const native = () => join(folder, 'native');

  it('its programs run from a copy, and a line says so', () => {
    const copy = provideReachableBinaries(native(), STRANGER, log);
    try {
      expect(copy).not.toBe(native());
      expect(readFileSync(join(copy, 'bin/postgres'), 'utf8')).toBe('program');
      expect(provideReachableBinaries(native(), STRANGER, log)).toBe(copy);
      expect(lines[0]).toContain(copy);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });

  it('its data goes elsewhere, always to the same place, and a line says so', () => {
    const elsewhere = chooseReachableDataDir(
      join(folder, 'data'),
      STRANGER,
      log,
    );
    expect(elsewhere).not.toContain(folder);
    expect(chooseReachableDataDir(join(folder, 'data'), STRANGER, log)).toBe(
      elsewhere,
    );
    expect(lines[0]).toContain(elsewhere);
  });

  it.each([
    { user: undefined, mode: 0o700, reason: 'the process is not root' },
    { user: STRANGER, mode: 0o711, reason: 'the folder is open' },
  ])('everything stays in its place when $reason', ({ user, mode }) => {
    chmodSync(folder, mode);
    expect(provideReachableBinaries(native(), user, log)).toBe(native());
    expect(chooseReachableDataDir(join(folder, 'data'), user, log)).toBe(
      join(folder, 'data'),
    );
    expect(lines).toEqual([]);
  });
});
