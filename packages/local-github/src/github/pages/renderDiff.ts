import { FileChange } from '../git/fileChange';
import { Html, html } from './html';

/** Files that differ, with their lines. */
export const renderDiff = (changes: FileChange[]): Html => {
  const total = (key: 'additions' | 'deletions') =>
    changes.reduce((sum, change) => sum + change[key], 0);
  return html`<p class="soft">
      ${changes.length} ${changes.length === 1 ? 'file' : 'files'} changed,
      <span class="add-count">+${total('additions')}</span>
      <span class="del-count">−${total('deletions')}</span>
    </p>
    ${changes.map(renderFileDiff)}`;
};

const renderFileDiff = (change: FileChange): Html =>
  html`<div class="box">
    <div class="head mono">
      ${change.previousPath && html`${change.previousPath} → `}${change.path}
      <span class="soft">${change.status}</span>
    </div>
    ${change.patch === undefined
      ? html`<div class="body soft">No text to show.</div>`
      : html`<pre>${change.patch.split('\n').map(renderLine)}</pre>`}
  </div>`;

const renderLine = (text: string): Html =>
  html`<span class="diff ${KINDS[text[0]] ?? ''}">${text || ' '}</span>`;

const KINDS: Record<string, string> = { '+': 'add', '-': 'del', '@': 'hunk' };
