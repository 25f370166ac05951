// The packages that people write files with, under the lab: it must find what is known of them.

import { expect } from 'chai';
import type { NodeFs } from '../../src/ground/node-fs';
import {
  type ExploreOptions,
  type ModelName,
  type Report,
  explore,
  importWith,
  memoryFs,
  requireWith,
  sweepFaults,
} from '../../src/testing';
import { NEW, OLD, TARGET } from './writes';

type Save = (fs: NodeFs) => Promise<void>;

const PACKAGES: Readonly<Record<string, Save>> = {
  async 'write-file-atomic'(fs) {
    const writeFileAtomic = requireWith(fs, 'write-file-atomic') as (path: string, data: string) => Promise<void>;
    await writeFileAtomic(TARGET, NEW);
  },
  async 'atomically'(fs) {
    const { writeFile } = (await importWith(fs, 'atomically')) as {
      writeFile: (path: string, data: string) => Promise<void>;
    };
    await writeFile(TARGET, NEW);
  },
  'fast-write-atomic'(fs) {
    const write = requireWith(fs, 'fast-write-atomic') as (
      path: string,
      data: string,
      done: (error?: Error | null) => void,
    ) => void;
    return new Promise((resolve, reject) => {
      write(TARGET, NEW, (error) => (error ? reject(error) : resolve()));
    });
  },
  async 'steno'(fs) {
    const { Writer } = (await importWith(fs, 'steno')) as {
      Writer: new (path: string) => { write: (data: string) => Promise<void> };
    };
    await new Writer(TARGET).write(NEW);
  },
  async 'fs.writeFile'(fs) {
    await fs.promises.writeFile(TARGET, NEW);
  },
};

const MODELS: readonly ModelName[] = ['posix', 'ordered', 'ext4', 'btrfs'];

describe('The lab finds, where a package', function () {
  this.timeout(60_000);

  // Each copy of write-file-atomic brings a signal-exit, and each of those listens to every signal.
  const listenersMax = process.getMaxListeners();
  const listeners = new Map(process.eventNames().map((event) => [event, new Set(process.rawListeners(event))]));
  before(() => process.setMaxListeners(0));
  after(() => {
    for (const event of process.eventNames()) {
      for (const listener of process.rawListeners(event)) {
        if (!listeners.get(event)?.has(listener)) process.off(event, listener as () => void);
      }
    }
    process.setMaxListeners(listenersMax);
  });

  for (const name of ['write-file-atomic', 'atomically', 'fast-write-atomic']) {
    it(`is ${name}: an acknowledged write is lost, under every model`, async () => {
      for (const model of MODELS) {
        const report = await exploreSaving(name, { model });
        expect(messagesOf(report), String(report)).to.include('lost an acknowledged write');
      }
    });
  }

  for (const name of ['write-file-atomic', 'atomically']) {
    it(`is ${name}: nothing but the last write is ever lost or torn`, async () => {
      for (const model of MODELS) {
        const report = await exploreSaving(name, { model });
        expect(new Set(messagesOf(report)), String(report)).to.deep.equal(new Set(['lost an acknowledged write']));
      }
    });

    it(`is ${name}: a full disk leaves a truncated file, and success is reported`, async () => {
      const report = await sweepSaving(name);
      const lies = report.violations.filter(({ message }) => message === 'torn, and reported as written');
      expect(lies, String(report)).to.not.have.length(0);
      expect(lies.every(({ fault }) => /^fail\('writev?'\).*short/.test(fault!.text))).to.equal(true);
    });
  }

  it('is steno: the file is empty, where a file system orders metadata but not data', async () => {
    for (const [model, before] of [
      ['ordered', OLD],
      ['ordered', null],
      ['ext4', null],
    ] as const) {
      const report = await exploreSaving('steno', { model }, before);
      expect(messagesOf(report), String(report)).to.include('torn: 0 bytes');
    }
  });

  it('is steno: but not where ext4 waits for the data of a file that replaces another', async () => {
    const report = await exploreSaving('steno', { model: 'ext4' });
    expect(messagesOf(report).filter((message) => message.startsWith('torn'))).to.have.length(0);
  });

  it('is none, but fs.writeFile: the file is torn, under every model', async () => {
    for (const model of MODELS) {
      const report = await exploreSaving('fs.writeFile', { model });
      expect(messagesOf(report), String(report)).to.include('torn: 0 bytes');
    }
  });

  it('is none, but fs.writeFile: the file is torn by a mere kill', async () => {
    const report = await exploreSaving('fs.writeFile', { crash: 'process' });
    expect(messagesOf(report), String(report)).to.include('torn: 0 bytes');
  });

  it('writes what it was given, where nothing goes wrong', async () => {
    for (const [name, save] of Object.entries(PACKAGES)) {
      const fs = memoryFs();
      fs.mkdirSync('/app');
      await save(fs);
      expect(fs.readFileSync(TARGET, 'utf8'), name).to.equal(NEW);
      expect(fs.readdirSync('/app'), name).to.deep.equal(['config.json']);
    }
  });
});

/** @param before What is there; null for nothing. */
function exploreSaving(name: string, more: Partial<ExploreOptions>, before: string | null = OLD): Promise<Report> {
  return explore({
    setup: (fs) => prepare(fs, before),
    async workload(fs, { ack }) {
      await PACKAGES[name]!(fs);
      ack('saved');
    },
    check(fs, { acked }) {
      const content = contentOf(fs);
      if (content === NEW) return;
      if (content !== (before ?? undefined)) throw new Error(`torn: ${content?.length} bytes`);
      if (acked('saved')) throw new Error('lost an acknowledged write');
    },
    violationsMax: 200,
    ...more,
  });
}

function sweepSaving(name: string): Promise<Report> {
  return sweepFaults({
    setup: (fs) => prepare(fs, OLD),
    async workload(fs, { ack }) {
      await PACKAGES[name]!(fs);
      ack('saved');
    },
    check(fs, { acked }) {
      const content = contentOf(fs);
      if (content === NEW || (content === OLD && !acked('saved'))) return;
      throw new Error(acked('saved') ? 'torn, and reported as written' : `torn: ${content?.length} bytes`);
    },
    lengthsPerCall: 8,
    violationsMax: 200,
  });
}

function prepare(fs: NodeFs, content: string | null): void {
  fs.mkdirSync('/app');
  if (content !== null) fs.writeFileSync(TARGET, content);
}

function contentOf(fs: NodeFs): string | undefined {
  return fs.existsSync(TARGET) ? fs.readFileSync(TARGET, 'utf8') : undefined;
}

function messagesOf({ violations }: Report): string[] {
  return violations.map(({ message }) => message);
}
