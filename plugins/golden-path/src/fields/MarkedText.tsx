import type { ComponentProps, CSSProperties } from 'react';
import { Text } from '@backstage/ui';
import { StatusMark } from '../status/StatusMark';

const LINE: CSSProperties = {
  display: 'inline-flex',
  alignItems: 'center',
  gap: 'var(--bui-space-1)',
};

/** Bold, with a mark. The colours of Backstage UI have too little contrast for text on the dark form of the older theme. */
export const MarkedText = ({
  status,
  children,
}: {
  status: ComponentProps<typeof StatusMark>['status'];
  children: string;
}) => (
  <span style={LINE}>
    <StatusMark status={status} />
    <Text as="span" variant="body-small" weight="bold">
      {children}
    </Text>
  </span>
);
