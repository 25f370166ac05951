// The process of one contestant: does a round whenever it is told to, and tells how long it took.
//
//   node child.js CONTESTANT WORK DIRECTORY EFFORT

import { contestantWith } from './contestants';
import type { Effort, Round } from './work/work';
import { workNamed } from './work/works';

/** What the child sends: that it is ready, what a round took, or why there is none. */
export type Message = { readonly ready: true } | { readonly round: Round } | { readonly error: string };

async function main(): Promise<void> {
  const [id, workName, directory, effortText] = process.argv.slice(2) as [string, string, string, string];
  const effort = JSON.parse(effortText) as Effort;
  const contestant = contestantWith(id);
  const work = workNamed(workName);
  const call = await contestant.load();
  work.prepare?.(directory, effort);
  process.on('message', () => {
    work.round(contestant, call, directory, effort).then((round) => send({ round }), fail);
  });
  send({ ready: true });
}

function send(message: Message): void {
  // Whoever would be told of a failure is gone.
  process.send!(message, () => {});
}

function fail(error: unknown): void {
  send({ error: error instanceof Error ? String(error.stack) : String(error) });
}

main().catch(fail);
