import {
  RiAlertFill,
  RiCheckboxCircleFill,
  RiErrorWarningFill,
  RiRecordCircleLine,
} from '@remixicon/react';
import type {
  StatusProblem,
  StatusStep,
} from '@goldenpath/plugin-golden-path-common';

/** A mark beside the words of a status. */
export const StatusMark = ({
  status,
}: {
  status: StatusStep | StatusProblem;
}) => {
  const { Icon, color } = markOf(status);
  return <Icon size={16} color={color} style={{ flexShrink: 0 }} aria-hidden />;
};

const markOf = (status: StatusStep | StatusProblem) => {
  switch (status) {
    case 'failed':
      return { Icon: RiErrorWarningFill, color: 'var(--bui-fg-negative)' };
    case 'stale':
    case 'drifted':
      return { Icon: RiAlertFill, color: 'var(--bui-fg-warning)' };
    case 'provisioned':
    case 'rotated':
      return { Icon: RiCheckboxCircleFill, color: 'var(--bui-fg-positive)' };
    default:
      return { Icon: RiRecordCircleLine, color: 'var(--bui-fg-announcement)' };
  }
};
