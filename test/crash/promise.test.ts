// The promise of the README, for every way to write a file, at every crash point, under every model.

import { expect } from 'chai';
import { type Durability, createFs } from '../../src/api';
import type { NodeFs } from '../../src/ground/node-fs';
import { type CheckContext, type ExploreOptions, type ModelName, type Report, explore } from '../../src/testing';
import { NEW, OLD, TARGET, WRITES, type Write } from './writes';

const MODELS: readonly ModelName[] = ['posix', 'ordered', 'ext4', 'btrfs'];

/** What is promised: whether a power cut is survived, and whether an acknowledged write is. */
const PROMISES: Readonly<Record<Durability, { readonly crash: 'power' | 'process'; readonly keepsAcked: boolean }>> = {
  process: { crash: 'process', keepsAcked: true },
  consistent: { crash: 'power', keepsAcked: false },
  durable: { crash: 'power', keepsAcked: true },
};

const WARN = false;

describe('The promise at every crash point', function () {
  this.timeout(60_000);

  for (const write of WRITES) {
    for (const durability of ['process', 'consistent', 'durable'] as const) {
      it(`holds for ${write.name}, ${durability}`, async () => {
        for (const before of write.createsOnly ? [undefined] : [undefined, OLD]) {
          await keepsPromise(durability, (fs) => write.write(fs), before, write.setup);
        }
      });
    }
  }

  it('holds for two files in sequence: the second is never newer than what was acknowledged of the first', async () => {
    for (const model of MODELS) {
      const report = await explore({
        model,
        setup: (fs) => fs.mkdirSync('/app'),
        workload(plain, { ack }) {
          const fs = createFs(plain, { warn: WARN });
          fs.writeFileSync('/app/data', NEW);
          ack('data');
          fs.writeFileSync('/app/index', 'data');
          ack('index');
        },
        check(fs, { acked }) {
          const data = contentOf(fs, '/app/data');
          const index = contentOf(fs, '/app/index');
          if (index !== undefined && data !== NEW) throw new Error('index without its data');
          if (acked('data') && data !== NEW) throw new Error('lost data');
          if (acked('index') && index !== 'data') throw new Error('lost index');
        },
      });
      expectNoViolation(report);
    }
  });

  it('holds for writers of one file at the same time: it is one of theirs', async () => {
    const contents = ['a'.repeat(600), 'b'.repeat(900), 'c'.repeat(300)];
    for (const model of MODELS) {
      const report = await explore({
        model,
        setup: prepare(OLD),
        async workload(plain, { ack }) {
          const fs = createFs(plain, { warn: WARN });
          await Promise.all(contents.map((content) => fs.promises.writeFile(TARGET, content)));
          ack('all');
        },
        check(fs, { acked }) {
          const content = contentOf(fs, TARGET);
          const isTheirs = content !== undefined && contents.includes(content);
          if (!isTheirs && (acked('all') || content !== OLD))
            throw new Error(`torn or lost: ${describeContent(content)}`);
        },
      });
      expectNoViolation(report);
    }
  });

  it('holds for writers of different files at the same time', async () => {
    for (const model of MODELS) {
      const report = await explore({
        model,
        setup: (fs) => fs.mkdirSync('/app'),
        statesPerPoint: 400,
        async workload(plain, { ack }) {
          const fs = createFs(plain, { warn: WARN });
          const save = async (name: string): Promise<void> => {
            await fs.promises.writeFile(`/app/${name}`, name);
            ack(name);
          };
          await Promise.all([save('a'), save('b'), save('c')]);
        },
        check(fs, { acked }) {
          for (const name of ['a', 'b', 'c']) {
            const content = contentOf(fs, `/app/${name}`);
            if (content !== name && (acked(name) || content !== undefined)) throw new Error(`torn or lost: ${name}`);
          }
        },
      });
      expectNoViolation(report);
    }
  });

  it('holds for a file in directories that the program has just made', async () => {
    for (const model of MODELS) {
      const report = await explore({
        model,
        workload(plain, { ack }) {
          const fs = createFs(plain, { warn: WARN });
          fs.mkdirSync('/app/deep/er', { recursive: true });
          fs.writeFileSync('/app/deep/er/config.json', NEW);
          ack('saved');
        },
        check: (fs, context) => checkTarget(fs, context, undefined, true, '/app/deep/er/config.json'),
      });
      expectNoViolation(report);
    }
  });

  it('holds for a file in a directory that the program has made and renamed', async () => {
    for (const model of MODELS) {
      for (const path of ['/new', '/app/new']) {
        const report = await explore({
          model,
          setup: (fs) => fs.mkdirSync('/app'),
          async workload(plain, { ack }) {
            const fs = createFs(plain, { warn: WARN });
            fs.mkdirSync('/made/deep', { recursive: true });
            await fs.promises.rename('/made', path);
            fs.writeFileSync(`${path}/deep/config.json`, NEW);
            ack('saved');
          },
          check: (fs, context) => checkTarget(fs, context, undefined, true, `${path}/deep/config.json`),
        });
        expectNoViolation(report);
      }
    }
  });

  it('holds for a mode that the old file had: no state shows the new content with another', async () => {
    for (const model of MODELS) {
      const report = await explore({
        model,
        setup(fs) {
          fs.mkdirSync('/app');
          fs.writeFileSync(TARGET, OLD, { mode: 0o600 });
        },
        workload: (plain) => createFs(plain, { warn: WARN }).writeFileSync(TARGET, NEW),
        check(fs) {
          const mode = fs.statSync(TARGET).mode & 0o777;
          if (mode !== 0o600) throw new Error(`mode ${mode.toString(8)}`);
        },
      });
      expectNoViolation(report);
    }
  });

  describe('for a file whose inode must stay', () => {
    for (const durability of ['process', 'consistent', 'durable'] as const) {
      it(`holds after its recovery, ${durability}`, async () => {
        const setup = (fs: NodeFs): void => fs.linkSync(TARGET, '/app/other-name');
        const write = (fs: NodeFs): void => fs.writeFileSync(TARGET, NEW);
        const recover = (plain: NodeFs): void => createFs(plain, { warn: WARN }).writeFileSync('/app/touch', '');
        await keepsPromise(durability, write, OLD, setup, { recover }, (fs) => {
          if (fs.statSync(TARGET).ino !== fs.statSync('/app/other-name').ino) throw new Error('the link is broken');
        });
      });
    }
  });

  it('leaves nothing behind once another process has written in the directory', async () => {
    const report = await explore({
      setup: prepare(OLD),
      workload: (plain) => createFs(plain, { warn: WARN }).writeFileSync(TARGET, NEW),
      recover: (plain) => createFs(plain, { warn: WARN }).writeFileSync('/app/touch', ''),
      check(fs) {
        const names = fs.readdirSync('/app').filter((name) => name !== 'touch' && name !== 'config.json');
        if (names.length > 0) throw new Error(`left behind: ${names.join()}`);
      },
    });
    expectNoViolation(report);
  });
});

