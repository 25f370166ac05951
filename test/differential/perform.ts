// Performs scenarios: lays out a fresh tree for each, has a child process play it, looks on, and reports.

import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { runNode, type ChildResult } from '../support/child';
import { hideStageNames, Tree } from './tree';
import type { Picture, Report, Scenario, User } from './scenario';
import { type Job, type Request, encode, serve } from './wire';

const PLAYER = resolve(__dirname, 'player.js');

/** Start-up is most of a child's time; but the trees of all that it plays are kept until it has ended. */
const SCENARIOS_PER_CHILD = 300;
/** A scenario that takes longer waits for something that never comes. */
const SCENARIO_MS_MAX = 60_000;
const CHILD_MS_MAX = 600_000;
/** The directory of any tree. */
const TREE_PATH = /[^ '"[]*\/fs-intact-differential-\w{6}/g;

export interface How {
  readonly hook: boolean;
  readonly user: User;
}

export interface Performance {
  /** What came of each scenario, by its id. */
  readonly reports: Map<string, Report>;
  /** What the children printed that played many, each line once. */
  readonly printed: Set<string>;
}

/** Plays all scenarios, in their order. */
export async function perform(scenarios: readonly Scenario[], how: How): Promise<Performance> {
  const performance: Performance = { reports: new Map(), printed: new Set() };
  const queue = [...scenarios];
  while (queue.length > 0) {
    const before = queue.length;
    await performInOneChild(queue, how, performance);
    if (queue.length === before) throw new Error(`the player does not begin with ${queue[0]!.id}`);
  }
  return performance;
}

interface Play {
  readonly scenario: Scenario;
  readonly tree: Tree;
  readonly before: Picture;
  readonly looks: Record<string, Picture>;
  report?: Report;
  after?: Picture;
}

/** Takes from the queue what one child plays: a scenario that is alone, or many others, up to one that it dies of. */
async function performInOneChild(queue: Scenario[], how: How, performance: Performance): Promise<void> {
  const plays: Play[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isHung = false;
  let failure: unknown;
  try {
    const result = await runNode([PLAYER, ...(how.user === 'user' && process.getuid!() === 0 ? ['--as-user'] : [])], {
      hook: how.hook,
      cwd: '/',
      timeoutMs: CHILD_MS_MAX,
      channel(socket, kill) {
        serve(socket, async (request) => {
          clearTimeout(timer);
          try {
            return await answerTo(request, queue, plays, how.user);
          } catch (error) {
            failure = error;
            kill();
            return undefined;
          } finally {
            timer = setTimeout(() => {
              isHung = true;
              kill();
            }, SCENARIO_MS_MAX);
          }
        });
      },
    });
    if (failure !== undefined) throw failure;
    for (const [id, report] of reportsOf(plays, result, isHung)) performance.reports.set(id, report);
    if (plays.at(-1)?.scenario.isAlone) return;
    const printed = [...linesOf(result.stdout), ...linesOf(result.stderr)];
    for (const line of printed) performance.printed.add(line.replaceAll(TREE_PATH, '<dir>'));
  } finally {
    clearTimeout(timer);
    for (const { tree } of plays) tree.remove();
  }
}

async function answerTo(request: Request, queue: Scenario[], plays: Play[], user: User): Promise<unknown> {
  if (request.ask === 'next') return nextJob(queue, plays, user);
  const play = plays.at(-1)!;
  switch (request.ask) {
    case 'look':
      play.looks[request.when] = play.tree.look();
      break;
    case 'other':
      return play.scenario.others![request.name]!(play.tree);
    case 'report':
      play.report = request.report;
      play.after = play.tree.look();
      if (play.tree.isMounted) play.tree.leave();
      break;
  }
  return undefined;
}

function nextJob(queue: Scenario[], plays: Play[], user: User): Job {
  const [scenario] = queue;
  const last = plays.at(-1)?.scenario;
  const isEnough = plays.length >= SCENARIOS_PER_CHILD || last?.isAlone || (last && scenario?.isAlone);
  if (scenario === undefined || isEnough) return { directory: '' };
  queue.shift();
  const tree = new Tree(user);
  try {
    scenario.kind.lay(tree);
    tree.begin();
    plays.push({ scenario, tree, before: tree.look(), looks: {} });
  } catch (error) {
    tree.remove();
    throw error;
  }
  return { id: scenario.id, directory: tree.directory };
}

function reportsOf(plays: Play[], result: ChildResult, isHung: boolean): [string, Report][] {
  const died = plays.find(({ report }) => report === undefined);
  return plays.map((play) => {
    const { scenario, tree, before, looks, report, after } = play;
    // What others have printed says nothing about this one.
    const process = scenario.isAlone || play === died ? { process: { ...endOf(result, tree), isHung } } : {};
    const whole = {
      ...report,
      before,
      looks,
      ...(after === undefined ? {} : { after }),
      ...endedAs(tree, after),
      ...process,
    };
    return [scenario.id, JSON.parse(hideStageNamesIn(encode(whole))) as Report];
  });
}

/** What lies there when the child has ended, if that is not what lay there before. */
function endedAs(tree: Tree, after: Picture | undefined): { end?: Picture } {
  const end = tree.isMounted ? after : tree.look();
  return end === undefined || isDeepStrictEqual(end, after) ? {} : { end };
}

/** How a child ended and what it printed. */
function endOf({ code, signal, stdout, stderr }: ChildResult, { directory }: Tree): Record<string, unknown> {
  const plain = (text: string): string[] => linesOf(text.replaceAll(directory, '<dir>'));
  return { code, signal, stdout: plain(stdout), stderr: plain(stderr) };
}

/** All lines but our warnings, which are reported by themselves. */
function linesOf(text: string): string[] {
  const isOurs = (line: string): boolean => /^\(node\) \[INTACT_|^\(Use `node --trace-warnings/.test(line);
  return text
    .replaceAll(/\(node:\d+\)/g, '(node)')
    .split('\n')
    .filter((line) => !isOurs(line));
}

/** Names that stand in messages and paths. */
function hideStageNamesIn(json: string): string {
  return json.replace(/\.[^/"' ]{1,255}?\.intact(?=["' /\\])/g, (name) => hideStageNames(name));
}
