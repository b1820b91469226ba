import { CheckedOption } from './checkedOption';

/** Most characters of an ID that goes into the audit and the name of a session. */
const MAX_LENGTH = 200;
/** One line: no control characters, no line or paragraph separators of Unicode, no lone surrogates. */
const ONE_LINE = new RegExp(
  `^[^\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]{1,${MAX_LENGTH}}$`,
  'u',
);

export const isOneLine = (text: string): boolean => ONE_LINE.test(text);
export const ONE_LINE_RULE = `use one line of 1 to ${MAX_LENGTH} characters`;

/** The page of a run. */
export const isPageUrl = (text: string): boolean =>
  /^https?:\/\/[\x21-\x7e]+$/.test(text) && URL.canParse(text);

/** An option whose value is a path, or the name of something: an empty one is a variable that was not set. */
export const createPathOption = (flags: string, help: string, what: string) =>
  new CheckedOption(flags, help).allow(
    value => value.trim() !== '' && !value.includes('\0'),
    `use ${what}`,
  );