/** Explores one write under every model. */
async function keepsPromise(
  durability: Durability,
  write: Write['write'],
  before: string | undefined,
  setup: Write['setup'] = () => {},
  more: Partial<ExploreOptions> = {},
  alsoCheck: (fs: NodeFs) => void = () => {},
): Promise<void> {
  const { crash, keepsAcked } = PROMISES[durability];
  // The models differ in what a power cut leaves.
  for (const model of crash === 'power' ? MODELS : (['posix'] as const)) {
    const report = await explore({
      model,
      crash,
      setup(fs) {
        prepare(before)(fs);
        setup(fs);
      },
      async workload(plain, { ack }) {
        await write(createFs(plain, { durability, warn: WARN }));
        ack('saved');
      },
      check(fs, context) {
        checkTarget(fs, context, before, keepsAcked);
        alsoCheck(fs);
      },
      ...more,
    });
    expectNoViolation(report);
  }
}

function prepare(content: string | undefined): (fs: NodeFs) => void {
  return (fs) => {
    fs.mkdirSync('/app');
    if (content !== undefined) fs.writeFileSync(TARGET, content);
  };
}

function checkTarget(
  fs: NodeFs,
  { acked }: CheckContext,
  before: string | undefined,
  keepsAcked: boolean,
  path = TARGET,
): void {
  const content = contentOf(fs, path);
  if (content === NEW) return;
  if (content !== before) throw new Error(`torn: ${describeContent(content)}`);
  if (keepsAcked && acked('saved')) throw new Error('lost an acknowledged write');
}

function contentOf(fs: NodeFs, path: string): string | undefined {
  return fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : undefined;
}

function describeContent(content: string | undefined): string {
  return content === undefined ? 'nothing there' : `${content.length} bytes: ${content.slice(0, 20)}`;
}

function expectNoViolation(report: Report): void {
  expect(report.violations, String(report)).to.have.length(0);
  expect(report.crashStates).to.be.greaterThan(1);
}
