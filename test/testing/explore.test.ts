import { expect } from 'chai';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFs } from '../../src/api';
import { type NodeFs, nodeFs } from '../../src/ground/node-fs';
import { type ExploreOptions, explore, fail, replay } from '../../src/testing';

const OLD = 'old content';
const NEW = 'the new content';
const PATH = '/app/config.json';

/** A save that is to keep the old or the new content; what is left of it tells which. */
function saving(save: (fs: NodeFs) => unknown, more: Partial<ExploreOptions> = {}): ExploreOptions {
  return {
    setup(fs) {
      fs.mkdirSync('/app');
      fs.writeFileSync(PATH, OLD);
    },
    async workload(fs, { ack }) {
      await save(fs);
      ack('saved');
    },
    check(fs, { acked }) {
      const content = fs.readFileSync(PATH, 'utf8');
      if (content !== NEW && (acked('saved') || content !== OLD))
        throw new Error(`torn or lost: ${content.length} bytes`);
    },
    ...more,
  };
}

const inPlace = (fs: NodeFs): void => fs.writeFileSync(PATH, NEW);
const withoutSync = (fs: NodeFs): void => {
  fs.writeFileSync('/app/tmp', NEW);
  fs.renameSync('/app/tmp', PATH);
};

/** What a promise is rejected with. */
async function rejectionOf(promise: Promise<unknown>): Promise<Error & { code?: string; cause?: unknown }> {
  try {
    await promise;
  } catch (error) {
    return error as Error & { code?: string };
  }
  throw new Error('was not rejected');
}

