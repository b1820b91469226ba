import { existsSync } from 'node:fs';
import type { Declare } from './matrix';

/** A test that runs where the machine has what it needs and is skipped by name where it hasn't. CI lets nothing be skipped. */
export const itWhen =
  (isThere: boolean, what: string, declare: Declare = it) =>
  (name: string, run: () => Promise<void>) =>
    isThere ? declare(name, run) : declare.skip(`${name} (needs ${what})`, run);

/** Debian's Chromium, or wherever CHROMIUM points; undefined where there is none. */
export const chromium = (): string | undefined =>
  [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].find(path => path && existsSync(path));
