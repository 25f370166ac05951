// Tells on stderr how far a run is: line by line, or on a terminal in one line that changes.

const isTerminal = process.stderr.isTTY;

let part = '';

/** @param number Counted from 1. */
export function beginPart(name: string, number: number, total: number): void {
  part = `[${number}/${total}] ${name}`;
  if (isTerminal) showProgress('');
  else process.stderr.write(`${part}\n`);
}

export function showProgress(text: string): void {
  if (isTerminal) process.stderr.write(`\r\u001b[K${part} ${text}`.slice(0, process.stderr.columns + 4));
}

export function clearProgress(): void {
  if (isTerminal) process.stderr.write('\r\u001b[K');
}
