import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  STATUS_PROBLEMS,
  STATUS_STEPS,
} from '@goldenpath/plugin-golden-path-common';
import { cardMessages } from './card/messages';
import { pageMessages } from './page/messages';
import { statusMessages } from './status/messages';

type Messages = { readonly [name: string]: string | Messages };
const keysOf = (messages: Messages, prefix = ''): string[] =>
  Object.entries(messages).flatMap(([name, value]) =>
    typeof value === 'string'
      ? [`${prefix}${name}`]
      : keysOf(value, `${prefix}${name}.`),
  );

const sources = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
  .filter(file => /\.tsx?$/.test(file) && !/\.test\.|messages\.ts/.test(file))
  .map(file => readFileSync(join(__dirname, file), 'utf8'))
  .join('\n');

describe('texts of what shows databases', () => {
  it.each(
    keysOf({
      status: statusMessages,
      card: cardMessages,
      page: pageMessages,
    }),
  )('%s is shown somewhere', key => {
    const shown = key.replace(/_(one|other)$/, '');
    const computed = shown.replace(/\.[^.]*$/, '.${');
    expect(
      sources.includes(`'${shown}'`) || sources.includes(`\`${computed}`),
    ).toBe(true);
  });

  it('have words for every step and problem of the contract', () => {
    expect(Object.keys(statusMessages.step)).toEqual([...STATUS_STEPS]);
    expect(Object.keys(statusMessages.problem)).toEqual([...STATUS_PROBLEMS]);
  });
});
