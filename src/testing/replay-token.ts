// Replay tokens: one crash state, told by what was lost, short enough to paste.

import { IntactError } from '../ground/intact-error';
import { hash } from '../ground/hash';
import type { Fill } from './crash-image';
import type { CrashChoice } from './crash-states';
import { MODELS, type ModelName } from './models';
import type { Trace } from './trace';

export interface ReplayState extends CrashChoice {
  readonly fill: Fill;
}

export interface ReplayToken {
  readonly model: ModelName;
  readonly crash: 'power' | 'process';
  /** The crash of the workload, and then, perhaps, one of the recovery. */
  readonly states: readonly ReplayState[];
  /** Recognises the workload: by its calls, not by what it wrote or what its files are called. */
  readonly fingerprint: string;
}

interface Plan {
  readonly model: { readonly name: ModelName };
  readonly crash: 'power' | 'process';
}

/** `crash:<model>:<crash>:<fingerprint>:<state>[:<state>]`, a state being `<point>-<lost>[-<torn>][-g]`. */
export function crashToken(
  trace: Trace,
  { model, crash }: Plan,
  crashes: readonly { readonly state: ReplayState }[],
): string {
  return ['crash', model.name, crash, fingerprintOf(trace), ...crashes.map(({ state }) => showState(state))].join(':');
}

/** @throws ERR_INTACT_TOKEN for anything that `crashToken` has not made. */
export function readCrashToken(token: string): ReplayToken {
  const [kind, model, crash, fingerprint, ...states] = token.split(':');
  const isKnown = kind === 'crash' && Object.hasOwn(MODELS, model ?? '') && (crash === 'power' || crash === 'process');
  if (!isKnown || fingerprint === undefined || states.length < 1 || states.length > 2) throw badToken(token);
  const read = states.map((state) => readState(state, token));
  return { model: model as ModelName, crash, fingerprint, states: read };
}

/** The calls that had an effect, in order, and how many changes each made. */
export function fingerprintOf({ events }: Trace): string {
  const shapes = events.map((event) =>
    event.kind === 'ack' ? `ack ${event.label}` : `${event.call} ${event.effects.map(({ kind }) => kind).join()}`,
  );
  return hash(shapes.join('\n')).toString(36);
}

function showState({ point, lost, torn, fill }: ReplayState): string {
  const parts = [point.toString(36), showIds(lost)];
  if (torn !== undefined) parts.push([torn.id, torn.from, torn.to].map((part) => part.toString(36)).join('_'));
  if (fill === 'garbage') parts.push('g');
  return parts.join('-');
}

/** Runs of neighbours as `first~count`. */
function showIds(ids: readonly number[]): string {
  const runs: [first: number, count: number][] = [];
  for (const id of ids) {
    const run = runs.at(-1);
    if (run !== undefined && id === run[0] + run[1]) run[1]++;
    else runs.push([id, 1]);
  }
  return runs
    .map(([first, count]) => (count === 1 ? first.toString(36) : `${first.toString(36)}~${count.toString(36)}`))
    .join('.');
}

function readState(text: string, token: string): ReplayState {
  const match = /^([0-9a-z]+)-([0-9a-z~.]*)(?:-([0-9a-z]+)_([0-9a-z]+)_([0-9a-z]+))?(-g)?$/.exec(text);
  if (match === null) throw badToken(token);
  const [, point, ids, id, from, to, garbage] = match;
  const lost = ids === '' ? [] : ids!.split('.').flatMap((run) => readRun(run, token));
  const torn = id === undefined ? {} : { torn: { id: number(id), from: number(from!), to: number(to!) } };
  return { point: number(point!), lost, ...torn, fill: garbage === undefined ? 'zeros' : 'garbage' };
}

const RUN_MAX = 1_000_000;

function readRun(run: string, token: string): number[] {
  const [first, count = '1'] = run.split('~');
  const length = number(count);
  if (!(length >= 1 && length <= RUN_MAX)) throw badToken(token);
  return Array.from({ length }, (_, index) => number(first!) + index);
}

function number(text: string): number {
  return parseInt(text, 36);
}

function badToken(token: string): IntactError {
  return new IntactError('ERR_INTACT_TOKEN', `'${token}' is not a replay token, as a report prints them`);
}
