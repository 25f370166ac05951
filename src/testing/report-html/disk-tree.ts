// A whole disk as a tree, with what differs from what should be there.

import type { Space } from '../clip';
import { contentDiff } from '../content-diff';
import type { DiskImage } from '../disk-image';
import type { DiskTitle } from '../disk-title';
import { type Comparison, bytesAt, compareImages } from '../image-diff';
import type { DiffLine } from '../line-diff';
import { showContent } from '../show-content';
import { showDifference, showPlace } from '../show-place';
import { type Markup, markup } from './markup';
import { preformatted } from './preformatted';
import { DEPTH_MAX } from './style';

/** Paths shown: those that differ and, beside them, those that do not. */
const DIFFERENCES_MAX = 200;
const UNCHANGED_MAX = 100;
/** What is shown of one file. */
const DIFFERENCE: Space = { lines: 60, columns: 200 };
const CONTENT: Space = { lines: 24, columns: 200 };

export function showDisk(title: DiskTitle, expected: DiskImage, found: DiskImage): Markup {
  const comparisons = compareImages(expected, found);
  const shown = choose(comparisons);
  const left = comparisons.length - shown.length;
  const rest = left === 0 ? '' : markup`<p class="hint">… ${left.toLocaleString('en')} more paths</p>\n`;
  const legend = comparisons.every(({ isSame }) => isSame)
    ? markup`<span>${title.same}</span>`
    : markup`<span><b class="removed">-</b> ${title.baseline}</span> <span><b class="added">+</b> as it is</span>`;
  return markup`<h3>${title.disk}</h3>
<p class="legend">${legend}</p>
<ul class="tree">
${shown.map(showPath)}</ul>
${rest}`;
}

function choose(comparisons: readonly Comparison[]): Comparison[] {
  let [differences, unchanged] = [0, 0];
  return comparisons.filter(({ isSame }) => (isSame ? unchanged++ < UNCHANGED_MAX : differences++ < DIFFERENCES_MAX));
}

/** Indented by its depth; opens where there is content to be seen. */
function showPath(comparison: Comparison): Markup {
  const { path, expected, found, isSame } = comparison;
  const isDirectory = (found ?? expected)!.inode.kind === 'directory';
  const name = `${path.slice(path.lastIndexOf('/') + 1)}${isDirectory ? '/' : ''}`;
  const depth = path === '/' ? 0 : path.split('/').length - 1;
  const words = !isSame ? showDifference(comparison) : isDirectory ? '' : showPlace(found!);
  const line = markup`<span class="name">${name}</span> <span class="words">${words}</span>`;
  const content = isSame ? contentOf(comparison) : differenceOf(comparison);
  const open = isSame ? '' : ' open';
  const entry = content === undefined ? line : markup`<details${open}><summary>${line}</summary>${content}</details>`;
  return markup`<li class="${stateOf(comparison)} depth-${Math.min(depth, DEPTH_MAX)}">${entry}</li>\n`;
}

function stateOf({ expected, found, isSame }: Comparison): string {
  if (isSame) return 'same';
  return found === undefined ? 'missing' : expected === undefined ? 'unexpected' : 'changed';
}

function contentOf({ found }: Comparison): Markup | undefined {
  const bytes = bytesAt(found);
  return bytes.length === 0 ? undefined : preformatted(showContent(bytes, 0, CONTENT).map((text) => ({ text })));
}

const CLASSES: Readonly<Record<DiffLine['sign'], string>> = { '-': 'removed', '+': 'added', ' ': '', '…': 'left-out' };

function differenceOf({ expected, found }: Comparison): Markup | undefined {
  const lines = contentDiff(bytesAt(expected), bytesAt(found), DIFFERENCE);
  if (lines.length === 0) return undefined;
  return preformatted(lines.map(({ sign, text }) => ({ text: `${sign} ${text}`, className: CLASSES[sign] })));
}
