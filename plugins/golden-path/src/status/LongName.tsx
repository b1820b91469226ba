import { Fragment } from 'react';

/** A name that breaks after a slash or an underscore, if it has to; its copied text stays the same. */
export const LongName = ({ name }: { name: string }) => (
  <>
    {splitName(name).map((part, index) => (
      <Fragment key={index}>
        {index > 0 && <wbr />}
        {part}
      </Fragment>
    ))}
  </>
);

/** The parts of a name with the slash or underscore that ends them. */
export const splitName = (name: string): string[] =>
  name.match(/[^/_]*[/_]+|[^/_]+$/g) ?? [];
