import {
  RiAlertFill,
  RiCheckboxCircleFill,
  RiErrorWarningFill,
  RiForbidLine,
  RiRecordCircleLine,
} from '@remixicon/react';
import type {
  StatusProblem,
  StatusStep,
} from '@goldenpath/plugin-golden-path-common';

type Markable = StatusStep | StatusProblem | 'undeclared';

/** A mark beside the words of a status. */
export const StatusMark = ({ status }: { status: Markable }) => {
  const { Icon, color } = markOf(status);
  return <Icon size={16} color={color} style={{ flexShrink: 0 }} aria-hidden />;
};

const markOf = (status: Markable) => {
  switch (status) {
    case 'failed':
      return { Icon: RiErrorWarningFill, color: 'var(--bui-fg-negative)' };
    case 'stale':
    case 'drifted':
      return { Icon: RiAlertFill, color: 'var(--bui-fg-warning)' };
    case 'provisioned':
    case 'rotated':
      return { Icon: RiCheckboxCircleFill, color: 'var(--bui-fg-positive)' };
    case 'undeclared':
      return { Icon: RiForbidLine, color: 'var(--bui-fg-secondary)' };
    default:
      return { Icon: RiRecordCircleLine, color: 'var(--bui-fg-announcement)' };
  }
};
