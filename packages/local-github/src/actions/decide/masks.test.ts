import { Masks } from './masks';
import { OutputReader } from './workflowCommand';

describe('Masks', () => {
  it.each([
    {
      values: ['canary'],
      text: 'a canary sings',
      hidden: 'a *** sings',
      reason: 'the value',
    },
    {
      values: ['canary', 'canary-long'],
      text: 'canary-long',
      hidden: '***',
      reason: 'the longest first',
    },
    {
      values: ['one\ntwo-secret'],
      text: 'x two-secret y',
      hidden: 'x *** y',
      reason: 'each line of a value',
    },
    {
      values: ['canary'],
      text: 'Y2FuYXJ5',
      hidden: '***',
      reason: 'its base64',
    },
    {
      values: ['canary'],
      text: `basic ${Buffer.from('x-access-token:canary').toString('base64')}`,
      hidden: expect.stringMatching(/^basic \w+\*\*\*$/),
      reason: 'as an HTTP header',
    },
    ...['', 'a', 'ab', 'abc'].map(before => ({
      values: ['hunter2-canary'],
      text: Buffer.from(`${before}hunter2-canary`).toString('base64'),
      hidden: expect.stringMatching(/^[\w]{0,5}\*{3}.{0,3}$/),
      reason: `its base64 after ${before.length} other bytes`,
    })),
    {
      values: ['', '  '],
      text: 'a  b',
      hidden: 'a  b',
      reason: 'nothing is no secret',
    },
    {
      values: ['$&'],
      text: 'a$&b',
      hidden: 'a***b',
      reason: 'signs of regular expressions',
    },
  ])('hides $reason', ({ values, text, hidden }) => {
    expect(new Masks(values).hide(text)).toEqual(hidden);
  });

  it('says whether a value is in a text', () => {
    expect(new Masks(['canary']).isIn('x canary')).toBe(true);
    expect(new Masks(['canary']).isIn('x')).toBe(false);
  });
});

describe('OutputReader', () => {
  it.each([
    {
      lines: ['plain ::error:: text'],
      read: [{ kind: 'text', text: 'plain ::error:: text' }],
      reason: 'a command begins its line',
    },
    {
      lines: ['::add-mask::a%0Ab'],
      read: [{ kind: 'mask', value: 'a\nb' }],
      reason: 'a mask, unescaped',
    },
    {
      lines: ['::error file=a.ts,line=1::broken'],
      read: [{ kind: 'text', text: '##[error]broken' }],
      reason: 'an error with properties',
    },
    {
      lines: ['::group::More', '::endgroup::'],
      read: [
        { kind: 'text', text: '##[group]More' },
        { kind: 'text', text: '##[endgroup]' },
      ],
      reason: 'a group',
    },
    {
      lines: ['::debug::x'],
      read: [{ kind: 'silent' }],
      reason: 'debug is silent',
    },
    {
      lines: ['::stop-commands::tok', '::add-mask::x', '::tok::', '::debug::x'],
      read: [
        { kind: 'silent' },
        { kind: 'text', text: '::add-mask::x' },
        { kind: 'silent' },
        { kind: 'silent' },
      ],
      reason: 'commands can be stopped and resumed',
    },
    {
      lines: ['::unknown::x'],
      read: [{ kind: 'text', text: '::unknown::x' }],
      reason: 'an unknown one is text',
    },
  ])('$reason', ({ lines, read }) => {
    const reader = new OutputReader();
    expect(lines.map(line => reader.read(line))).toEqual(read);
  });
});
