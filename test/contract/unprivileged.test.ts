// What the permissions of a user forbid stays forbidden, and what they allow keeps its owner: renaming asks only the
// directory, and must be no way around that.

import { expect } from 'chai';
import { type ChildOptions, runProgram } from '../support/child';
import { type Difference, PERHAPS, expectSame } from '../support/compare';
import { FLAVOURS } from '../support/flavours';
import { needs } from '../support/needs';
import { writeThrough } from '../support/opening';
import { Journal } from '../support/outcome';
import { pictureOfTree } from '../support/picture';
import { COPYING_BACKENDS, REAL_BACKENDS, type World } from '../support/worlds';

/** An ordinary user. Not 65534, who stands for all that a user namespace knows nothing of, and is asked more. */
const USER = 12_345;
const ROOT = 0;
const OLD = 'old content, longer than the new';

/** What lies in the directory: owner, group, mode. Directories end with a slash. */
type Layout = Readonly<Record<string, readonly [uid: number, gid: number, mode: number]>>;

const OWN: Layout = {
  'own': [USER, USER, 0o644],
  'own strict': [USER, USER, 0o600],
  'own read-only': [USER, USER, 0o444],
  'own without any permission': [USER, USER, 0],
  'own write-only': [USER, USER, 0o222],
  'own set-id': [USER, USER, 0o6755],
  'locked/': [USER, USER, 0o555],
  'locked/own': [USER, USER, 0o644],
  'locked/own read-only': [USER, USER, 0o444],
  'unreadable/': [USER, USER, 0o333],
  'unreadable/own': [USER, USER, 0o644],
  'closed/': [USER, USER, 0o666],
  'closed/own': [USER, USER, 0o644],
};

const FOREIGN: Layout = {
  'foreign for all to write': [ROOT, ROOT, 0o666],
  'foreign for all to read': [ROOT, ROOT, 0o644],
  'foreign and strict': [ROOT, ROOT, 0o600],
  'foreign, of the own group': [ROOT, USER, 0o664],
  'own, of a foreign group': [USER, ROOT, 0o664],
  'sticky/': [ROOT, ROOT, 0o1777],
  'sticky/foreign for all to write': [ROOT, ROOT, 0o666],
  'sticky/own': [USER, USER, 0o644],
  'foreign directory/': [ROOT, ROOT, 0o755],
  'foreign directory/own': [USER, USER, 0o644],
  'foreign directory/foreign for all to write': [ROOT, ROOT, 0o666],
};

const ABSENT = ['absent', 'locked/absent', 'unreadable/absent', 'closed/absent', 'missing/absent'];

function pathsIn(layout: Layout): string[] {
  return Object.keys(layout).filter((name) => !name.endsWith('/'));
}

/** Lays everything out; as root with the owners named, else with the only one there is. */
function lay({ base, at, directory }: World, layout: Layout): void {
  const isRoot = process.getuid!() === 0;
  const names = Object.entries(layout);
  for (const [name] of names) {
    if (name.endsWith('/')) base.mkdirSync(at(name));
    else base.writeFileSync(at(name), OLD);
  }
  base.writeFileSync(at('source'), 'copied');
  base.writeFileSync(at('source, set-id'), 'copied');
  if (isRoot) base.chownSync(at('source, set-id'), USER, USER);
  base.chmodSync(at('source, set-id'), 0o4755);
  if (isRoot) base.chownSync(directory, USER, USER);
  // Files before the directories that would refuse it.
  for (const [name, [uid, gid, mode]] of names.toReversed()) {
    if (isRoot) base.chownSync(at(name), uid, gid);
    base.chmodSync(at(name), mode);
  }
}

/** Makes everything removable again. */
function unlock({ base, at }: World, layout: Layout): void {
  for (const name of Object.keys(layout)) if (name.endsWith('/')) base.chmodSync(at(name), 0o755);
}

const PATHS: Readonly<Record<string, readonly string[]>> = {
  'files of its own': pathsIn(OWN),
  'files of others': pathsIn(FOREIGN),
  'files that do not exist': ABSENT,
};

const CALLS: Readonly<
  Record<string, (path: string, source: string) => [name: string, path: string, ...args: unknown[]]>
> = {
  'writeFile': (path) => ['writeFile', path, 'new'],
  'writeFile with r+': (path) => ['writeFile', path, 'new', { flag: 'r+' }],
  'writeFile with wx': (path) => ['writeFile', path, 'new', { flag: 'wx' }],
  'appendFile': (path) => ['appendFile', path, ' and more'],
  'open for writing': (path) => ['open', path, 'w'],
  'copyFile': (path, source) => ['copyFile', source, path],
  'copy to itself': (path) => ['copyFile', path, path],
  'cp': (path, source) => ['cp', source, path],
  'copyFile of a set-id file': (path, source) => ['copyFile', `${source}, set-id`, path],
  'cp of a set-id file': (path, source) => ['cp', `${source}, set-id`, path],
};

/** Node may copy into these, but not give them the source's mode. */
const REFUSED = ['foreign for all to write', 'foreign, of the own group', 'sticky/foreign for all to write'];

const refusedCopyKeepsOld: Difference = {
  because: 'a copy that fails leaves the old content, where plain node removes or empties the file',
  expected: (plain, tree) => ({
    ...plain,
    tree: { ...plain.tree, ...Object.fromEntries(REFUSED.map((path) => [path, tree[path]])) },
  }),
};

