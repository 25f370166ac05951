// Colours for a terminal.

import { inspect } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Gives a text a style, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

export const plainly: Paint = (_, text) => text;

export const inColours: Paint = (style, text) => {
  const [on, off] = inspect.colors[style]!;
  return `\x1b[${on}m${text}\x1b[${off}m`;
};
