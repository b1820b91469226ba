import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { goldenPathTranslationRef } from '../translation';

/** A time in the reader's time zone; its title has it in UTC, as logs and audit do. */
export const Time = ({ at }: { at: string }) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  return (
    <time
      dateTime={at}
      title={t('status.utc', {
        time: at.slice(0, 19).replace('T', ' '),
      })}
    >
      {formatTime(at)}
    </time>
  );
};

/** In the reader's language and time zone, to the minute. Made once: making one takes longer than a table's row. */
const FORMAT = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'short',
});

const formatTime = (at: string): string => FORMAT.format(new Date(at));
