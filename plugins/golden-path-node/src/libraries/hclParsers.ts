import { readFile } from 'node:fs/promises';
import type * as Hcl2Json from '@cdktn/hcl2json';
import type * as WebTreeSitter from 'web-tree-sitter';

/**
 * The two HCL parsers, loaded when HCL is first read, because their WebAssembly takes a tenth of a second each to start.
 * By require: a native import() takes another tenth.
 */
export interface HclParsers {
  /** Gives places in the text, but lets errors pass. */
  syntax: WebTreeSitter.Parser;
  /** HashiCorp's own: gives values only, and refuses what Terraform refuses. */
  parseValues: typeof Hcl2Json.parse;
}

let parsers: Promise<HclParsers> | undefined;

export const hclParsers = (): Promise<HclParsers> => {
  parsers ??= load();
  return parsers;
};

const load = async (): Promise<HclParsers> => {
  const { Language, Parser } =
    require('web-tree-sitter') as typeof WebTreeSitter;
  await Parser.init();
  // Given a path, web-tree-sitter reads it by a native import() of fs, which Jest's sandbox refuses.
  const grammar = await readFile(
    require.resolve(
      '@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-hcl.wasm',
    ),
  );
  const syntax = new Parser();
  syntax.setLanguage(await Language.load(grammar));
  // The strict parser goes on compiling behind its start: loaded first, it would slow the other one down by 200 ms.
  const { parse } = require('@cdktn/hcl2json') as typeof Hcl2Json;
  return { syntax, parseValues: parse };
};
