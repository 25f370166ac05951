// The command line, as a person calls it.

import { expect } from 'chai';
import { chmodSync, linkSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { thisProcess } from '../src/ground/process-identity';
import { type ChildOptions, type ChildResult, PACKAGE, runNode } from './support/child';
import { deadName, nameFor } from './support/leftovers';
import { needs, skipBecause } from './support/needs';
import { stagedIn, useTemporaryDirectory } from './support/temporary-directory';

const CLI = join(PACKAGE, 'dist/cli.js');
const STRANGER = { ...thisProcess(), namespace: thisProcess().namespace + 1 };
const HOUR_MS = 3_600_000;
const NOBODY = 65_534;

describe('the command line', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();
  const run = (args: readonly string[], options: ChildOptions = {}): Promise<ChildResult> =>
    runNode([CLI, ...args], { hook: false, cwd: at(), ...options });

  /** The lines that it prints, sorted; it must not fail. */
  async function linesOf(...args: string[]): Promise<string[]> {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    return stdout
      .trim()
      .split('\n')
      .toSorted((one, other) => (one < other ? -1 : 1));
  }

  describe('sweep', () => {
    it('says what it removed and what it kept', async () => {
      writeFileSync(at(deadName()), '');
      writeFileSync(at(nameFor(thisProcess())), '');
      expect(await linesOf('sweep', '.')).to.deep.equal([
        `kept ${at(nameFor(thisProcess()))}: its process may be alive, or it may not be removed`,
        `removed ${at(deadName())}`,
      ]);
      expect(stagedIn(at())).to.deep.equal([nameFor(thisProcess())]);
    });

    it('says so where there is nothing to do', async () => {
      mkdirSync(at('empty'));
      expect(await linesOf('sweep', 'empty', '.')).to.deep.equal([
        'nothing to sweep in .',
        'nothing to sweep in empty',
      ]);
    });

    it('only says what it would do with --dry-run', async () => {
      writeFileSync(at(deadName()), '');
      expect(await linesOf('sweep', '--dry-run', at())).to.deep.equal([`would remove ${at(deadName())}`]);
      expect(stagedIn(at())).to.deep.equal([deadName()]);
    });

    it('goes into the directories below with --recursive, before or behind the command', async () => {
      mkdirSync(at('a/b'), { recursive: true });
      for (const args of [
        ['--recursive', 'sweep', 'a'],
        ['sweep', 'a', '--recursive'],
      ]) {
        for (const directory of ['a', 'a/b']) writeFileSync(at(directory, deadName()), '');
        expect(await linesOf(...args)).to.deep.equal([
          `removed ${at('a', deadName())}`,
          `removed ${at('a/b', deadName())}`,
        ]);
      }
    });

    it("takes a stranger's by its age with --older-than, in any unit", async () => {
      const longAgo = new Date(Date.now() - 25 * HOUR_MS);
      for (const [age, isOlder] of [
        ['2d', false],
        ['26h', false],
        ['24h', true],
        ['1440m', true],
        ['86400s', true],
        ['0s', true],
      ] as const) {
        writeFileSync(at(nameFor(STRANGER)), '');
        utimesSync(at(nameFor(STRANGER)), longAgo, longAgo);
        const [line] = await linesOf('sweep', `--older-than=${age}`, '.');
        expect(line, age).to.match(isOlder ? /^removed / : /^kept /);
      }
    });

    it('sweeps the others where one directory cannot be, says why and fails with 1', async () => {
      writeFileSync(at('file'), '');
      mkdirSync(at('last'));
      writeFileSync(at('last', deadName()), '');
      const { code, stdout, stderr } = await run(['sweep', 'absent', 'file', 'last']);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: `removed ${at('last', deadName())}\n` });
      expect(stderr.trim().split('\n')).to.deep.equal([
        `fs-intact: ENOENT: no such file or directory, scandir '${at('absent')}'`,
        `fs-intact: ENOTDIR: not a directory, scandir '${at('file')}'`,
      ]);
    });

    it('sweeps the others where a directory below cannot be read, says which and fails with 1', async function () {
      needs(this, 'root');
      for (const directory of ['a', 'b', 'c']) {
        mkdirSync(at('tree', directory), { recursive: true });
        writeFileSync(at('tree', directory, deadName()), '');
      }
      chmodSync(at('tree/b'), 0);
      // So that somebody else may remove what is in the others.
      for (const directory of ['.', 'tree', 'tree/a', 'tree/c']) chmodSync(at(directory), 0o777);
      if (!(await canRunAs(NOBODY))) skipBecause(this, 'another user may not read the package');
      const { code, stdout, stderr } = await run(['sweep', '--recursive', 'tree'], { uid: NOBODY });
      expect(code).to.equal(1);
      expect(stdout.trim().split('\n')).to.have.members(
        ['a', 'c'].map((name) => `removed ${at('tree', name, deadName())}`),
      );
      expect(stderr).to.equal(`fs-intact: EACCES: permission denied, scandir '${at('tree/b')}'\n`);
    });
  });

  describe('explain', () => {
    it('says for each path what a write would do, and why', async () => {
      writeFileSync(at('linked'), '');
      linkSync(at('linked'), at('other-name'));
      symlinkSync('linked', at('link'));
      const { code, stdout, stderr } = await run(['explain', 'new.json', 'linked', 'link', '/dev/null']);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      expect(stdout.trim().split('\n')).to.deep.equal([
        `new.json: crash-safe, replaced by a complete new file; file: ${at('new.json')}; durability: durable`,
        'linked: crash-safe, written in place from a complete copy; because it has other names (hard links), which must see ' +
          `the new content; file: ${at('linked')}; durability: durable`,
        'link: crash-safe, written in place from a complete copy; because it has other names (hard links), which must see ' +
          `the new content; file: ${at('linked')}; durability: durable`,
        '/dev/null: NOT crash-safe, written as plain node does; because it is not a regular file',
      ]);
    });

    it('says it twice where opening the file and writing it whole are treated otherwise', async () => {
      expect(await linesOf('explain', at('app.log'))).to.deep.equal([
        `${at('app.log')}, opened or streamed to: NOT crash-safe, written as plain node does; because a rule says so; ` +
          'rule: built-in: *.log, *.log.*, *.pid',
        `${at('app.log')}: crash-safe, replaced by a complete new file; durability: durable`,
      ]);
    });

    it('goes by the options of the package that it is called in, and of the environment', async () => {
      const rules = [{ match: '*.db', plan: 'native' }];
      writeFileSync(
        at('package.json'),
        JSON.stringify({ 'name': 'x', 'fs-intact': { durability: 'consistent', rules } }),
      );
      mkdirSync(at('below'));
      const args = ['explain', at('x.db'), at('x.json')];
      const { stdout } = await run(args, { cwd: at('below') });
      expect(stdout.trim().split('\n')).to.deep.equal([
        `${at('x.db')}: NOT crash-safe, written as plain node does; because a rule says so; rule: *.db`,
        `${at('x.json')}: crash-safe, replaced by a complete new file; durability: consistent`,
      ]);
      const environment = await run(args, { env: { FS_INTACT_DURABILITY: 'process' } });
      expect(environment.stdout).to.include('durability: process');
    });

    it('says what is wrong with those options, and fails with 1', async () => {
      const { code, stdout, stderr } = await run(['explain', 'x'], { env: { FS_INTACT: '{"durabilty":"process"}' } });
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.match(/^fs-intact: FS_INTACT: unknown option 'durabilty' .*allowed are durability, /);
    });
  });

  it('prints its usage with --help or -h, whatever else is said, and its version with --version', async () => {
    for (const args of [['--help'], ['-h'], ['sweep', '--help'], ['explain', 'x', '-h']]) {
      const { code, stdout, stderr } = await run(args);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      expect(stdout)
        .to.match(/^usage: fs-intact sweep /)
        .and.to.include('--older-than AGE');
    }
    const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { version: string };
    expect(await linesOf('--version')).to.deep.equal([version]);
  });

  it('ends quietly where nobody reads on', async () => {
    const paths = Array.from({ length: 3000 }, (_, index) => at(`file-${index}`));
    const command = ['sh', '-c', '"$@" | head -1', 'sh'];
    const { code, stderr } = await run(['explain', ...paths], { under: command });
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  });

  const WRONG: readonly [title: string, args: readonly string[], complaint: string][] = [
    ['no command', [], 'a command is missing; allowed: sweep, explain'],
    ['an unknown command', ['clean', '.'], "there is no command 'clean'; allowed: sweep, explain"],
    ['no directory', ['sweep'], "'sweep' needs at least one directory"],
    ['no path', ['explain'], "'explain' needs at least one path"],
    [
      'an unknown option',
      ['sweep', '--force', '.'],
      "unknown option '--force'; allowed: --older-than, --recursive, --dry-run, --help, --version",
    ],
    ["another command's option", ['explain', '--recursive', '.'], "'explain' takes no option '--recursive'"],
    [
      'an age without a unit',
      ['sweep', '--older-than', '60', '.'],
      "--older-than is '60'; allowed: a whole number and s, m, h or d, such as 90s, 15m, 12h, 7d",
    ],
    ['an age in another unit', ['sweep', '--older-than', '2w', '.'], "--older-than is '2w'; allowed: a whole number"],
    ['an age in words', ['sweep', '--older-than', 'soon', '.'], "--older-than is 'soon'; allowed: a whole number"],
    ['an age below nothing', ['sweep', '--older-than=-1d', '.'], "--older-than is '-1d'; allowed: a whole number"],
    ['a missing age', ['sweep', '.', '--older-than'], "option '--older-than <value>' argument missing"],
    ['a value for what takes none', ['sweep', '--dry-run=yes', '.'], "option '--dry-run' does not take an argument"],
  ];

  for (const [title, args, complaint] of WRONG) {
    it(`complains on stderr of ${title}, and fails with 2`, async () => {
      const { code, stdout, stderr } = await run(args);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      const [first, ...rest] = stderr.trim().split('\n');
      expect(first!.startsWith(`fs-intact: ${complaint}`), first).to.equal(true);
      expect(rest).to.deep.equal(['Try: fs-intact --help']);
    });
  }
});

/** Whether the package's files can be read, and node be run, by this user. */
async function canRunAs(uid: number): Promise<boolean> {
  const child = runNode([CLI, '--version'], { hook: false, uid });
  return child.then(
    ({ code }) => code === 0,
    () => false,
  );
}
