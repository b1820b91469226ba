import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import { FIELD_RULES } from '@goldenpath/plugin-golden-path-common';
import { goldenPathTranslationRef } from '../translation';
import { MarkedText } from './MarkedText';
import type { NameField, NameStatus } from './nameStatus';

/** Always there, because screen readers announce only changes of a region that they know. */
export const NameStatusText = ({
  field,
  name,
  status,
}: {
  field: NameField;
  name: string;
  status: NameStatus;
}) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const say = () => {
    switch (status.kind) {
      case 'refused':
        return (
          <MarkedText status="failed">
            {status.messages.map(capitalize).join(' ')}
          </MarkedText>
        );
      case 'checking':
        return t('fields.names.checking', { name });
      case 'free':
        return t('fields.names.free', { name });
      case 'taken':
        return (
          <MarkedText status="failed">
            {describeTaken(field, name, status.message)}
          </MarkedText>
        );
      case 'unknown':
        return (
          <MarkedText status="stale">
            {t('fields.names.unknown', { name })}
          </MarkedText>
        );
      default:
        return '';
    }
  };
  return (
    <Text as="span" variant="body-small" role="status">
      {say()}
    </Text>
  );
};

/** Without the field's title, which is above it. A name keeps its first letter. */
const describeTaken = (field: NameField, name: string, sentence: string) => {
  const title = `${FIELD_RULES[field].title}: `;
  const rest = sentence.startsWith(title)
    ? sentence.slice(title.length)
    : sentence;
  return rest.startsWith(name) ? rest : capitalize(rest);
};

const capitalize = (text: string) =>
  text.charAt(0).toLocaleUpperCase('en') + text.slice(1);
