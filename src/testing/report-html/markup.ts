// HTML in which every text is escaped unless it was made here.

import { visible } from '../visible-text';

/** A piece of HTML. */
export class Markup {
  constructor(readonly source: string) {}
}

export type Content = Markup | string | number | undefined | readonly Content[];

/**
 * Texts between the pieces are escaped, in content as in quoted attributes, and what cannot be seen is written out.
 *
 * Not called `html`: formatters rearrange the white space of templates with that name.
 */
export function markup(pieces: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(pieces.map((piece, index) => piece + sourceOf(contents[index])).join(''));
}

/** The content of a script or style element, which knows no escapes. */
export function unescaped(source: string): Markup {
  return new Markup(source);
}

/** With a separator between each two of them. */
export function joined(contents: readonly Content[], separator: string): Content {
  return contents.map((content, index) => (index === 0 ? content : [separator, content]));
}

function sourceOf(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.source;
  if (typeof content === 'object') return content.map(sourceOf).join('');
  return visible(String(content)).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
