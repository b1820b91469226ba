import { existsSync } from 'node:fs';
import type { Declare } from './matrix';

/** A test that is skipped by name if the machine lacks what it requires. CI allows no skipped test. */
export const itWhen =
  (isThere: boolean, what: string, declare: Declare = it) =>
  (name: string, run: () => Promise<void>) =>
    isThere ? declare(name, run) : declare.skip(`${name} (needs ${what})`, run);

/** Debian's Chromium, or the path in CHROMIUM; undefined if neither exists. */
export const chromium = (): string | undefined =>
  [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].find(path => path && existsSync(path));
