import { type Markup, markup } from './markup';

/** Lines in which white space counts. */
export function preformatted(lines: readonly { readonly text: string; readonly className?: string }[]): Markup {
  return markup`<pre>${lines.map(({ text, className = '' }) => markup`<span class="${className}">${text}\n</span>`)}</pre>`;
}
