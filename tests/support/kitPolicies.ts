import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Policy } from './iamPolicy';

const FOLDER = resolve(__dirname, '../../platform/iam');

/** The kit's policies by name, each a JSON file. */
export const policyNames = readdirSync(FOLDER).map(file =>
  basename(file, '.json'),
);
export const readPolicyText = (name: string): string =>
  readFileSync(join(FOLDER, `${name}.json`), 'utf8');
export const readPolicy = (name: string): Policy =>
  JSON.parse(readPolicyText(name));
