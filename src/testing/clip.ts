/** How much there is to show something in. */
export interface Space {
  readonly lines: number;
  /** Characters of a line; of a longer one, a part is shown. */
  readonly columns: number;
}

/** At most so many characters of a line, `around` among them. */
export function clipped(text: string, columns: number, around = 0): string {
  const characters = Array.from(text);
  if (characters.length <= columns) return text;
  const from = Math.min(Math.max(0, around - Math.floor(columns / 3)), characters.length - columns);
  const part = characters.slice(from, from + columns);
  if (from > 0) part[0] = '…';
  if (from + columns < characters.length) part[columns - 1] = '…';
  return part.join('');
}

/** The first of them, and how many more there are. */
export function limited<Item>(items: readonly Item[], most: number, showRest: (count: number) => Item): Item[] {
  return items.length <= most ? [...items] : [...items.slice(0, most), showRest(items.length - most)];
}

/** A text in lines of at most so many characters, broken where there are spaces. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
