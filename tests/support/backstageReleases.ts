import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Release } from './bareBackstage';

const read = (path: string) =>
  JSON.parse(readFileSync(join(resolve(__dirname, '../..'), path), 'utf8'));

/** The release of this workspace. */
export const newest = (): Release => {
  const { packages } = read('package-lock.json') as {
    packages: Record<string, { version: string }>;
  };
  const ofBackstage = /^node_modules\/(@backstage\/[^/]+)$/;
  return Object.fromEntries(
    Object.entries(packages).flatMap(([path, { version }]) => {
      const name = ofBackstage.exec(path)?.[1];
      return name ? [[name, version]] : [];
    }),
  );
};
/** The oldest release that the packages support, as its lock file had it. */
export const oldest = (): Release => read('tests/support/backstage-1.55.json');
