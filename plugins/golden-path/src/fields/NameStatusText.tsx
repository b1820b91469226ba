import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import { goldenPathTranslationRef } from '../translation';
import type { NameStatus } from './nameStatus';

const COLORS = {
  none: 'primary',
  refused: 'danger',
  checking: 'primary',
  free: 'primary',
  taken: 'danger',
  unknown: 'warning',
} as const satisfies Record<NameStatus['kind'], string>;

/** Always there, because screen readers announce only changes of a region that they know. */
export const NameStatusText = ({
  name,
  status,
}: {
  name: string;
  status: NameStatus;
}) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const say = () => {
    switch (status.kind) {
      case 'refused':
        return status.messages.join(' ');
      case 'checking':
        return t('fields.names.checking', { name });
      case 'free':
        return t('fields.names.free', { name });
      case 'taken':
        return status.message;
      case 'unknown':
        return t('fields.names.unknown', { name });
      default:
        return '';
    }
  };
  return (
    <Text
      as="span"
      variant="body-small"
      color={COLORS[status.kind]}
      role="status"
    >
      {say()}
    </Text>
  );
};
