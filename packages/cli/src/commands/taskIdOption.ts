import { CheckedOption } from '../checkedOption';

export const createTaskIdOption = (help: string) =>
  new CheckedOption('--task-id <id>', help)
    .default('none')
    .allow(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
      'use letters, digits, ".", "_" and "-", beginning with a letter or digit',
    );
