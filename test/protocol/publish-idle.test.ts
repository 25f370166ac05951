// Publishing a file that stays open, once it has stood still.

import { expect } from 'chai';
import { closeOpenFile } from '../../src/protocol/open-file';
import { publishWhenIdle } from '../../src/protocol/publish-idle';
import { runSync } from '../../src/steps/run';
import { contentsOf, memoryWith, opening } from '../support/memory';
import { failure } from '../support/stepping';

/** A clock that moves when the test says so. */
class Timers {
  readonly #waiting: { readonly work: () => void; readonly afterMs: number }[] = [];
  readonly #setTimeout = globalThis.setTimeout;

  install(): void {
    globalThis.setTimeout = ((work: () => void, afterMs: number) => {
      this.#waiting.push({ work, afterMs });
      return { unref: () => this.#unreferenced++ };
    }) as never;
  }

  #unreferenced = 0;

  uninstall(): void {
    globalThis.setTimeout = this.#setTimeout;
  }

  /** The delays that are waited for. */
  get delaysMs(): number[] {
    return this.#waiting.map(({ afterMs }) => afterMs);
  }

  /** How many of them do not keep the process from ending. */
  get unreferenced(): number {
    return this.#unreferenced;
  }

  elapse(): void {
    for (const { work } of this.#waiting.splice(0)) work();
  }
}

describe('publishWhenIdle()', () => {
  const timers = new Timers();

  beforeEach(() => timers.install());
  afterEach(() => timers.uninstall());

  function watched() {
    const memory = memoryWith({ '/d/target': 'old' });
    const opened = opening(memory.volume, '/d/target');
    publishWhenIdle(opened.file, 500);
    return { ...memory, ...opened };
  }

  it('publishes when size and time have stood still for that long, and no sooner', () => {
    const { fs, fd } = watched();
    for (let round = 0; round < 3; round++) {
      fs.writeSync(fd, 'line\n');
      timers.elapse();
      expect(contentsOf(fs)['target'], `round ${round}`).to.equal('old');
    }
    timers.elapse();
    expect(contentsOf(fs)).to.deep.equal({ target: 'line\nline\nline\n' });
    fs.writeSync(fd, 'more\n');
    expect(contentsOf(fs)).to.deep.equal({ target: 'line\nline\nline\nmore\n' });
    expect(timers.delaysMs).to.deep.equal([]);
  });

  it('waits for as long as it is told to, and does not keep the process from ending', () => {
    const before = timers.unreferenced;
    watched();
    expect(timers.delaysMs).to.deep.equal([500]);
    expect(timers.unreferenced - before).to.equal(1);
    timers.elapse();
    timers.elapse();
  });

  it('stops when the file is closed, being closed, discarded, or cannot be looked at', () => {
    const ENDS: Readonly<Record<string, (world: ReturnType<typeof watched>) => void>> = {
      'closed': ({ file, fd, host }) => void runSync(closeOpenFile(file, fd), host),
      'being closed': ({ file }) => (file.isClosing = true),
      'discarded': ({ file }) => (file.stage.state = 'discarded'),
      'lost': ({ fs, fd }) => fs.closeSync(fd),
    };
    for (const [title, end] of Object.entries(ENDS)) {
      const world = watched();
      end(world);
      timers.elapse();
      expect(timers.delaysMs, title).to.deep.equal([]);
    }
  });

  it('does not publish what has lost bytes, and says nothing: the close will', () => {
    const { fs, file, fd, host } = watched();
    file.noteFailure(failure('ENOSPC', 'write'));
    timers.elapse();
    timers.elapse();
    expect(contentsOf(fs)['target']).to.equal('old');
    expect(() => runSync(closeOpenFile(file, fd), host)).to.throw('ENOSPC');
  });
});
