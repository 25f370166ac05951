// glob of the surface finds what plain node's finds, where node has it.

import { expect } from 'chai';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { liveFs, nodeFs } from '../../src/ground/node-fs';
import { surfaceOver } from '../../src/testing/surface';
import { skipBecause } from '../support/needs';
import { rejection } from '../support/rejection';
import { useSharedDirectory } from '../support/temporary-directory';

interface Globs {
  globSync?(pattern: unknown, options?: unknown): unknown[];
  glob?(pattern: unknown, options: unknown, done: (error: unknown, found: unknown[]) => void): void;
  promises: { glob?(pattern: unknown, options?: unknown): AsyncIterable<unknown> };
}

const FILES = ['a/x.js', 'a/b/y.js', 'a/b/.hidden/q.js', 'c/.z', '.t'];

const ALONE =
  '** * **/*.js a/** ./a/* a nowhere a/ **/ {a,c}/* l l/* l/** **/y.js a/../c/* a/b/* a/*/* **/b [ab]/x.* a/**/*.js ' +
  '**/.t .* x.js/*';

const PATTERNS: readonly (string | readonly string[])[] = [...ALONE.split(' '), ['a/*', 'c/*', 'a/x.js']];

const OPTIONS: Readonly<Record<string, object>> = {
  'nothing else': {},
  'types': { withFileTypes: true },
  'a function that excludes': { exclude: (entry: string | { name: string }) => nameOf(entry) === 'b' },
  'patterns that exclude': { exclude: ['a/b'] },
  'types and a function that excludes': { withFileTypes: true, exclude: (entry: string) => nameOf(entry) === 'b' },
};

const REFUSED: Readonly<Record<string, readonly unknown[]>> = {
  'a pattern that is a number': [42],
  'patterns that are not all texts': [['a', 1]],
  'options that are none': ['a', 42],
  'a cwd that is a number': ['a', { cwd: 42 }],
};

function nameOf(entry: string | { readonly name: string }): string {
  return typeof entry === 'string' ? entry : entry.name;
}

describe('glob of the surface', () => {
  const at = useSharedDirectory();
  const plain = liveFs as unknown as Globs;
  let own: Globs;

  before(function () {
    if (plain.globSync === undefined) skipBecause(this, `node ${process.versions.node} has no glob`);
    for (const name of FILES) {
      mkdirSync(dirname(at(name)), { recursive: true });
      writeFileSync(at(name), '');
    }
    symlinkSync('a', at('l'));
    own = surfaceOver(nodeFs, (_call, effect) => effect()) as unknown as Globs;
  });

  for (const pattern of PATTERNS) {
    for (const [title, options] of Object.entries(OPTIONS)) {
      it(`finds the same for ${JSON.stringify(pattern)} with ${title}`, () => {
        const all = { cwd: at(), ...options };
        expect(listOf(own.globSync!(pattern, all))).to.deep.equal(listOf(plain.globSync!(pattern, all)));
      });
    }
  }

  it('finds the same with a callback and as an async iterable', async () => {
    const expected = listOf(plain.globSync!('**', { cwd: at() }));
    const called = await new Promise<unknown[]>((resolve) => {
      own.glob!('**', { cwd: at() }, (_error, found) => resolve(found));
    });
    expect(listOf(called)).to.deep.equal(expected);
    const iterated: unknown[] = [];
    for await (const entry of own.promises.glob!('**', { cwd: at() })) iterated.push(entry);
    expect(listOf(iterated)).to.deep.equal(expected);
  });

  it('finds absolute paths for an absolute pattern', () => {
    expect(own.globSync!(at('a/*'))).to.have.members([at('a/x.js'), at('a/b')]);
  });

  for (const [title, args] of Object.entries(REFUSED)) {
    it(`refuses ${title} as plain node does`, async () => {
      const expected = await rejection(Promise.resolve().then(() => plain.globSync!(...(args as [unknown]))));
      const refused = await rejection(Promise.resolve().then(() => own.globSync!(...(args as [unknown]))));
      expect(refused).to.include({ message: (expected as Error).message });
    });
  }
});

/** What was found, in no order: node promises none. */
function listOf(found: readonly unknown[]): string[] {
  return found
    .map((entry) => {
      if (typeof entry === 'string') return entry;
      const { parentPath, name, isDirectory } = entry as Record<string, unknown>;
      return `${String(parentPath)} ${String(name)} ${String((isDirectory as () => boolean).call(entry))}`;
    })
    .toSorted();
}
