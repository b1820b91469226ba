import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { blockWith, codeBlocks } from './markdownCode';

/** The registry that docs/install.md names. */
export const DOCUMENTED_REGISTRY = 'https://npm.acme.example/';

/** The blocks of docs/install.md, step 6, in a language. */
const blocks = (language: string) =>
  codeBlocks(
    readFileSync(resolve(__dirname, '../../docs/install.md'), 'utf8'),
    '## 6. Backstage',
    language,
  );

export const commandWith = (text: string) => blockWith(blocks('sh'), text);
export const yamlWith = (text: string) => blockWith(blocks('yaml'), text);
export const npmrc = () => blockWith(blocks('ini'), '@goldenpath:registry');
/** What is added to the backend's index.ts. */
export const features = () =>
  blocks('ts').filter(block => block.includes('backend.add('));
