// How the demo speaks: paragraphs, tables, and a line of progress.

const isTerminal = process.stdout.isTTY === true;

export function say(text = '') {
  process.stdout.write(`${text}\n`);
}

export function heading(text) {
  say(`\n${bold(text)}\n`);
}

export function bold(text) {
  return isTerminal ? `\x1b[1m${text}\x1b[22m` : text;
}

/** A live line on a terminal; elsewhere a line every ten steps. */
export function progress(label, done, all, note) {
  const filled = Math.round((done / all) * 20);
  const line = `  ${label}  ${'#'.repeat(filled)}${'.'.repeat(20 - filled)}  ${done} of ${all}  ${note}`;
  if (isTerminal) process.stdout.write(`\r\x1b[K${line}${done === all ? '\n' : ''}`);
  else if (done % 10 === 0 || done === all) say(line);
}

/** Prints rows under their headings: the first column to the left, numbers and all others to the right. */
export function table(headings, rows) {
  const cells = [headings, ...rows].map((row) => row.map(String));
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('   ');
  const rule = '-'.repeat(line(cells[0]).length);
  say();
  for (const text of [rule, bold(line(cells[0])), rule, ...cells.slice(1).map(line), rule]) say(`  ${text}`);
}

export function bytes(count) {
  if (count < 1000) return `${count} B`;
  return count < 1e6 ? `${(count / 1e3).toFixed(0)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}
