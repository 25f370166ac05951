// What became of each operation at a crash, in words.

import type { CrashChoice, Torn } from './crash-states';
import type { Change, History, MicroOp } from './micro-ops';
import { plural } from './plural';
import type { Fate, TraceLine } from './report';

import type { Event, Trace } from './trace';
import { visible } from './visible-text';

/** The events of a history, told from the crash: those before it, and those that it cut off. */
export function storyOf(history: History, { point, lost, torn }: CrashChoice): TraceLine[] {
  const missing = new Set(lost);
  const forced = new Set<number>();
  for (const [event, ids] of history.forcedBy) if (event < point) for (const id of ids) forced.add(id);
  const byEvent = new Map<number, MicroOp[]>(history.trace.events.map((_, index) => [index, []]));
  for (const microOp of history.microOps) byEvent.get(microOp.event)!.push(microOp);
  return history.trace.events.map((event, index): TraceLine => {
    if (index >= point) return lineOf(event, 'not reached');
    const own = byEvent.get(index)!;
    const gone = own.filter(({ id }) => missing.has(id));
    return lineOf(event, fateOf(own, gone, torn, forced), showLosses(gone, torn));
  });
}

/** The events of a run that no crash cut off. */
export function storyOfRun({ events }: Trace): TraceLine[] {
  return events.map((event) => lineOf(event, 'done'));
}

function lineOf(event: Event, fate: Fate, lost: readonly string[] = []): TraceLine {
  if (event.kind === 'ack') {
    return { kind: 'ack', text: `ack('${event.label}')`, fate, site: undefined, lost, fault: undefined };
  }
  const { text, site, fault } = event;
  return { kind: 'operation', text, fate, site, lost, fault };
}

function fateOf(
  own: readonly MicroOp[],
  gone: readonly MicroOp[],
  torn: Torn | undefined,
  forced: ReadonlySet<number>,
): Fate {
  if (own.length === 0) return 'done';
  if (gone.length > 0) return gone.length === own.length && !isTorn(gone, torn) ? 'lost' : 'partly lost';
  return own.every(({ id }) => forced.has(id)) ? 'forced' : 'kept';
}

function isTorn(gone: readonly MicroOp[], torn: Torn | undefined): boolean {
  return gone.some(({ id }) => id === torn?.id);
}

/** What was lost, with neighbouring bytes taken together. */
function showLosses(gone: readonly MicroOp[], torn: Torn | undefined): string[] {
  const ranges: [from: number, to: number][] = [];
  const others: string[] = [];
  for (const { id, change } of gone) {
    if (change.kind !== 'data') {
      others.push(showChange(change));
      continue;
    }
    const { at, bytes } = change;
    // Of a torn write, what is before and after the part that is there.
    const ends = torn?.id === id ? [at, at + torn.from, at + torn.to, at + bytes.length] : [at, at + bytes.length];
    for (let i = 0; i < ends.length; i += 2) addRange(ranges, ends[i]!, ends[i + 1]!);
  }
  return [...ranges.map(([from, to]) => showRange(from, to)), ...others];
}

function addRange(ranges: [from: number, to: number][], from: number, to: number): void {
  const last = ranges.at(-1);
  if (from === to) return;
  if (last?.[1] === from) last[1] = to;
  else ranges.push([from, to]);
}

function showRange(from: number, to: number): string {
  return from === 0
    ? `the first ${plural(to, 'byte')}`
    : `${plural(to - from, 'byte')} from byte ${from.toLocaleString('en')} on`;
}

function showChange(change: Exclude<Change, { kind: 'data' }>): string {
  switch (change.kind) {
    case 'grow':
      return `the growth to ${plural(change.size, 'byte')}`;
    case 'truncate':
      return `the truncation to ${plural(change.size, 'byte')}`;
    case 'attributes':
      return 'its mode, owner and times';
    case 'link':
      return `the name '${visible(change.entry.name)}'`;
    case 'unlink':
      return `the removal of the name '${visible(change.entry.name)}'`;
    case 'rename':
    default:
      return `the renaming of '${visible(change.from.name)}' to '${visible(change.to.name)}'`;
  }
}
