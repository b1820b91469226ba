import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import { goldenPathTranslationRef } from '../translation';
import type { NameStatus } from './nameStatus';

/** Said in bold. The colours of Backstage UI have too little contrast on the dark form of the older theme. */
const WARNINGS: Array<NameStatus['kind']> = ['refused', 'taken', 'unknown'];

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
      weight={WARNINGS.includes(status.kind) ? 'bold' : 'regular'}
      role="status"
    >
      {say()}
    </Text>
  );
};