describe('a user in the place of root, who keeps the right to return', () => {
  before(function () {
    needs(this, 'root');
  });

  for (const backend of REAL_BACKENDS) {
    for (const flavour of FLAVOURS) {
      for (const [title, call] of Object.entries(CALLS)) {
        if (title.startsWith('c') && !COPYING_BACKENDS.includes(backend)) continue;
        for (const [owner, paths] of Object.entries(PATHS)) {
          it(`${title} to ${owner}, ${flavour.name}, ${backend.name}, is as plain node's`, () =>
            expectSame(backend, {
              before: (world) => lay(world, { ...OWN, ...FOREIGN }),
              fails: PERHAPS,
              later: false,
              unlike: title.startsWith('copyFile') && owner === 'files of others' ? refusedCopyKeepsOld : undefined,
              act: ({ fs, at }) =>
                asUser(async () => {
                  const journal = new Journal();
                  for (const path of paths) {
                    const [name, ...args] = call(at(path), at('source'));
                    await journal.note(path, () => writeThrough(flavour, fs, name, ...args));
                  }
                  return journal;
                }),
            }));
        }
      }
    }
  }
});

/** Runs something with the effective user and group of an ordinary user. */
async function asUser<T>(run: () => Promise<T>): Promise<T> {
  process.setegid!(USER);
  process.seteuid!(USER);
  try {
    return await run();
  } finally {
    process.seteuid!(ROOT);
    process.setegid!(ROOT);
  }
}

describe('a process of an ordinary user', () => {
  it("gets plain node's answers and files from the hook, for what it owns", () => answersAlike(OWN));

  it("gets plain node's answers and files from the hook, for what others own", async function () {
    needs(this, 'root');
    await answersAlike(FOREIGN);
  });

  it('gets the same at every durability', async function () {
    for (const durability of ['consistent', 'durable']) await answersAlike(OWN, durability);
  });
});

/** Runs one program with and without the hook, and compares what it printed and what it left. */
async function answersAlike(layout: Layout, durability = 'process'): Promise<void> {
  const plain = await runOn(layout, { hook: false });
  const hooked = await runOn(layout, { env: { FS_INTACT: JSON.stringify({ warn: false, durability }) } });
  expect(plain.answers.join('\n')).to.include('"EACCES"');
  // First what is new, because the whole is too long to look through.
  expect(hooked.answers.filter((answer) => !plain.answers.includes(answer))).to.deep.equal([]);
  expect(hooked.answers).to.deep.equal(plain.answers);
  expect(hooked.tree).to.deep.equal(plain.tree);
}

async function runOn(layout: Layout, options: ChildOptions): Promise<{ answers: string[]; tree: unknown }> {
  const world = REAL_BACKENDS[0]!.open('plain');
  try {
    lay(world, layout);
    const { code, stdout, stderr } = await runProgram(PROGRAM, {
      ...options,
      cwd: world.directory,
      ...(process.getuid!() === 0 ? { uid: USER } : {}),
      programArguments: [JSON.stringify([...pathsIn(layout), ...ABSENT]), layout === OWN ? 'copyFile' : ''],
    });
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
    unlock(world, layout);
    return { answers: stdout.split('\n'), tree: pictureOfTree(world) };
  } finally {
    unlock(world, layout);
    world.close();
  }
}

/** Writes every path it is given, in many ways, and prints what came of each. */
const PROGRAM = `
  const fs = require('node:fs');
  const { promisify } = require('node:util');
  const paths = JSON.parse(process.argv.at(-2));
  const copies = process.argv.at(-1) === 'copyFile';

  const flavours = {
    sync: async (name, ...args) => fs[name + 'Sync'](...args),
    callback: (name, ...args) => promisify(fs[name])(...args),
    promise: (name, ...args) => fs.promises[name](...args),
  };
  const calls = {
    writeFile: (path) => ['writeFile', path, 'new'],
    exclusive: (path) => ['writeFile', path, 'new', { flag: 'wx' }],
    appendFile: (path) => ['appendFile', path, ' and more'],
    open: (path) => ['open', path, 'w'],
    // Plain node removes the files of others by it, which leaves nothing to try the rest on.
    ...(copies ? { copyFile: (path) => ['copyFile', 'source', path] } : {}),
  };

  async function attempt(call, name, ...args) {
    try {
      const opened = await call(name, ...args);
      if (typeof opened === 'number') fs.closeSync(opened);
      else await opened?.close?.();
      return 'done';
    } catch ({ name, message, code, errno, syscall, path, dest }) {
      return { name, message, code, errno, syscall, path, dest };
    }
  }

  function throughStream(path) {
    return new Promise((resolve) => {
      const stream = fs.createWriteStream(path);
      let answer = 'done';
      stream.on('error', ({ message, code, path }) => (answer = { message, code, path }));
      stream.on('close', () => resolve(answer));
      stream.end('streamed');
    });
  }

  (async () => {
    for (const path of paths) {
      for (const [title, call] of Object.entries(calls))
        for (const [flavour, run] of Object.entries(flavours))
          console.log(JSON.stringify([path, title, flavour, await attempt(run, ...call(path))]));
      console.log(JSON.stringify([path, 'stream', await throughStream(path)]));
    }
  })();
`;
