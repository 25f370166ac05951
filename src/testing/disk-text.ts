// A disk as a terminal shows it: first what differs from another one, then what does not.

import { type Space, limited } from './clip';
import { contentDiff } from './content-diff';
import type { DiskImage } from './disk-image';
import type { DiskTitle } from './disk-title';
import { type Comparison, bytesAt, compareImages, isParent } from './image-diff';
import type { DiffLine } from './line-diff';
import type { Paint, Style } from './paint';
import { plural } from './plural';
import { showBeginning } from './show-content';
import { showDifference, showPlace } from './show-place';
import { visible } from './visible-text';

/** Paths of each kind. */
const DIFFERENCES_MAX = 20;
const UNCHANGED_MAX = 8;
/** Of one file. */
const DIFFERENCE: Space = { lines: 16, columns: 88 };
const BEGINNING_COLUMNS = 40;

const SIGN_STYLES: Readonly<Partial<Record<DiffLine['sign'], Style>>> = { '-': 'red', '+': 'green', '…': 'dim' };

export function showDisk(title: DiskTitle, expected: DiskImage, found: DiskImage, paint: Paint): string[] {
  const comparisons = compareImages(expected, found);
  const different = comparisons.filter(({ isSame }) => !isSame);
  const unchanged = comparisons.filter((comparison) => comparison.isSame && !isParent(comparison.found));
  return [
    `  ${title.disk}${different.length === 0 ? `, ${title.same}` : ` (- ${title.baseline}, + as it is)`}`,
    ...limited(
      different.map((comparison) => showDifferent(comparison, paint)),
      DIFFERENCES_MAX,
      moreDifferent,
    ).flat(),
    ...limited(unchanged.map(showUnchanged), UNCHANGED_MAX, moreUnchanged).flat(),
  ];
}

function moreDifferent(count: number): string[] {
  return [`    … ${plural(count, 'more difference')}`];
}

function moreUnchanged(count: number): string[] {
  return [`    … ${plural(count, 'more path')} without a difference`];
}

function showDifferent(comparison: Comparison, paint: Paint): string[] {
  const { path, expected, found } = comparison;
  const lines = contentDiff(bytesAt(expected), bytesAt(found), DIFFERENCE).map(({ sign, text }) => {
    const style = SIGN_STYLES[sign];
    const line = `      ${sign} ${text}`;
    return style === undefined ? line : paint(style, line);
  });
  return [`    ${visible(path)}: ${showDifference(comparison)}`, ...lines];
}

function showUnchanged({ path, found }: Comparison): string[] {
  const content = showBeginning(bytesAt(found), BEGINNING_COLUMNS);
  return [`    ${visible(path)}: ${showPlace(found!)}${content && `: ${content}`}`];
}
