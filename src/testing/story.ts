// What became of each operation at a crash, in words.

import type { CrashChoice } from './crash-states';
import type { Change, History } from './micro-ops';
import type { Fate, TraceLine } from './report';
import type { Event, Trace } from './trace';

/** The events of a history, told from the crash: those before it, and those that it cut off. */
export function storyOf(history: History, { point, lost, torn }: CrashChoice): TraceLine[] {
  const missing = new Set(lost);
  const forced = new Set<number>();
  for (const [event, ids] of history.forcedBy) if (event < point) for (const id of ids) forced.add(id);
  return history.trace.events.map((event, index): TraceLine => {
    const site = event.kind === 'operation' ? event.site : undefined;
    if (index >= point) return { text: textOf(event), fate: 'not reached', site, lost: [] };
    const own = history.microOps.filter((microOp) => microOp.event === index);
    const gone = own.filter(({ id }) => missing.has(id));
    const words = gone.map(({ id, change }) => {
      return torn?.id === id ? `${showChange(change)}, all but ${torn.to - torn.from} bytes` : showChange(change);
    });
    return { text: textOf(event), fate: fateOf(own.length, gone.length, torn, own, forced), site, lost: words };
  });
}

function fateOf(
  all: number,
  gone: number,
  torn: CrashChoice['torn'],
  own: readonly { readonly id: number }[],
  forced: ReadonlySet<number>,
): Fate {
  if (gone > 0) return gone === all && !own.some(({ id }) => id === torn?.id) ? 'lost' : 'partly lost';
  return own.every(({ id }) => forced.has(id)) ? 'forced' : 'kept';
}

function textOf(event: Event): string {
  return event.kind === 'ack' ? `ack('${event.label}')` : event.text;
}

function showChange(change: Change): string {
  switch (change.kind) {
    case 'data':
      return `the bytes ${change.at} to ${change.at + change.bytes.length}`;
    case 'grow':
    case 'truncate':
      return `the size of ${change.size} bytes`;
    case 'attributes':
      return 'mode, owner and times';
    case 'link':
      return `the name '${change.entry.name}'`;
    case 'unlink':
      return `the removal of the name '${change.entry.name}'`;
    case 'rename':
    default:
      return `the renaming of '${change.from.name}' to '${change.to.name}'`;
  }
}

/** The events of a run that no crash cut off. */
export function storyOfRun({ events }: Trace): TraceLine[] {
  return events.map((event) => {
    return { text: textOf(event), fate: 'kept', site: event.kind === 'operation' ? event.site : undefined, lost: [] };
  });
}
