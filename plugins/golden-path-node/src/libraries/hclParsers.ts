import { readFile } from 'node:fs/promises';
import type * as Hcl2Json from '@cdktn/hcl2json';
import type * as WebTreeSitter from 'web-tree-sitter';

/**
 * The two HCL parsers. Loaded at first use: their WebAssembly takes 100 ms each to start. Loaded by require: a native
 * import() takes another 100 ms.
 */
export interface HclParsers {
  /** Returns positions in the text, but accepts invalid files. */
  syntax: WebTreeSitter.Parser;
  /** HashiCorp's own: returns values only, and rejects what Terraform rejects. */
  parseValues: typeof Hcl2Json.parse;
}

let parsers: Promise<HclParsers> | undefined;

export const loadHclParsers = (): Promise<HclParsers> => {
  parsers ??= load();
  return parsers;
};

const load = async (): Promise<HclParsers> => {
  const { Language, Parser } =
    require('web-tree-sitter') as typeof WebTreeSitter;
  await Parser.init();
  // Given a path, web-tree-sitter uses a native import() of fs, which Jest's sandbox rejects.
  const grammar = await readFile(
    require.resolve(
      '@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-hcl.wasm',
    ),
  );
  const syntax = new Parser();
  syntax.setLanguage(await Language.load(grammar));
  // Loaded last: the strict parser compiles in the background and would slow the other one by 200 ms.
  const { parse } = require('@cdktn/hcl2json') as typeof Hcl2Json;
  return { syntax, parseValues: parse };
};
