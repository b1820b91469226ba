import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A mounted secret. The kubelet changes one like this: new files in a new folder, then one rename. */
export interface CredentialsMount {
  folder: string;
  /** Replaces all files at once. */
  write(values: Record<string, string>): void;
  remove(): void;
}

/** @returns an empty mount */
export const createCredentialsMount = (): CredentialsMount => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-creds-'));
  let version = 0;
  return {
    folder,
    write: values => {
      version += 1;
      const data = join(folder, `..${version}`);
      mkdirSync(data);
      for (const [name, value] of Object.entries(values)) {
        writeFileSync(join(data, name), value);
        if (version === 1) symlinkSync(`..data/${name}`, join(folder, name));
      }
      symlinkSync(`..${version}`, join(folder, '..new'));
      renameSync(join(folder, '..new'), join(folder, '..data'));
      rmSync(join(folder, `..${version - 1}`), {
        recursive: true,
        force: true,
      });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
