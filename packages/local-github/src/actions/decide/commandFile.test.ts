import * as fc from 'fast-check';
import { parseCommandFile } from './commandFile';

describe('parseCommandFile', () => {
  it.each([
    { text: '', values: {}, reason: 'nothing written' },
    {
      text: 'a=1\n\nb=x=y\n',
      values: { a: '1', b: 'x=y' },
      reason: 'the first = separates',
    },
    { text: 'a=1\na=2\n', values: { a: '2' }, reason: 'the last one counts' },
    { text: 'a=\n', values: { a: '' }, reason: 'an empty value' },
    {
      text: 'a<<EOF\none\n\ntwo=2\nEOF\nb=3\n',
      values: { a: 'one\n\ntwo=2', b: '3' },
      reason: 'several lines',
    },
    { text: 'a<<EOF\nEOF\n', values: { a: '' }, reason: 'no line between' },
    {
      text: 'a=x<<EOF\n',
      values: { a: 'x<<EOF' },
      reason: '<< after = belongs to the value',
    },
    {
      text: 'a=1\r\nb=2\r\n',
      values: { a: '1', b: '2' },
      reason: 'lines may end in CRLF',
    },
  ])('$reason', ({ text, values }) => {
    expect(parseCommandFile(text)).toEqual(values);
  });

  it.each([
    {
      text: 'secret-looking-line',
      message: 'Invalid format in line 1',
      reason: 'no =',
    },
    {
      text: 'a<<EOF\nx',
      message: "Invalid value. Matching delimiter not found 'EOF'",
      reason: 'no end',
    },
    {
      text: '<<EOF\nx\nEOF',
      message: 'Name must not be empty',
      reason: 'no name',
    },
  ])('refuses $reason', ({ text, message }) => {
    expect(() => parseCommandFile(text)).toThrow(message);
    expect(() => parseCommandFile(text)).not.toThrow('secret-looking-line');
  });

  it('gives back any value that is written with a delimiter', () => {
    fc.assert(
      fc.property(
        fc.string().filter(value => !value.includes('\r')),
        value => {
          expect(
            parseCommandFile(`v<<ghadelimiter\n${value}\nghadelimiter\n`),
          ).toEqual({ v: value });
        },
      ),
    );
  });
});
