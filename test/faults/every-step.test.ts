// Every call of the protocol fails once, in every way that fits, for every kind of write and in every flavour.

import { expect } from 'chai';
import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import * as nodeFs from 'node:fs';
import { join } from 'node:path';
import { createFs } from '../../src/api';
import { FLAVOURS, type Flavour } from '../support/flavours';
import { type Fault, type Operation, faultyFs } from '../support/faulty-fs';
import { stagedIn, useTemporaryDirectory } from '../support/temporary-directory';

const OLD = 'old content '.repeat(100);
const NEW = 'the new content '.repeat(150);
const ERRORS = ['EIO', 'ENOSPC', 'EACCES', 'EMFILE', 'EINTR'];

interface Write {
  readonly title: string;
  /** The program makes the write(2) calls itself and gets their errors as node makes them. */
  readonly writesItself?: boolean;
  run(flavour: Flavour, fs: typeof nodeFs, target: string, source: string): Promise<unknown>;
}

const WRITES: readonly Write[] = [
  { title: 'writeFile', run: (flavour, fs, target) => flavour.call(fs, 'writeFile', target, NEW) },
  {
    title: 'writeFile of bytes',
    run: (flavour, fs, target) => flavour.call(fs, 'writeFile', target, Buffer.from(NEW)),
  },
  {
    title: "writeFile with 'wx'",
    run: (flavour, fs, target) => flavour.call(fs, 'writeFile', target, NEW, { flag: 'wx' }),
  },
  { title: 'copyFile', run: (flavour, fs, target, source) => flavour.call(fs, 'copyFile', source, target) },
  { title: 'open, write, close', writesItself: true, run: openWriteClose },
  { title: 'createWriteStream', writesItself: true, run: (_flavour, fs, target) => throughStream(fs, target) },
];

describe('a write whose every step fails once', () => {
  const at = useTemporaryDirectory();

  for (const write of WRITES) {
    for (const flavour of FLAVOURS) {
      if (write.title === 'createWriteStream' && flavour.name !== 'callback') continue;
      for (const before of [undefined, OLD]) {
        if (write.title.includes('wx') && before !== undefined) continue;
        const title = `${write.title}, ${flavour.name}, ${before === undefined ? 'creating' : 'replacing'}`;

        it(`${title}: leaves old or new, names the target, leaves nothing behind`, async () => {
          const operations = await trace(write, flavour, before);
          expect(operations.length).to.be.greaterThan(4);
          for (const [index, name] of operations.entries()) {
            const errors = name === 'write' && write.writesItself ? ['EIO', 'ENOSPC'] : ERRORS;
            for (const error of errors) await withFault(write, flavour, before, index, { error });
            if (name === 'write') {
              for (const accepts of [0, 1, 100, NEW.length - 1])
                await withFault(write, flavour, before, index, { accepts });
            }
          }
        });
      }
    }
  }

  /** The names of the calls that the write makes when nothing fails. */
  async function trace(write: Write, flavour: Flavour, before: string | undefined): Promise<string[]> {
    const names: string[] = [];
    await attempt(write, flavour, before, ({ name }) => void names.push(name));
    return names;
  }

  async function withFault(write: Write, flavour: Flavour, before: string | undefined, index: number, fault: Fault) {
    let failed: string | undefined;
    const outcome = await attempt(write, flavour, before, (operation) => {
      if (operation.index !== index) return undefined;
      failed = operation.name;
      return fault;
    });
    const story = `${JSON.stringify(fault)} at step ${index}, ${failed}`;
    expect(failed, 'the fault did not happen').to.be.a('string');
    const { content, error } = outcome;
    expect(outcome.staged, story).to.deep.equal([]);
    expect(outcome.leakedDescriptors, story).to.equal(0);
    if (error === undefined || error.published) expect(content, story).to.equal('new');
    else {
      expect(content, story).to.equal(nameOf(before));
      if ('error' in fault) expect(error.code, story).to.equal(fault.error);
      expect(error.message, story).to.not.include('.intact');
      if (failed === 'write' && write.writesItself) return;
      expect(error.dest ?? error.path, story).to.equal(outcome.target);
      expect(error.message, story).to.include(outcome.target);
    }
  }

  async function attempt(
    write: Write,
    flavour: Flavour,
    before: string | undefined,
    decide: (operation: Operation) => Fault | undefined | void,
  ) {
    const directory = mkdtempSync(at('case-'));
    const target = join(directory, 'target');
    const source = at('source');
    writeFileSync(source, NEW);
    if (before !== undefined) writeFileSync(target, before);
    let index = 0;
    const fs = createFs(
      faultyFs(nodeFs, (operation) => {
        // The background sweep is no part of the write.
        if (operation.name === 'readdir') return { error: 'EACCES' };
        return decide({ ...operation, index: index++ }) ?? undefined;
      }),
      { warn: false },
    );
    const descriptors = openDescriptors();
    const error = await write.run(flavour, fs, target, source).then(
      () => undefined,
      (thrown: unknown) => thrown as NodeJS.ErrnoException & { dest?: string; published?: true },
    );
    return {
      target,
      error,
      content: nameOf(existsSync(target) ? readFileSync(target, 'utf8') : undefined),
      staged: stagedIn(directory),
      leakedDescriptors: openDescriptors() - descriptors,
    };
  }
});

/** Short names, for readable failures. */
function nameOf(content: string | undefined): string {
  if (content === undefined) return 'absent';
  if (content === OLD) return 'old';
  return content === NEW ? 'new' : `${content.length} bytes that are neither`;
}

async function openWriteClose(flavour: Flavour, fs: typeof nodeFs, target: string): Promise<void> {
  const opened = await flavour.call(fs, 'open', target, 'w');
  if (typeof opened !== 'number') {
    const handle = opened as nodeFs.promises.FileHandle;
    await insistOnClosing(
      () => handle.writeFile(NEW),
      () => handle.close(),
    );
    return;
  }
  let rest = Buffer.from(NEW);
  await insistOnClosing(
    async () => {
      while (rest.length > 0) {
        const written = (await flavour.call(fs, 'write', opened, rest, 0, rest.length, null)) as number;
        rest = rest.subarray(written);
      }
    },
    () => flavour.call(fs, 'close', opened),
  );
}

/** As careful programs do: the file is closed whatever happens, and the first error is the one to report. */
async function insistOnClosing(use: () => Promise<unknown>, close: () => Promise<unknown>): Promise<void> {
  try {
    await use();
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
  await close();
}

function throughStream(fs: typeof nodeFs, target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = fs.createWriteStream(target);
    let failure: Error | undefined;
    stream.on('error', (error) => (failure = error));
    stream.on('close', () => (failure === undefined ? resolve() : reject(failure)));
    stream.end(NEW);
  });
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
