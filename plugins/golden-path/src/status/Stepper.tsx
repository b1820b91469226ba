import type { CSSProperties } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Link, Text } from '@backstage/ui';
import type {
  DatabaseStatus,
  DatabaseStatusStep,
} from '@goldenpath/plugin-golden-path-common';
import {
  RiCheckboxCircleFill,
  RiCircleLine,
  RiErrorWarningFill,
  RiRecordCircleLine,
} from '@remixicon/react';
import { goldenPathTranslationRef } from '../translation';
import { Time } from './Time';

const MARKS = {
  done: { Icon: RiCheckboxCircleFill, color: 'var(--bui-fg-positive)' },
  current: { Icon: RiRecordCircleLine, color: 'var(--bui-fg-announcement)' },
  waiting: { Icon: RiCircleLine, color: 'var(--bui-fg-secondary)' },
  failed: { Icon: RiErrorWarningFill, color: 'var(--bui-fg-negative)' },
};
const LIST: CSSProperties = { listStyle: 'none', margin: 0, padding: 0 };
const ITEM: CSSProperties = {
  display: 'grid',
  gridTemplateColumns: '24px minmax(0, 1fr)',
  columnGap: 'var(--bui-space-3)',
};
const LINE: CSSProperties = {
  flex: 1,
  width: 2,
  minHeight: 'var(--bui-space-2)',
  margin: '0 auto',
  background: 'var(--bui-border-2)',
};
const BODY: CSSProperties = {
  paddingBottom: 'var(--bui-space-3)',
  overflowWrap: 'anywhere',
};

/** A database's steps in their order. The state is said in words; mark and colour repeat it. */
export const Stepper = ({ database }: { database: DatabaseStatus }) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const { steps, databaseName } = database;
  return (
    <ol
      aria-label={t('status.stepsLabel', { database: databaseName })}
      style={LIST}
    >
      {steps.map((step, index) => (
        <Step
          key={step.name}
          step={step}
          stateText={stateTextOf(step, database)}
          isCurrent={step.state === 'current'}
          isLast={index === steps.length - 1}
        />
      ))}
    </ol>
  );
};

/** The key of a state's text. */
const stateTextOf = (
  { name, state }: DatabaseStatusStep,
  { next, undeclared }: DatabaseStatus,
) => {
  // Who is named by references is a person or a team; workflows have none.
  if (state === 'current' && next?.refs.length) return 'waitsForPerson';
  // Rotations come by themselves.
  if (name === 'rotated' && state === 'waiting' && !undeclared) return 'notDue';
  return state;
};

const Step = ({
  step,
  stateText,
  isCurrent,
  isLast,
}: {
  step: DatabaseStatusStep;
  stateText: ReturnType<typeof stateTextOf>;
  isCurrent: boolean;
  isLast: boolean;
}) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const { Icon, color } = MARKS[step.state];
  const name = t(`status.step.${step.name}`);
  return (
    <li
      style={ITEM}
      data-state={step.state}
      aria-current={isCurrent ? 'step' : undefined}
    >
      <Flex direction="column" gap="1" align="stretch">
        <Icon size={24} color={color} aria-hidden />
        {!isLast && <div style={LINE} />}
      </Flex>
      <div style={BODY}>
        <Flex gap="2" align="baseline" style={{ flexWrap: 'wrap' }}>
          <Text as="span" variant="body-medium" weight="bold">
            {name}
          </Text>
          <Text as="span" variant="body-small">
            {t(`status.state.${stateText}`)}
            {step.at && (
              <>
                {', '}
                <Time at={step.at} />
              </>
            )}
          </Text>
        </Flex>
        {step.evidence && (
          <Text as="p" variant="body-small">
            {step.url ? (
              <Link
                href={step.url}
                variant="body-small"
                aria-label={`${t('status.evidenceLink', { step: name })}. ${
                  step.evidence
                }`}
              >
                {step.evidence}
              </Link>
            ) : (
              step.evidence
            )}
          </Text>
        )}
        {!step.evidence && step.url && (
          <Link href={step.url} variant="body-small">
            {t('status.evidenceLink', { step: name })}
          </Link>
        )}
      </div>
    </li>
  );
};