describe('explore()', () => {
  it('finds that writeFile tears, in a state with nothing lost', async () => {
    const { violations } = await explore(saving(inPlace));
    expect(violations[0]!.message).to.equal('torn or lost: 0 bytes');
    expect(violations[0]!.story[0]!.map(({ fate }) => fate)).to.deep.equal(['kept', 'not reached', 'not reached']);
  });

  it('names the line of the caller that made the first lost call', async () => {
    const { violations } = await explore(saving(withoutSync));
    expect(violations[0]!.site).to.match(/explore\.test\.js:\d+:\d+$/);
  });

  it('names that line behind promises and streams too', async () => {
    const stream = (fs: NodeFs): Promise<void> =>
      new Promise((resolve) => fs.createWriteStream(PATH).end(NEW, () => resolve()));
    for (const save of [(fs: NodeFs) => fs.promises.writeFile(PATH, NEW), stream]) {
      const { violations, trace } = await explore(saving(save));
      expect(violations).to.not.have.length(0);
      const sites = trace.events.flatMap((event) => (event.kind === 'operation' ? [event.site] : []));
      expect(
        sites.every((site) => site?.includes('explore.test.js')),
        String(sites),
      ).to.equal(true);
    }
  });

  it('counts no state twice, and says that it has tried them all', async () => {
    const report = await explore(saving((fs) => createFs(fs).writeFileSync(PATH, NEW)));
    expect(report.violations, String(report)).to.have.length(0);
    expect(report.exhaustive).to.equal(true);
    expect(report.crashStates).to.be.within(5, 50);
    expect(report.crashPoints).to.be.greaterThan(4);
  });

  it('says that it has not where it stopped at the last violation it keeps, or was bounded', async () => {
    const many = (fs: NodeFs): void => {
      for (let index = 0; index < 12; index++) fs.writeFileSync(`/app/${index}`, 'x'.repeat(600));
    };
    const bounded = await explore({
      workload: (fs) => (fs.mkdirSync('/app'), many(fs)),
      check: () => {},
      statesPerPoint: 50,
    });
    expect(bounded.exhaustive).to.equal(false);
    const stopped = await explore(saving(withoutSync, { violationsMax: 2 }));
    expect(stopped.violations).to.have.length(2);
    expect(stopped.exhaustive).to.equal(false);
  });

  it('gives the same states in the same order, and the same report, each time', async () => {
    const options = saving(withoutSync, { statesPerPoint: 6, samples: 4, seed: 7 });
    const reports = [await explore(options), await explore(options)].map(String);
    expect(reports[0]).to.equal(reports[1]);
    expect(reports[0]).to.not.equal(String(await explore({ ...options, seed: 8, samples: 8 })));
  });

  it('lets a recovery mend what a crash has left, and explores crashes inside of it', async () => {
    const journal = '/app/journal';
    /** Writes the content to a journal, flushed, before it writes it in place. */
    const save = (fs: NodeFs): void => {
      const fd = fs.openSync('/app/journal.tmp', 'w');
      fs.writeSync(fd, NEW);
      fs.fsyncSync(fd);
      fs.closeSync(fd);
      fs.renameSync('/app/journal.tmp', journal);
      syncDirectory(fs);
      overwrite(fs, NEW);
      fs.unlinkSync(journal);
      syncDirectory(fs);
    };
    const syncDirectory = (fs: NodeFs): void => {
      const fd = fs.openSync('/app', 'r');
      fs.fsyncSync(fd);
      fs.closeSync(fd);
    };
    const overwrite = (fs: NodeFs, content: string, sync = true): void => {
      const fd = fs.openSync(PATH, 'w');
      fs.writeSync(fd, content);
      if (sync) fs.fsyncSync(fd);
      fs.closeSync(fd);
    };
    const recover = (fs: NodeFs, sync = true): void => {
      if (!fs.existsSync(journal)) return;
      overwrite(fs, fs.readFileSync(journal, 'utf8'), sync);
      fs.unlinkSync(journal);
    };
    const unrecovered = await explore(saving(save));
    expect(unrecovered.violations).to.not.have.length(0);
    const recovered = await explore(saving(save, { recover: (fs) => recover(fs) }));
    expect(recovered.violations, String(recovered)).to.have.length(0);
    const careless = await explore(saving(save, { recover: (fs) => recover(fs, false) }));
    expect(careless.violations, 'a crash just after a recovery that does not flush').to.not.have.length(0);
    expect(careless.violations[0]!.story).to.have.length(2);
    const again = await replay(careless.violations[0]!.token, saving(save, { recover: (fs) => recover(fs, false) }));
    expect(again.violations[0]!.message).to.equal(careless.violations[0]!.message);
  });

  it('plays faults while the workload runs, whose failure then is no mistake', async () => {
    const report = await explore(saving(withoutSync, { faults: [fail('rename').with('EIO').once()], check: () => {} }));
    expect(report.violations).to.have.length(0);
    expect(report.trace.events.some((event) => event.kind === 'ack')).to.equal(false);
  });

  it('records a workload in a directory of the real file system', async () => {
    const directory = realpathSync(mkdtempSync(join(tmpdir(), 'fs-intact-explore-')));
    try {
      const path = join(directory, 'config');
      const options: ExploreOptions = {
        on: { fs: nodeFs, directory },
        setup: (fs) => fs.writeFileSync(path, OLD),
        workload: (fs) => {
          fs.writeFileSync(`${path}.tmp`, NEW);
          fs.renameSync(`${path}.tmp`, path);
        },
        check(fs) {
          if (![OLD, NEW].includes(fs.readFileSync(path, 'utf8'))) throw new Error('torn');
        },
      };
      const report = await explore(options);
      expect(nodeFs.readFileSync(path, 'utf8')).to.equal(NEW);
      expect(report.violations[0]!.message).to.equal('torn');
      nodeFs.rmSync(path);
      const safe = { ...options, workload: (fs: NodeFs) => createFs(fs).writeFileSync(path, NEW) };
      expect((await explore(safe)).violations).to.have.length(0);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  describe('replay()', () => {
    it('shows the violation again', async () => {
      const options = saving(withoutSync);
      for (const violation of (await explore(options)).violations) {
        const again = await replay(violation.token, options);
        expect(again.violations.map(({ message }) => message)).to.deep.equal([violation.message]);
        expect(again.violations[0]!.token).to.equal(violation.token);
      }
    });

    it('finds nothing any more where it is mended by other means than other calls', async () => {
      const { token } = (await explore(saving(withoutSync))).violations[0]!;
      expect((await replay(token, saving(withoutSync, { check: () => {} }))).violations).to.have.length(0);
    });

    it('refuses a token of another workload, and what is no token', async () => {
      const { token } = (await explore(saving(withoutSync))).violations[0]!;
      expect((await rejectionOf(replay(token, saving(inPlace)))).code).to.equal('ERR_INTACT_TOKEN');
      for (const bad of ['', 'crash:posix:power', 'crash:nofs:power:1:1-', `${token}:1-:1-`, 'fault:1:2']) {
        expect((await rejectionOf(replay(bad, saving(inPlace)))).message, bad).to.include(`'${bad}'`);
      }
    });
  });

  describe('with bad input', () => {
    const cases: readonly [what: string, options: unknown, code: string, says: RegExp][] = [
      [
        'an unknown model',
        { model: 'zfs' },
        'ERR_INTACT_OPTION',
        /model is 'zfs'; allowed: 'posix', 'ordered', 'ext4', 'btrfs'/,
      ],
      ['an unknown option', { modle: 'posix' }, 'ERR_INTACT_OPTION', /unknown option 'modle'; allowed are .*model/],
      ['a check that is none', { check: 'yes' }, 'ERR_INTACT_OPTION', /check is 'yes'; allowed: a function/],
      ['no workload', { workload: undefined }, 'ERR_INTACT_OPTION', /workload is undefined; allowed: a function/],
      ['a seed that is no number', { seed: 'x' }, 'ERR_INTACT_OPTION', /seed is 'x'; allowed: a whole number/],
      [
        'a bound of nothing',
        { statesPerPoint: 0 },
        'ERR_INTACT_OPTION',
        /statesPerPoint is 0; allowed: a whole number from 1/,
      ],
      ['a grain of no device', { grain: 100 }, 'ERR_INTACT_OPTION', /grain is 100; allowed: 512, 4096/],
    ];
    for (const [what, options, code, says] of cases) {
      it(`names ${what}`, async () => {
        const error = await rejectionOf(explore({ ...saving(inPlace), ...(options as object) }));
        expect(error.code).to.equal(code);
        expect(error.message).to.match(says);
      });
    }

    it('names a workload that never settles, and what it did last', async () => {
      const never = saving((fs) => (fs.writeFileSync(PATH, NEW), new Promise(() => {})), { settleMs: 20 });
      const error = await rejectionOf(explore(never));
      expect(error.code).to.equal('ERR_INTACT_UNSETTLED');
      expect(error.message).to.match(
        /^workload did not settle within 20 ms; the last change it made was write\(.*config\.json/,
      );
    });

    it('names a check that changes the disk, in whatever way', async () => {
      const changes: ((fs: NodeFs) => unknown)[] = [
        (fs) => fs.writeFileSync(PATH, ''),
        (fs) => fs.unlinkSync(PATH),
        (fs) => fs.openSync(PATH, 'r+'),
        (fs) => fs.openSync('/app/new', 'a'),
        (fs) => fs.promises.mkdir('/app/d'),
        (fs) => fs.utimesSync(PATH, 0, 0),
        (fs) => createFs(fs).writeFileSync(PATH, ''),
      ];
      for (const change of changes) {
        const error = await rejectionOf(explore(saving(inPlace, { check: (fs) => change(fs) as void })));
        expect(error.code, change.toString()).to.equal('ERR_INTACT_CHECK_MUTATES');
        expect(error.message).to.match(/check may not change the disk, but called \w+\(/);
      }
    });

    it('names a workload that throws, with its own error as the cause', async () => {
      const own = new Error('my own');
      const failing = saving(() => {
        throw own;
      });
      const error = await rejectionOf(explore(failing));
      expect(error.code).to.equal('ERR_INTACT_WORKLOAD');
      expect(error.message).to.equal('workload failed: my own');
      expect(error.cause).to.equal(own);
    });

    it('names the files that setup has left open', async () => {
      const setup = (fs: NodeFs): void => {
        fs.mkdirSync('/app');
        fs.openSync('/app/left', 'w');
      };
      const error = await rejectionOf(explore(saving(inPlace, { setup })));
      expect(error.code).to.equal('ERR_INTACT_SETUP');
      expect(error.message).to.equal('setup has left descriptors open: /app/left');
    });

    it('passes on what setup throws', async () => {
      const setup = (fs: NodeFs): void => fs.writeFileSync('/nowhere/x', '');
      expect((await rejectionOf(explore(saving(inPlace, { setup })))).code).to.equal('ENOENT');
    });
  });
});
