// Plain against plain, to learn what a program repeats exactly, and then plain against the hook.

import { type Run, type Setting, execute } from './execute';
import type { Program, Variation } from './program';

export interface Comparison {
  readonly program: Program;
  readonly writes: number;
  /** What is wrong, in lines to be printed; nothing if all is well. */
  readonly findings: readonly string[];
}

/** Plain runs that a variation may take until it shows. */
const PROOFS_MAX = 6;

export async function compare(program: Program, setting: Omit<Setting, 'isHooked'>): Promise<Comparison> {
  const { varies = [] } = program;
  const plain = (blotted: readonly Variation[]): Promise<Run> =>
    execute(program, { ...setting, isHooked: false }, blotted);
  const first = await plain(varies);
  const findings = [...failuresOf(first)];
  findings.push(...differences('two plain runs differ', first, await plain(varies)));
  for (const variation of varies) {
    if (await neverVaries(variation, varies, plain))
      findings.push(`said to vary, and does not: ${variation.what} in ${variation.where} (${variation.why})`);
  }
  const hooked = await execute(program, { ...setting, isHooked: true }, varies);
  findings.push(...differences('the hook makes a difference', first, hooked));
  if (hooked.writes === 0) findings.push('no write went through fs-intact: nothing is proven');
  return { program, writes: hooked.writes, findings };
}

/** A program that fails plainly does not get far enough to prove anything. */
function failuresOf({ code, stdout, stderr }: Run): string[] {
  if (code.every((one) => one === 0)) return [];
  return [`fails without the hook, with the codes ${code.join(', ')}`, indent(stdout), indent(stderr)];
}

/** Whether plain runs agree on what is said to differ from run to run. */
async function neverVaries(
  variation: Variation,
  varies: readonly Variation[],
  plain: (blotted: readonly Variation[]) => Promise<Run>,
): Promise<boolean> {
  const others = varies.filter((other) => other !== variation);
  const first = await plain(others);
  for (let proof = 2; proof <= PROOFS_MAX; proof++) {
    if (differences('', first, await plain(others)).length > 0) return false;
  }
  return true;
}

function differences(what: string, one: Run, other: Run): string[] {
  const found = [
    ...differentLines('exit code', one.code.map(String), other.code.map(String)),
    ...differentLines('stdout', one.stdout.split('\n'), other.stdout.split('\n')),
    ...differentLines('stderr', one.stderr.split('\n'), other.stderr.split('\n')),
    ...differentLines('tree', one.tree, other.tree),
  ];
  return found.length === 0 ? [] : [`${what}:`, ...found];
}

const LINES_MAX = 20;
const WIDTH_MAX = 300;

function differentLines(name: string, one: readonly string[], other: readonly string[]): string[] {
  if (one.join('\n') === other.join('\n')) return [];
  const lines = [
    ...one.filter((line) => !other.includes(line)).map((line) => `- ${line}`),
    ...other.filter((line) => !one.includes(line)).map((line) => `+ ${line}`),
  ];
  const shown = lines.slice(0, LINES_MAX).map((line) => indent(line.slice(0, WIDTH_MAX)));
  return [`  ${name}${lines.length === 0 ? ': the same lines in another order' : ''}`, ...shown];
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
